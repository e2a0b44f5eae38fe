import type { Clock } from "@lade/core";

/** Longest time of calls that need no disk, in milliseconds; cached ones take 0.002 to 0.02. */
const QUICK_MS = 0.05;
/** Time of synchronous calls after which the event loop gets its turn. */
const TURN_MS = 4;
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

/**
 * Decides call by call whether a file is touched synchronously.
 *
 * A call that the page cache answers takes 2 to 20 µs, and 40 to 80 µs more when it is handed to another thread and
 * back. One that asks a disk blocks everything else in the process meanwhile. So calls are synchronous until two of
 * the last eight took longer than a cached one does; then they are asynchronous for twenty times as long as the slow
 * one took (at least 20 ms, at most 1 s), after which one synchronous call tries again. A cold or remote disk thus
 * holds up the event loop for a twentieth of the time at most. And after 4 ms of synchronous calls the next ones are
 * asynchronous, so that timers, signals and other work get their turn even in a loop of nothing but quick reads.
 */
export class IoGate {
  readonly #clock: Clock;
  #startedAt = 0;
  #busyMs = 0;
  #pausedUntil = -Infinity;
  /** One bit per recent synchronous call, the newest lowest: whether it was slow. */
  #slow = 0;

  /** Measures by the monotonic time of `clock`. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Whether to call synchronously now. Follow with exactly one {@linkcode leave}; between the two, a synchronous caller
   * awaits nothing.
   */
  enter(): boolean {
    if (this.#busyMs >= TURN_MS) return false;
    const now = this.#clock.monotonicMs();
    if (now < this.#pausedUntil) return false;
    this.#startedAt = now;
    return true;
  }

  /** Ends what {@linkcode enter} began. `allowedMs` is what the work takes when it is cached, beyond a single call. */
  leave(quick: boolean, allowedMs = 0): void {
    if (!quick) {
      this.#busyMs = 0;
      return;
    }
    const now = this.#clock.monotonicMs();
    const took = now - this.#startedAt;
    this.#busyMs += took;
    const isSlow = took > QUICK_MS + allowedMs;
    const before = this.#slow;
    this.#slow = (before << 1 | Number(isSlow)) & 0xff;
    if (isSlow && (before & 0x7f) !== 0) {
      this.#pausedUntil = now + Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, took * 20));
      this.#slow = 1;
    }
  }

  /** Does one thing in the way that suits now. */
  async run<T>(now: () => T, later: () => Promise<T>, allowedMs = 0): Promise<T> {
    const quick = this.enter();
    try {
      return quick ? now() : await later();
    } finally {
      this.leave(quick, allowedMs);
    }
  }
}

/** What reading or writing `bytes` takes in fresh memory, at 1 GB/s: the allowance for {@linkcode IoGate.leave}. */
export function allowedMs(bytes: number): number {
  return bytes * 1e-6;
}
