import type { Clock } from "@lade/core/backend";

/** Options of {@linkcode FakeClock}. */
export interface FakeClockOptions {
  /** The wall clock at the start, in milliseconds since 1970; 2026-01-01T00:00:00Z by default. */
  readonly now?: number;
}

/** After so many steps a condition is taken for one that never holds. */
const MOST_STEPS = 20_000;

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to move. Sleepers wake in the order of their times. */
export class FakeClock implements Clock {
  readonly #startedAt: number;
  #elapsed = 0;
  #sleepers: Sleeper[] = [];

  /** Makes a clock that stands at `options.now`. */
  constructor(options: FakeClockOptions = {}) {
    this.#startedAt = options.now ?? Date.UTC(2026, 0, 1);
  }

  /** Number of sleeps that have not ended. */
  get pending(): number {
    return this.#sleepers.length;
  }

  /** The wall clock, in milliseconds since 1970. */
  now(): number {
    return this.#startedAt + this.#elapsed;
  }

  /** Milliseconds that the clock was moved by since it was made. */
  monotonicMs(): number {
    return this.#elapsed;
  }

  /** Resolves once the clock has moved by `durationMs`; rejects with `signal.reason` as soon as that is aborted. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (!(durationMs > 0)) return resolve();
      const onAbort = () => {
        this.#remove(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        wakesAt: this.#elapsed + durationMs,
        wake: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /**
   * Moves the clock by `durationMs`, and stops on the way for each sleeper, so that what it does next (a further
   * sleep, too) happens at its own time. What a sleeper does by input or output is not waited for.
   */
  async advance(durationMs: number): Promise<void> {
    const end = this.#elapsed + durationMs;
    await turn();
    for (let next = this.#next(); next && next.wakesAt <= end; next = this.#next()) await this.#wake(next);
    this.#elapsed = end;
  }

  /** Moves the clock by `stepMs` again and again until `condition` holds; throws after 20,000 steps in vain. */
  async advanceUntil(stepMs: number, condition: () => boolean): Promise<void> {
    for (let step = 0; !condition(); step++) {
      if (step === MOST_STEPS) {
        throw new Error(`The clock was moved ${step} times in vain until ${condition}`);
      }
      await this.advance(stepMs);
    }
  }

  /** Moves the clock from sleeper to sleeper until nobody sleeps. */
  async runAll(): Promise<void> {
    await turn();
    for (let next = this.#next(); next; next = this.#next()) await this.#wake(next);
  }

  #next(): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (!first || sleeper.wakesAt < first.wakesAt) first = sleeper;
    }
    return first;
  }

  async #wake(sleeper: Sleeper): Promise<void> {
    this.#elapsed = sleeper.wakesAt;
    this.#remove(sleeper);
    sleeper.wake();
    await turn();
  }

  #remove(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
  }
}

/** Lets everything run that waits for no time. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
