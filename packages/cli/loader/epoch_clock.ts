import type { Clock } from "@lade/core";

/** What an epoch of emulated training came to, without its first step: that is what MLPerf Storage's utilization is of. */
export interface MeasuredEpoch {
  /** The whole epoch, in milliseconds. */
  readonly tookMs: number;
  /** From the end of its first step on. */
  readonly measuredMs: number;
  /** Of that, spent in steps. */
  readonly computeMs: number;
  /** Samples of these steps. */
  readonly samples: number;
}

/** Measures the steps of an epoch. */
export class EpochClock {
  readonly #clock: Clock;
  readonly #beganMs: number;
  #loadedMs = 0;
  #endMs: number;
  #firstMs = 0;
  #computeMs = 0;
  #samples = 0;
  #steps = 0;

  /** Begins. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#beganMs = this.#endMs = clock.monotonicMs();
  }

  /** A batch came. */
  loaded(): void {
    this.#loadedMs = this.#clock.monotonicMs();
  }

  /** Its step is done. */
  stepped(samples: number): void {
    this.#endMs = this.#clock.monotonicMs();
    if (this.#steps++ === 0) {
      this.#firstMs = this.#endMs - this.#beganMs;
      return;
    }
    this.#computeMs += this.#endMs - this.#loadedMs;
    this.#samples += samples;
  }

  /** No batch is left. */
  ended(): void {
    this.#endMs = this.#clock.monotonicMs();
  }

  /** What it came to. */
  measured(): MeasuredEpoch {
    const tookMs = this.#endMs - this.#beganMs;
    return {
      tookMs,
      measuredMs: tookMs - this.#firstMs,
      computeMs: this.#computeMs,
      samples: this.#samples,
    };
  }
}
