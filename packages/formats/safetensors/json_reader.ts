const DEEPEST = 32;
const SPACE = /[ \t\n\r]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NATURAL = /(?:0|[1-9]\d*)(?![\d.eE])/y;

/**
 * Reads JSON piece by piece, as its caller expects it. Unlike `JSON.parse` it finds a field that stands twice in an object,
 * and text that is not well-formed Unicode; it takes no memory but for what it hands out.
 */
export class JsonReader {
  readonly #text: string;
  readonly #fault: (detail: string) => Error;
  #at = 0;

  /** `fault` makes the error of what is wrong. */
  constructor(text: string, fault: (detail: string) => Error) {
    this.#text = text;
    this.#fault = fault;
  }

  /** Whether the next thing is an object, an array, a string, or another value. */
  get kind(): "object" | "array" | "string" | "other" {
    this.#skip();
    const next = this.#text[this.#at];
    return next === "{" ? "object" : next === "[" ? "array" : next === '"' ? "string" : "other";
  }

  /** An object: `onField` is called with the name of each field and reads its value. */
  object(what: string, onField: (name: string) => void): void {
    this.#expect("{", what);
    const names = new Set<string>();
    if (this.#take("}")) return;
    do {
      const name = this.string(`a name in ${what}`);
      if (names.has(name)) throw this.fault(`${JSON.stringify(name)} stands twice in ${what}`);
      names.add(name);
      this.#expect(":", what);
      onField(name);
    } while (this.#take(","));
    this.#expect("}", what);
  }

  /** An array: `onItem` reads each item. */
  array(what: string, onItem: () => void): void {
    this.#expect("[", what);
    if (this.#take("]")) return;
    do onItem(); while (this.#take(","));
    this.#expect("]", what);
  }

  /** A string. */
  string(what: string): string {
    this.#expect('"', what);
    const text = this.#text;
    const start = this.#at;
    let end = start;
    let plain = true;
    for (;; end++) {
      const code = text.charCodeAt(end);
      if (code === 0x22) break;
      if (code === 0x5c) {
        plain = false;
        end++;
      } else if (!(code >= 0x20)) throw this.fault(`${what} has no end`);
    }
    this.#at = end + 1;
    const value = plain ? text.slice(start, end) : this.#unescape(text.slice(start - 1, end + 1), what);
    if (!value.isWellFormed()) throw this.fault(`${what} is not valid Unicode`);
    return value;
  }

  /** A whole number from 0 up, in digits alone. */
  natural(what: string): number {
    const value = Number(this.#match(NATURAL) ?? NaN);
    if (!Number.isSafeInteger(value)) throw this.fault(`${what} is no whole number from 0 up`);
    return value;
  }

  /** Whether the next value is `null`, which is then passed. */
  isNull(): boolean {
    this.#skip();
    if (!this.#text.startsWith("null", this.#at)) return false;
    this.#at += 4;
    return true;
  }

  /** A value of any kind, as `JSON.parse` has it, but for objects, which are maps. */
  value(what: string, depth = 0): unknown {
    if (depth > DEEPEST) throw this.fault(`${what} is nested too deeply`);
    switch (this.kind) {
      case "object": {
        const fields = new Map<string, unknown>();
        this.object(what, (name) => fields.set(name, this.value(what, depth + 1)));
        return fields;
      }
      case "array": {
        const items: unknown[] = [];
        this.array(what, () => items.push(this.value(what, depth + 1)));
        return items;
      }
      case "string":
        return this.string(what);
      default: {
        const scalar = this.#match(SCALAR);
        if (scalar === undefined) throw this.fault(`${what} is no JSON value`);
        return JSON.parse(scalar);
      }
    }
  }

  /** Checks that nothing but spaces is left. */
  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) throw this.fault("more follows the end of the JSON");
  }

  /** An error at the present place. */
  fault(detail: string): Error {
    return this.#fault(`${detail} (at character ${this.#at} of the JSON)`);
  }

  #unescape(quoted: string, what: string): string {
    try {
      return JSON.parse(quoted);
    } catch {
      throw this.fault(`${what} has an escape that JSON has not`);
    }
  }

  #skip(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #take(character: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string, what: string): void {
    if (!this.#take(character)) throw this.fault(`${what} is no JSON: a ${character} is needed`);
  }

  #match(pattern: RegExp): string | undefined {
    this.#skip();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
