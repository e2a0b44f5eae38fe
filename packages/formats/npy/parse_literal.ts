/** A value of Python's that a header of npy may hold: a tuple and a list differ, as a tuple in a list is a field. */
export type Literal =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "none" }
  | { readonly kind: "tuple" | "list"; readonly items: readonly Literal[] }
  | { readonly kind: "dict"; readonly entries: ReadonlyMap<string, Literal> };

/** Where a text is no literal, and why. */
export class LiteralError extends Error {
  /** The character. */
  readonly at: number;

  /** Says what is wrong at a character. */
  constructor(detail: string, at: number) {
    super(detail);
    this.at = at;
  }
}

const MAX_DEPTH = 64;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const WORDS: Readonly<Record<string, Literal>> = {
  True: { kind: "bool", value: true },
  False: { kind: "bool", value: false },
  None: { kind: "none" },
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const SPACE = /[ \t\n]*/y;
const INTEGER = /(-?(?:0|[1-9][0-9]*))(L?)(?![0-9A-Za-z_.])/y;
const WORD = /(True|False|None)(?![0-9A-Za-z_])/y;

/**
 * Parses the text of one Python literal: dicts with strings as keys, tuples, lists, strings, whole numbers, `True`, `False`
 * and `None`. Nothing is evaluated, nothing may follow, no key may come twice, and values lie at most 64 deep in one
 * another. Where it is anything else a {@linkcode LiteralError} says where.
 *
 * `longIntegers` takes the `L` that Python 2 wrote behind numbers.
 */
export function parseLiteral(
  text: string,
  { longIntegers = false }: { longIntegers?: boolean } = {},
): Literal {
  const parser = new LiteralParser(text, longIntegers);
  return parser.whole();
}

class LiteralParser {
  readonly #text: string;
  readonly #longIntegers: boolean;
  #at = 0;

  constructor(text: string, longIntegers: boolean) {
    this.#text = text;
    this.#longIntegers = longIntegers;
  }

  whole(): Literal {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#fault("more follows the value");
    return value;
  }

  #value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw this.#fault(`values lie more than ${MAX_DEPTH} deep in one another`);
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === "{") return this.#dict(depth);
    if (first === "[") return { kind: "list", items: this.#items("]", depth).items };
    if (first === "(") return this.#tuple(depth);
    if (first === "'" || first === '"') return { kind: "string", value: this.#string() };
    const word = this.#match(WORD)?.[1];
    const known = word === undefined ? undefined : WORDS[word];
    return known ?? this.#integer();
  }

  #dict(depth: number): Literal {
    const entries = new Map<string, Literal>();
    this.#at++;
    while (!this.#take("}")) {
      if (entries.size > 0) {
        this.#expect(",");
        if (this.#take("}")) break;
      }
      this.#skipSpace();
      const start = this.#at;
      const quote = this.#text[start];
      if (quote !== "'" && quote !== '"') throw this.#fault("a key in quotes is wanted");
      const key = this.#string();
      if (entries.has(key)) throw new LiteralError(`the key '${key}' is there twice`, start);
      this.#expect(":");
      entries.set(key, this.#value(depth + 1));
    }
    return { kind: "dict", entries };
  }

  #tuple(depth: number): Literal {
    const { items, trailing } = this.#items(")", depth);
    const [only] = items;
    // Without a comma these are parentheses around one value.
    return items.length === 1 && only && !trailing ? only : { kind: "tuple", items };
  }

  #items(end: string, depth: number): { readonly items: readonly Literal[]; readonly trailing: boolean } {
    const items: Literal[] = [];
    this.#at++;
    while (!this.#take(end)) {
      if (items.length > 0) {
        this.#expect(",");
        if (this.#take(end)) return { items, trailing: true };
      }
      items.push(this.#value(depth + 1));
    }
    return { items, trailing: false };
  }

  #string(): string {
    const quote = this.#text[this.#at];
    const start = this.#at++;
    let value = "";
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character === "\n") {
        throw new LiteralError("a string does not end", start);
      }
      this.#at++;
      if (character === quote) return value;
      value += character === "\\" ? this.#escaped() : character;
    }
  }

  #escaped(): string {
    const letter = this.#text[this.#at] ?? "";
    this.#at += letter.length;
    const plain = ESCAPES[letter];
    if (plain !== undefined) return plain;
    const digits = HEX_DIGITS[letter];
    const code = digits === undefined ? "" : this.#text.slice(this.#at, this.#at + digits);
    const point = /^[0-9a-fA-F]+$/.test(code) && code.length === digits ? parseInt(code, 16) : Infinity;
    if (point > 0x10ffff) throw this.#fault("a string has an escape that is none");
    this.#at += code.length;
    return String.fromCodePoint(point);
  }

  #integer(): Literal {
    const start = this.#at;
    const [, digits, long] = this.#match(INTEGER) ?? [];
    const value = Number(digits);
    if (digits !== undefined && (this.#longIntegers || long === "")) {
      if (Number.isSafeInteger(value)) return { kind: "integer", value };
      throw new LiteralError(`${digits} is more than any object has`, start);
    }
    this.#at = start;
    throw this.#fault(start < this.#text.length ? "no value begins here" : "it ends within a value");
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw this.#fault(`"${character}" is wanted`);
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #fault(detail: string): LiteralError {
    return new LiteralError(detail, this.#at);
  }
}
