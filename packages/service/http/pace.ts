/**
 * Tells a moving body from one that single bytes keep alive. Only the time in which bytes are waited for counts: a
 * reader may take as long as it likes.
 */
export class Pace {
  readonly #windowMs: number;
  readonly #bytes: number;
  #moved = 0;
  #waitedMs = 0;
  #sinceMs: number | undefined;
  #totalMs = 0;

  /** In `windowMs` of waiting, `bytesPerSecond` have to move on average. */
  constructor(windowMs: number, bytesPerSecond: number) {
    this.#windowMs = windowMs;
    this.#bytes = Math.ceil(windowMs / 1_000 * bytesPerSecond);
  }

  /** How long bytes were waited for since the start, in milliseconds, as far as the waiting is over. */
  get totalMs(): number {
    return this.#totalMs;
  }

  /** The same, and what is waited for at `nowMs` too. */
  totalUntil(nowMs: number): number {
    return this.#totalMs + (this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs);
  }

  /** Starts over, with nothing waited for. */
  reset(): void {
    this.#moved = this.#waitedMs = this.#totalMs = 0;
    this.#sinceMs = undefined;
  }

  /** Bytes are waited for from now on. */
  begin(nowMs: number): void {
    this.#sinceMs ??= nowMs;
  }

  /** Nothing is waited for any more. */
  end(nowMs: number): void {
    if (this.#sinceMs === undefined) return;
    this.#waitedMs += nowMs - this.#sinceMs;
    this.#totalMs += nowMs - this.#sinceMs;
    this.#sinceMs = undefined;
  }

  /** Notes that `bytes` moved. */
  move(bytes: number, nowMs: number): void {
    this.#moved += bytes;
    if (this.#moved < this.#bytes) return;
    this.#moved = this.#waitedMs = 0;
    if (this.#sinceMs === undefined) return;
    this.#totalMs += nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
  }

  /** Says in words that too little moved for too long; nothing as long as it is not so. */
  verdict(nowMs: number): { readonly detail: string; readonly waitedMs: number } | undefined {
    const waitedMs = this.#waitedMs + (this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs);
    if (waitedMs < this.#windowMs) return undefined;
    return { detail: `only ${this.#moved} bytes moved in ${Math.round(waitedMs / 1_000)} s`, waitedMs };
  }
}
