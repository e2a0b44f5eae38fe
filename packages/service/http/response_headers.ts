/** The headers of an answer. Names are in lower case. */
export class ResponseHeaders implements Iterable<readonly [name: string, value: string]> {
  readonly #names: readonly string[];
  readonly #values: readonly string[];

  /** Takes names, in lower case, and the value of each. */
  constructor(names: readonly string[], values: readonly string[]) {
    this.#names = names;
    this.#values = values;
  }

  /** Number of header lines. */
  get size(): number {
    return this.#names.length;
  }

  /**
   * The value of the header `name`, given in lower case; `undefined` when there is none. The values of repeated
   * headers are joined by `", "`, as RFC 9110 section 5.2 allows.
   */
  get(name: string): string | undefined {
    const first = this.#names.indexOf(name);
    if (first < 0) return undefined;
    let value = this.#values[first] ?? "";
    for (let at = this.#names.indexOf(name, first + 1); at >= 0; at = this.#names.indexOf(name, at + 1)) {
      value += `, ${this.#values[at]}`;
    }
    return value;
  }

  /** Whether there is a header `name`, given in lower case. */
  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** The header lines whose names begin with `prefix`, in lower case, as they came. */
  beginningWith(prefix: string): (readonly [name: string, value: string])[] {
    const found: [string, string][] = [];
    for (let i = 0; i < this.#names.length; i++) {
      const name = this.#names[i] ?? "";
      if (name.startsWith(prefix)) found.push([name, this.#values[i] ?? ""]);
    }
    return found;
  }

  /** The header lines as they came: repeated headers are separate. */
  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    for (let i = 0; i < this.#names.length; i++) yield [this.#names[i] ?? "", this.#values[i] ?? ""];
  }

  /** A plain object, with the values of repeated headers joined by `", "`. */
  toRecord(): Record<string, string> {
    const record: Record<string, string> = Object.create(null);
    for (const [name, value] of this) record[name] = name in record ? `${record[name]}, ${value}` : value;
    return { ...record };
  }
}
