import type { StoreContext } from "@lade/core/backend";
import type { SampleContext } from "../datasets/dataset.ts";
import type { Remainder, World } from "../order/shares.ts";
import type { LoaderState } from "../state/loader_state.ts";
import type { BufferSource } from "../pool/buffer_source.ts";
import type { ModuleExport } from "./module_export.ts";
import type { SampleFailure } from "./sample_failure.ts";

/** How samples are shuffled: blocks of records that lie side by side, or every sample for itself. */
export interface BlockShuffle {
  /** Records of a block; what the data set says by default. */
  readonly block?: number;
  /** Blocks of a lane that are shuffled together; what the data set says by default, or 8. */
  readonly window?: number;
  /** Runs of blocks that are gone through side by side; what the data set says by default, or 16. A world that divides them shares no block. */
  readonly lanes?: number;
}

/** What the loader holds in memory and how far it reads ahead. */
export interface PoolOptions {
  /**
   * Bytes of batches that are being read, are ready, or are with the caller; half the context's byte budget by default. It bounds
   * what is read ahead: the batch that is waited for is read whatever its size, and a sample is never had in parts.
   */
  readonly maxBytes?: number;
  /** Batches that are read ahead; as many as it takes for the caller not to wait when `"auto"`, the default. */
  readonly batchesAhead?: "auto" | number;
  /**
   * Samples that are worked on at the same time at most; 256 when `"auto"`, the default. Of one store no more are read than
   * the requests that it may have in flight need.
   */
  readonly samplesInFlight?: "auto" | number;
  /** Where the memory of batches comes from; the heap by default. */
  readonly buffers?: BufferSource;
  /**
   * Workers that `transform` and `collate` run in where these are of a module; 0 runs them in this thread. `"auto"`, the
   * default, is one less than there are processors, at least 1; and 0 where there is no module.
   */
  readonly workers?: "auto" | number;
}

/** How bytes are read. */
export interface EngineOptions {
  /** Bytes between two samples of an object that are read and dropped rather than asked for around; the store's own by default. */
  readonly coalesceGap?: number;
  /** Bytes of samples that are asked for as one, at most; 8 MiB by default. */
  readonly coalesceSize?: number;
}

/** What a transformation is given besides the sample. */
export type Transform<T, U> = (sample: T, context: SampleContext) => U | Promise<U>;

/** What is done about a sample that cannot be had. */
export type OnError = "fail" | "skip" | ((failure: SampleFailure) => "fail" | "skip");

/** Gives memory of the batch: so many bytes, of arbitrary content, aligned to 64. */
export type Allocate = (bytes: number) => Uint8Array<ArrayBuffer>;

/**
 * Puts samples together. `samples` lacks those that were skipped. Memory of `allocate` is the batch's own, and is given back
 * with it; so is that which samples are views of.
 */
export type Collate<U, B> = (samples: readonly U[], allocate: Allocate) => B | Promise<B>;

/** Options of a loader. What is not named here is a `TypeError`. */
export interface LoaderOptions<T, U = T, B = readonly U[]> {
  /** Samples of a batch, on this rank. */
  readonly batchSize?: number;
  /** Samples of a step, on all ranks together, in place of `batchSize`; a multiple of the world. */
  readonly globalBatchSize?: number;
  /** Which of several processes this is; the only one by default. */
  readonly world?: World;
  /** Decides all that is random; 0 by default. */
  readonly seed?: number;
  /**
   * `false`, the default, goes through samples as they lie; `"full"` shuffles every sample for itself; an object shuffles
   * blocks; `true` shuffles blocks where records lie side by side, else fully. Of a stream `true` and an object shuffle its
   * parts, and `window` samples (128, or what the data set says) of each of `lanes` runs of them.
   */
  readonly shuffle?: boolean | "full" | BlockShuffle;
  /**
   * Draws samples with replacement, each as often as its weight is of all weights, in place of `shuffle`: a number for each
   * sample, or what gives it. Takes 12 bytes of memory for each, and 16 while the loader is made. Not of several data sets,
   * each of which has a weight.
   */
  readonly weights?: ArrayLike<number> | ((index: number) => number);
  /** Samples of an epoch that are drawn by `weights`, or of several data sets; as many as there are by default. */
  readonly samplesPerEpoch?: number;
  /** What becomes of samples that fill no whole step; `"short"` by default. */
  readonly remainder?: Remainder;
  /** Times through the data set; without end by default, one epoch for each iteration. */
  readonly epochs?: number;
  /**
   * Steps of an epoch of a stream: what is behind them is left out of it, and of several ranks those that have fewer samples
   * get short or empty batches. All there are by default; several ranks need it.
   */
  readonly steps?: number;
  /** Makes of each sample another one. Of a module, it runs in workers. */
  readonly transform?: Transform<T, U> | ModuleExport;
  /** Puts the samples of a batch together; an array of them by default, or one array of numbers where all are alike. */
  readonly collate?: Collate<U, B> | ModuleExport;
  /** What is done about a sample that cannot be had; `"fail"` by default. A skipped one leaves a hole, and moves no other. */
  readonly onError?: OnError;
  /** Samples that may be skipped in an epoch; 100 by default. */
  readonly maxSkipped?: number;
  /** Whether a data set without samples is gone through as nothing; `false` by default: it is an error. */
  readonly allowEmpty?: boolean;
  /** Where to go on. One of another data set, order or seed is a `TypeError` that says what differs. */
  readonly state?: LoaderState;
  /** Ends all. */
  readonly signal?: AbortSignal;
  /** Memory and reading ahead. */
  readonly pool?: PoolOptions;
  /** Reading. */
  readonly engine?: EngineOptions;
  /** Clock, budget and buffers; those of the data set by default. */
  readonly context?: StoreContext;
}
