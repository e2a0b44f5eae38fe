/** Bytes sent before the pacer looks at the clock: 2.6 ms at 100 MB/s, above the grain of timers. */
const QUANTUM = 256 * 1024;
/** How late a timer may be and have the time made good by the next. */
const CREDIT_MS = 10;

/** How slow the server's side of a connection is; may change while it runs. */
export interface Pace {
  /** Milliseconds before the first byte of each answer. */
  latencyMs: number;
  /** Bytes a second each connection carries in each direction; Infinity for no bound. */
  bytesPerSecond: number;
}

/** Holds one direction of one connection to its pace, by real timers. */
export class Pacer {
  readonly #pace: Readonly<Pace>;
  readonly #signal: AbortSignal;
  #dueAt = 0;

  /** `signal` ends every wait. */
  constructor(pace: Readonly<Pace>, signal: AbortSignal) {
    this.#pace = pace;
    this.#signal = signal;
  }

  /** The most bytes to move between two calls of {@linkcode Pacer.after}. */
  get quantum(): number {
    return this.#pace.bytesPerSecond === Infinity ? Infinity : QUANTUM;
  }

  /** Waits for the latency. */
  async latency(): Promise<void> {
    if (this.#pace.latencyMs > 0) await waitMs(this.#pace.latencyMs, this.#signal);
  }

  /** Waits until `moved` more bytes would have passed at the set rate. */
  async after(moved: number): Promise<void> {
    if (this.#pace.bytesPerSecond === Infinity) return;
    const now = performance.now();
    this.#dueAt = Math.max(this.#dueAt, now - CREDIT_MS) + moved / this.#pace.bytesPerSecond * 1000;
    if (this.#dueAt - now >= 1) await waitMs(this.#dueAt - now, this.#signal);
  }
}

/** Waits for a time, or until the signal. */
export function waitMs(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", done);
    resolve();
  };
  const timer = setTimeout(done, ms);
  signal.addEventListener("abort", done);
  if (signal.aborted) done();
  return promise;
}
