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

  /** In `windowMs` of waiting, `bytesPerSecond` have to move on average. */
  constructor(windowMs: number, bytesPerSecond: number) {
    this.#windowMs = windowMs;
    this.#bytes = Math.ceil(windowMs / 1_000 * bytesPerSecond);
  }

  /** Starts over, with nothing waited for. */
  reset(): void {
    this.#moved = this.#waitedMs = 0;
    this.#sinceMs = undefined;
  }

  /** Bytes are waited for from now on. */
  begin(nowMs: number): void {
    this.#sinceMs ??= nowMs;
  }

  /** Nothing is waited for any more. */
  end(nowMs: number): void {
    if (this.#sinceMs !== undefined) this.#waitedMs += nowMs - this.#sinceMs;
    this.#sinceMs = undefined;
  }

  /** Notes that `bytes` moved. */
  move(bytes: number, nowMs: number): void {
    this.#moved += bytes;
    if (this.#moved < this.#bytes) return;
    this.#moved = this.#waitedMs = 0;
    if (this.#sinceMs !== undefined) this.#sinceMs = nowMs;
  }

  /** Says in words that too little moved for too long; nothing as long as it is not so. */
  verdict(nowMs: number): { readonly detail: string; readonly waitedMs: number } | undefined {
    const waitedMs = this.#waitedMs + (this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs);
    if (waitedMs < this.#windowMs) return undefined;
    return { detail: `only ${this.#moved} bytes moved in ${Math.round(waitedMs / 1_000)} s`, waitedMs };
  }
}
