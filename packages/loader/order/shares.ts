import { checkWhole } from "./sampler.ts";

/** Which of several processes this is. */
export interface World {
  /** From 0 up to before `size`. */
  readonly rank: number;
  /** Processes. */
  readonly size: number;
}

/** What becomes of samples that fill no whole batch on every rank. */
export type Remainder = "short" | "drop" | "pad";

/** How positions become steps, and steps shares of ranks. */
export interface StepOptions {
  /** Samples in a step, of all ranks together. */
  readonly globalBatch: number;
  /** Which process asks. */
  readonly world: World;
  /**
   * `"short"` (as many batches on every rank, those of the last step smaller, maybe empty), `"drop"` (no such step), or
   * `"pad"` (filled up with the first samples, and told).
   */
  readonly remainder: Remainder;
}

/** What one rank takes in one step: `count` places from `first` on, each `stride` behind the one before. */
export interface Share {
  /** The first place in the sequence that is gone through. */
  readonly first: number;
  /** Places of the sequence itself. */
  readonly count: number;
  /** From one to the next. */
  readonly stride: number;
  /** Samples that fill up the batch, taken from the sequence's start: the first of them. */
  readonly padding: number;
}

/**
 * Cuts a sequence of `length` places into steps of `globalBatch`, and each step into shares of the ranks: place p is of rank
 * p mod `size`. So what a step holds does not depend on how many ranks there are, and all have as many steps.
 */
export class Steps {
  /** Places of the sequence. */
  readonly length: number;
  /** Steps in all. */
  readonly count: number;
  readonly #options: StepOptions;

  /** Checks the numbers: a `RangeError` where they make no sense. */
  constructor(length: number, options: StepOptions) {
    const { globalBatch, world: { rank, size }, remainder } = options;
    checkWhole("length", length, 0);
    checkWhole("a global batch", globalBatch, 1);
    checkWhole("a world", size, 1);
    checkWhole("rank", rank, 0);
    if (rank >= size) {
      throw new RangeError(`Cannot be rank ${rank} of a world of ${size}: ${size - 1} is the last`);
    }
    this.length = length;
    this.count = remainder === "drop" ? Math.floor(length / globalBatch) : Math.ceil(length / globalBatch);
    this.#options = options;
  }

  /** Behind which place a step ends; the next one begins there. */
  endOf(step: number): number {
    return Math.min((step + 1) * this.#options.globalBatch, this.length);
  }

  /** What this rank takes in a step, from 0 up to before `count`. */
  shareOf(step: number): Share {
    const { globalBatch, world: { rank, size }, remainder } = this.#options;
    if (!(Number.isInteger(step) && step >= 0 && step < this.count)) {
      throw new RangeError(`Cannot take step ${step}: there are ${this.count}, from 0 up`);
    }
    const start = step * globalBatch;
    const skipped = (rank - start % size + size) % size;
    const of = (places: number) => Math.max(0, Math.ceil((places - skipped) / size));
    const count = of(this.endOf(step) - start);
    const padding = remainder === "pad" ? of(globalBatch) - count : 0;
    return { first: start + skipped, count, stride: size, padding };
  }

  /** The place of the sequence that fills up a share of a step, the `index`-th of this rank's. */
  paddingAt(step: number, index: number): number {
    const { first, count, stride } = this.shareOf(step);
    const behind = first + (count + index) * stride - this.endOf(step);
    return behind % this.length;
  }
}
