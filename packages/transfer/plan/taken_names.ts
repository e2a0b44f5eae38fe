/**
 * The names at a destination that the sources of one transfer have taken. Nothing is held of the last source, nor of the
 * only one; each name of the others takes about 100 bytes.
 */
export class TakenNames {
  readonly #sources: readonly string[];
  readonly #takers = new Map<string, number>();

  /** Nothing is taken yet. */
  constructor(sources: readonly string[]) {
    this.#sources = sources;
  }

  /** Takes a name for the source of this index, or returns the earlier source that has taken it. */
  take(name: string, source: number): string | undefined {
    const taker = this.#takers.get(name);
    if (taker !== undefined) return this.#sources[taker];
    if (source < this.#sources.length - 1) this.#takers.set(name, source);
    return undefined;
  }
}
