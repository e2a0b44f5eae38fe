import type { SampleFailure } from "../config/sample_failure.ts";
import type { LoaderConfig } from "../config/resolve_config.ts";
import type { LoaderState } from "../state/loader_state.ts";
import type { LoaderStats } from "../stats/loader_stats.ts";

/** Samples that belong together. */
export interface Batch<B> extends Disposable {
  /**
   * The samples, as they were put together. Their memory is the batch's: it is given back when the next batch is asked for,
   * or the batch is disposed of, and views of it are then empty.
   */
  readonly data: B;
  /** Which time through the data set. */
  readonly epoch: number;
  /** Which step of the epoch, from 0; after a resume within an epoch from 0 again. */
  readonly step: number;
  /** Samples that it has, those that only fill it up included. */
  readonly size: number;
  /** How many of them, at its end, only fill it up. */
  readonly padding: number;
  /** Those that it lacks. */
  readonly skipped: readonly SampleFailure[];
  /** Makes the memory the caller's own, for good. */
  keep(): B;
}

/** Goes through a data set in batches. */
export interface DataLoader<B> extends AsyncDisposable {
  /** Steps of a whole epoch; the same on every rank. */
  readonly stepsPerEpoch: number;
  /** The epoch that the next batch is of. */
  readonly epoch: number;
  /** Every setting, written out. */
  readonly config: LoaderConfig;
  /**
   * Goes through what is left of the present epoch. Leaving the loop early ends all reads and gives back all memory before it
   * goes on; another loop then continues with the next batch. Only one can run at a time.
   */
  [Symbol.asyncIterator](): AsyncIterator<Batch<B>, undefined>;
  /** Where it is: behind the last batch that was handed out. */
  state(): LoaderState;
  /** What it did so far. */
  stats(): LoaderStats;
  /** Goes to the beginning of an epoch, or of a step of it. Not while a loop runs. */
  seek(to: { readonly epoch?: number; readonly step?: number }): void;
}
