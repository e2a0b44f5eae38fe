import type { Clock } from "@lade/core";
import { turnPasser } from "./pass_turn.ts";

/** Longest time of calls that need no disk, in milliseconds; cached ones take 0.002 to 0.02. */
const QUICK_MS = 0.05;
/** Time of synchronous calls after which the event loop gets its turn. */
const TURN_MS = 4;
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 1000;
/**
 * Calls after a quick one that are not timed: a look at the clock costs a tenth of a cached read. With every fifth
 * call timed, work that takes two, three or four calls has each of them timed in turn.
 */
const UNTIMED = 4;

/**
 * Decides call by call whether a file is touched synchronously.
 *
 * A call that the page cache answers takes 2 to 20 µs, and 40 to 80 µs more when it is handed to another thread and
 * back. One that asks a disk blocks everything else in the process meanwhile. So calls are synchronous, and every
 * fifth is timed (each, once one was slow), until three of the last eight timed ones took longer than a cached one
 * does; fewer may be the system giving the processor to somebody else. Then calls are asynchronous for twenty times as
 * long as the slow one took (at least 2 ms, at most 1 s), after which a synchronous call tries again. A cold or remote
 * disk thus holds up the event loop for a twentieth of the time at most. And after 4 ms of synchronous calls all
 * callers wait until timers, sockets and other work have had a turn, so that these get on even in a loop of nothing
 * but quick reads.
 */
export class IoGate {
  readonly #clock: Clock;
  readonly #passTurn: () => Promise<void>;
  #turn: Promise<void> | undefined;
  #startedAt = 0;
  #allowedMs = 0;
  #untimed = 0;
  #isTimed = false;
  #busyMs = 0;
  #pausedUntil = -Infinity;
  /** One bit per timed call, the newest lowest: whether it was slow. */
  #slow = 0;

  /** Measures by the monotonic time of `clock`; `pass` gives the event loop its turn. */
  constructor(clock: Clock, pass: () => Promise<void> = turnPasser()) {
    this.#clock = clock;
    this.#passTurn = pass;
  }

  /**
   * Does one thing in the way that suits now: what `now` gives is returned without a wait. `allowedMs` is what the work takes
   * when it is cached, beyond a single call.
   */
  run<T>(now: () => T, later: () => Promise<T>, allowedMs = 0): T | Promise<T> {
    if (this.#isDue) return this.#runAfterTurn(now, later, allowedMs);
    if (!this.#enter()) return this.#runLater(later);
    return this.#timed(now, allowedMs);
  }

  /** Does one thing where it may be done synchronously now; it says by {@linkcode allow} how long it may take. */
  tryNow<T>(now: () => T): T | undefined {
    if (this.#isDue || !this.#enter()) return undefined;
    return this.#timed(now, 0);
  }

  /** Allows the work in progress more time, once it is known how much there is to do. */
  allow(ms: number): void {
    this.#allowedMs += ms;
  }

  /** Whether the event loop is due for its turn. */
  get #isDue(): boolean {
    return this.#busyMs >= TURN_MS;
  }

  async #runAfterTurn<T>(now: () => T, later: () => Promise<T>, allowedMs: number): Promise<T> {
    await (this.#turn ??= this.#takeTurn());
    // Those who waited before may have used up the time until the next turn.
    return await this.run(now, later, allowedMs);
  }

  async #runLater<T>(later: () => Promise<T>): Promise<T> {
    try {
      return await later();
    } finally {
      this.#busyMs = 0;
    }
  }

  async #takeTurn(): Promise<void> {
    try {
      await this.#passTurn();
    } finally {
      this.#busyMs = 0;
      this.#turn = undefined;
    }
  }

  #timed<T>(now: () => T, allowedMs: number): T {
    this.#allowedMs = allowedMs;
    try {
      return now();
    } finally {
      if (this.#isTimed) this.#judge(this.#clock.monotonicMs());
    }
  }

  /** Whether to call synchronously now. */
  #enter(): boolean {
    this.#isTimed = this.#untimed === 0;
    if (!this.#isTimed) {
      this.#untimed--;
      return true;
    }
    const now = this.#clock.monotonicMs();
    this.#startedAt = now;
    return now >= this.#pausedUntil;
  }

  #judge(now: number): void {
    const took = now - this.#startedAt;
    const isSlow = took > QUICK_MS + this.#allowedMs;
    const before = this.#slow;
    this.#slow = (before << 1 | Number(isSlow)) & 0xff;
    this.#untimed = this.#slow === 0 ? UNTIMED : 0;
    this.#busyMs += took * (1 + this.#untimed);
    const strikes = before & 0x7f;
    if (isSlow && (strikes & (strikes - 1)) !== 0) {
      this.#pausedUntil = now + Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, took * 20));
      this.#slow = 0b11;
    }
  }
}

/**
 * What reading `bytes` takes at most where no disk is asked, the allowance for {@linkcode IoGate.run}: in memory that the
 * system has yet to give, and while other programs want the cores, 400 MB/s. With 1 GB/s, up to two fifths of cached reads
 * of 150 kB were taken for slow on such a machine, at up to twice the CPU time.
 */
export function readMs(bytes: number): number {
  return bytes * 2.5e-6;
}

/** The same of writing `bytes`: 1 GB/s. Nineteen of twenty take less than half of that, on such a machine, too. */
export function writeMs(bytes: number): number {
  return bytes * 1e-6;
}
