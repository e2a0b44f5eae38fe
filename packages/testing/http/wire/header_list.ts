/**
 * Header fields in the order they were received, looked up without regard to case. Values are latin-1
 * strings: one character a byte.
 */
export class HeaderList {
  readonly #entries: [name: string, value: string][] = [];
  readonly #byName: Map<string, string[]> = new Map();

  /** Adds a field; a name may occur more than once. */
  append(name: string, value: string): void {
    this.#entries.push([name, value]);
    const lower = name.toLowerCase();
    const values = this.#byName.get(lower);
    if (values === undefined) this.#byName.set(lower, [value]);
    else values.push(value);
  }

  /** The value of a field, several joined by a comma, or undefined when it is absent. */
  get(name: string): string | undefined {
    return this.#byName.get(name)?.join(",");
  }

  /** Every value of a field. */
  getAll(name: string): readonly string[] {
    return this.#byName.get(name) ?? [];
  }

  /** Whether a field is present. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Removes a field. */
  delete(name: string): void {
    this.#byName.delete(name);
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      if (this.#entries[i]?.[0].toLowerCase() === name) this.#entries.splice(i, 1);
    }
  }

  /** The lower-case names present. */
  names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** The fields as received. */
  entries(): readonly (readonly [name: string, value: string])[] {
    return this.#entries;
  }

  /** The fields as a record of lower-case names. */
  toRecord(): Record<string, string> {
    return Object.fromEntries([...this.#byName].map(([name, values]) => [name, values.join(",")]));
  }
}
