/** Pages in a row without anything new, after which a listing counts as endless. */
const MAX_EMPTY_PAGES = 1000;
/** Markers that are remembered one by one. */
const MAX_REMEMBERED = 4096;

/**
 * Sees to it that a listing which a service gives page by page comes to an end: no page begins where an earlier one did,
 * and not too many in a row are empty. Circles of any length are found, with memory for 4,096 markers.
 */
export class PageGuard {
  readonly #seen = new Set<string>();
  #checkpoint: string | undefined;
  #steps = 0;
  #untilCheckpoint = 1;
  #empty = 0;

  /**
   * Takes note that the next page begins at `marker`, after one with `news` entries. Returns what is wrong with that,
   * if anything is.
   */
  advance(marker: string, news: number): string | undefined {
    this.#empty = news > 0 ? 0 : this.#empty + 1;
    if (this.#empty >= MAX_EMPTY_PAGES) return `${MAX_EMPTY_PAGES} pages in a row tell nothing new`;
    if (this.#seen.has(marker) || marker === this.#checkpoint) return "the same page comes again";
    this.#seen.add(marker);
    if (this.#seen.size > MAX_REMEMBERED) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
    // Longer circles: a marker is kept for twice as many pages as the one before (R. P. Brent, BIT 20, 1980).
    if (++this.#steps === this.#untilCheckpoint) {
      this.#checkpoint = marker;
      this.#steps = 0;
      this.#untilCheckpoint *= 2;
    }
    return undefined;
  }
}
