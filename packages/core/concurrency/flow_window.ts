/** What the requests of one round showed while they were still under way. */
export interface FlowEstimate {
  /** How long a request takes in all, in milliseconds: its wait, and its bytes at the speed that they come at now. */
  readonly durationMs: number;
  /** Bytes of a request, on average. */
  readonly bytes: number;
}

/**
 * Measures requests before they end: how long they wait for their first byte, and how fast the bytes of one come while so
 * many flow. Of the time before a good part of a round flows nothing is measured: fewer are in flight then.
 */
export class FlowWindow {
  #flowing = 0;
  #flowMs = 0;
  #bytes = 0;
  #lastMs = 0;
  #begun = 0;
  #waitMs = 0;
  #total = 0;
  #isOpen = false;

  /** Begins anew with the next round; what flows flows on. */
  reset(): void {
    this.#begun = this.#waitMs = this.#total = 0;
    this.#isOpen = false;
  }

  /** Says that the bytes of a request begin to come; `wait` where it is one of this round. */
  begin(nowMs: number, wait?: { readonly ms: number; readonly total: number }): void {
    this.#pass(nowMs);
    this.#flowing++;
    if (!wait) return;
    this.#begun++;
    this.#waitMs += wait.ms;
    this.#total += wait.total;
  }

  /** Counts bytes of any request that flows. */
  add(bytes: number, nowMs: number): void {
    this.#pass(nowMs);
    this.#bytes += bytes;
  }

  /** Says that one that began has ended. */
  end(nowMs: number): void {
    this.#pass(nowMs);
    this.#flowing--;
  }

  /**
   * What a request takes, once `enough` requests of the round have begun and `bytes` came since; `undefined` until then.
   */
  estimate(enough: number, bytes: number): FlowEstimate | undefined {
    if (this.#begun < enough) return undefined;
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#flowMs = this.#bytes = 0;
    }
    if (this.#bytes < bytes || this.#flowMs === 0) return undefined;
    const size = this.#total / this.#begun;
    return { bytes: size, durationMs: this.#waitMs / this.#begun + size * this.#flowMs / this.#bytes };
  }

  #pass(nowMs: number): void {
    this.#flowMs += this.#flowing * (nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }
}
