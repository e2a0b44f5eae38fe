/** Fields that are chosen of webdataset samples, and which of them no shard was found to have. */
export class WantedFields {
  /** The fields, in lower case, as samples have them. */
  readonly wanted: ReadonlySet<string>;
  readonly #missing: Set<string>;
  readonly #found = new Set<string>();

  /** Of these names, in any case. */
  constructor(fields: readonly string[]) {
    this.wanted = new Set(fields.map((field) => field.toLowerCase()));
    this.#missing = new Set(this.wanted);
  }

  /** Whether all of them were found. */
  get isComplete(): boolean {
    return this.#missing.size === 0;
  }

  /** Takes note of fields that samples have. */
  found(fields: Iterable<string>): void {
    for (const field of fields) {
      this.#found.add(field);
      this.#missing.delete(field);
    }
  }

  /** Throws a `TypeError` for a field that none of the samples has, once all of them were looked at. */
  check(uri: string): void {
    const [missing] = this.#missing;
    if (missing === undefined) return;
    const names = this.#found.size > 0 ? `; there are: ${[...this.#found].toSorted().join(", ")}` : "";
    throw new TypeError(
      `Cannot load ${JSON.stringify(uri)}: no field is called ${JSON.stringify(missing)}${names}`,
    );
  }
}
