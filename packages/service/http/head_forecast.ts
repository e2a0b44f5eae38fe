const WINDOW = 64;
const FEWEST = 20;
const SORTED_EVERY = 8;
const FLOOR_MS = 50;
const MOST_PATIENCE = 16;

/**
 * Says from the answers to like requests when a further one is overdue: later than 95 of 100, but never before twice the time
 * that half of them took, nor before 50 ms, so that what is near and fast is left alone; and after four times that at the
 * latest, however many are slow. The last 64 answers count, and at least 20 have to be there. When a second request did not
 * help, the time doubles, up to sixteen times, until one does.
 */
export class HeadForecast {
  readonly #window = new Float64Array(WINDOW);
  #count = 0;
  #sortedAt = 0;
  #expectedMs = Infinity;
  #patience = 1;

  /** Whether enough answers have come. */
  get ready(): boolean {
    return this.#count >= FEWEST;
  }

  /** How long an answer may take; `Infinity` while too little is known. */
  get overdueMs(): number {
    if (!this.ready) return Infinity;
    if (this.#expectedMs === Infinity || this.#count >= this.#sortedAt + SORTED_EVERY) this.#sort();
    return this.#expectedMs * this.#patience;
  }

  /** Takes note of how long an answer took, or of how long one was waited for that nobody waits for any more. */
  add(durationMs: number): void {
    this.#window[this.#count++ % WINDOW] = durationMs;
  }

  /** Takes note of whether a second request was answered first. */
  hedged(won: boolean): void {
    this.#patience = won ? 1 : Math.min(MOST_PATIENCE, this.#patience * 2);
  }

  #sort(): void {
    const sorted = this.#window.slice(0, Math.min(this.#count, WINDOW)).sort();
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    const half = at(0.5);
    this.#sortedAt = this.#count;
    this.#expectedMs = Math.max(FLOOR_MS, 2 * half, Math.min(at(0.95), 4 * half));
  }
}
