import { AdaptiveLimit } from "../concurrency/adaptive_limit.ts";
import type { ReadHints } from "../contract/read_hints.ts";
import type { Clock } from "./clock.ts";

/**
 * The number of chunks in flight per store, found by measuring. Stores that share one `ReadHints` object share one
 * limit: a layer hands on the object of the store below.
 */
export class ReadLimits {
  readonly #clock: Clock;
  readonly #limits = new WeakMap<ReadHints, AdaptiveLimit>();

  /** Measures by `clock`. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The limit of the stores with these hints. */
  of(hints: ReadHints): AdaptiveLimit {
    let limit = this.#limits.get(hints);
    if (!limit) {
      limit = new AdaptiveLimit({
        clock: this.#clock,
        initial: hints.initialConcurrency,
        maximum: hints.maxConcurrency,
      });
      this.#limits.set(hints, limit);
    }
    return limit;
  }
}
