import { checkOptions, optionWords, type StoreContext } from "@lade/core/backend";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { LoaderConfig } from "../config/resolve_config.ts";
import type { SampleFailure } from "../config/sample_failure.ts";
import type { Dataset, FixedSample } from "../datasets/dataset.ts";
import { BatchMemory } from "../pool/batch_memory.ts";
import { Slots } from "../pool/slots.ts";
import { Reader } from "../readers/reader.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { type LoaderStats, StatsCounter } from "../stats/loader_stats.ts";
import { SampleWork } from "../workers/sample_work.ts";
import { assembleBatch, type HandedBatch } from "./assemble_batch.ts";
import { dropSamples, type LoadedSamples } from "./batch_load.ts";
import type { Batch, DataLoader } from "./data_loader.ts";
import { LoaderIterator, over } from "./loader_iterator.ts";
import { SampleError } from "./sample_error.ts";

/** A batch whose samples are there. */
export interface LoadedBatch<U> {
  readonly loaded: LoadedSamples<U>;
  readonly epoch: number;
  /** How many of its samples, the last ones, only fill it up. */
  readonly padding: number;
}

/** The batches of an epoch that are being read, from the next one to be handed out on. */
export interface BatchRun<L extends LoadedBatch<unknown>> {
  /** Batches that are ready or being read. */
  readonly ahead: number;
  /** Begins batches until there is the next one and `ahead` more. */
  fill(ahead: number): void;
  /** Waits for the next batch; `undefined` behind the last one. */
  next(): Promise<L | undefined>;
  /** Forgets the next batch, which was handed out, or has failed. */
  shift(): void;
  /** Lets batches that wait for memory try again. */
  roomMade(): void;
  /** Aborts what is read, waits for it, and gives back its memory. */
  end(reason: unknown): Promise<void>;
}

/** What a loader is made with. */
export interface LoopSetup<T, U, B> {
  readonly dataset: Dataset<unknown>;
  readonly options: LoaderOptions<T, U, B>;
  readonly context: StoreContext;
  readonly config: LoaderConfig;
}

/** How many batches are read ahead at first, and at most, where that is found out. */
const FIRST_AHEAD = 2;
/** While a reader reads: what both threads have, and what waits for those before it. */
const AHEAD_WITH_READER = 5;
const MOST_AHEAD = 64;
/** Samples that are read ahead for each worker at least, so that none waits for the caller. */
const SAMPLES_OF_WORKER = 8;
const LEFT = new DOMException("The loop was left", "AbortError");
/** A longer wait for a batch calls for more of them ahead. */
const LONG_WAIT_MS = 1;
/** Of so many times the batches that are read ahead none was waited for where a wait is seldom. */
const SELDOM = 4;

/**
 * What loaders have in common, whatever their samples come from: one loop at a time over an epoch, its batches handed out
 * and taken back, failures judged, and time counted. What batches there are, and where it is, the loaders themselves know.
 */
export abstract class LoopLoader<T, U, B, L extends LoadedBatch<U>> implements DataLoader<B> {
  readonly config: LoaderConfig;
  protected readonly context: StoreContext;
  protected readonly memory: BatchMemory;
  /** Bounds what is read together. */
  protected readonly slots: Slots;
  protected readonly counter = new StatsCounter();
  /** A second thread that reads, where it pays. */
  protected readonly reader: Reader;
  /** What is done with samples once they are read. */
  protected readonly work: SampleWork<T, U, B>;
  /** The next step of what is left of the epoch. */
  protected step = 0;
  readonly #options: LoaderOptions<T, U, B>;
  readonly #fixed: FixedSample | undefined;
  /** Samples that were skipped in this epoch. */
  #skipped = 0;
  #ahead: number;
  /** Batches that took no long wait, since the last one of this epoch that did. */
  #unwaited = 0;
  /** Reads so far, when a batch was last waited for. */
  #lastWait = { reads: 0, readsLater: 0 };
  /** Reads so far, when a batch was last handed out, and whether most of those before it were at hand. */
  #lastHand = { reads: 0, readsLater: 0 };
  #isAtHand = false;
  /** The next batch, that is begun once the caller waits for something else. */
  #soon: ReturnType<typeof setImmediate> | undefined;
  #run: BatchRun<L> | undefined;
  #disposed = false;

  constructor({ dataset, options, context, config }: LoopSetup<T, U, B>) {
    this.config = config;
    this.context = context;
    this.#options = options;
    this.#fixed = "fixed" in dataset ? dataset.fixed : undefined;
    const { pool } = config;
    this.memory = new BatchMemory(context.budget, pool.maxBytes, options.pool?.buffers);
    this.slots = new Slots(pool.samplesInFlight);
    this.reader = new Reader(context.clock);
    this.work = new SampleWork({
      transform: options.transform,
      collate: options.collate,
      workers: pool.workers,
      memory: this.memory,
      clock: context.clock,
      stats: this.counter,
    });
    const { batchSize } = config.loader;
    const forWorkers = Math.ceil(pool.workers * SAMPLES_OF_WORKER / batchSize);
    this.#ahead = pool.batchesAhead === "auto" ? Math.max(FIRST_AHEAD, forWorkers) : pool.batchesAhead;
  }

  abstract readonly epoch: number;
  abstract readonly stepsPerEpoch: number;
  abstract state(): LoaderState;

  /** Begins to load what is left of the epoch; `stop` ends it. */
  protected abstract begin(stop: AbortController, signal: AbortSignal): BatchRun<L>;
  /** Goes behind a batch that is handed out. */
  protected abstract pass(batch: L): void;
  /** Goes to the beginning of the next epoch. */
  protected abstract turn(): void;
  /** Goes where {@linkcode DataLoader.seek} says. */
  protected abstract go(epoch: number, step: number): void;

  [Symbol.asyncIterator](): AsyncIterator<Batch<B>, undefined> {
    if (this.#disposed) throw new TypeError("Cannot go through a loader that is disposed");
    if (this.#run) {
      throw new TypeError("Cannot go through a loader twice at the same time: end the other loop first");
    }
    if (this.epoch >= this.config.loader.epochs) return over();
    const stop = new AbortController();
    const { signal: own } = this.#options;
    const signal = own ? AbortSignal.any([own, stop.signal]) : stop.signal;
    this.work.begin(signal);
    this.reader.begin();
    const run = this.#run = this.begin(stop, signal);
    return new LoaderIterator(this, run);
  }

  stats(): LoaderStats {
    return this.counter.snapshot({
      ahead: this.#run?.ahead ?? 0,
      workers: this.work.workers,
      readers: Number(this.reader.isThere),
    });
  }

  seek(to: { readonly epoch?: number; readonly step?: number }): void {
    checkOptions("seek", to, { epoch: "any", step: "any" });
    const { epoch = this.epoch, step = 0 } = to;
    if (this.#run) throw new TypeError("Cannot seek while a loop runs: leave it first");
    // The epoch behind it has to be one, too.
    if (!(Number.isSafeInteger(epoch) && Number.isSafeInteger(epoch + 1) && epoch >= 0)) {
      throw new RangeError(`Cannot seek epoch ${optionWords(epoch)}`);
    }
    this.go(epoch, step);
    this.step = this.#skipped = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    clearImmediate(this.#soon);
    this.reader.end();
    const reason = new DOMException("The loader was disposed", "AbortError");
    await Promise.all([this.#run?.end(reason), this.work.end(reason)]);
    this.#run = undefined;
    this.memory.close();
  }

  /** The next batch of a run; none behind the last one of the epoch. Ends the run when it is the last, or fails. */
  async next(run: BatchRun<L>): Promise<HandedBatch<B> | undefined> {
    const { signal } = this.#options;
    try {
      signal?.throwIfAborted();
      clearImmediate(this.#soon);
      run.fill(this.#isAtHand ? this.#aheadAtHand : this.#ahead);
      await this.work.ready();
      const began = this.now();
      const next = await run.next();
      if (!next) {
        await this.#finish(run);
        this.turn();
        this.step = this.#skipped = 0;
        this.#unwaited = 0;
        // Workers wait for the next epoch, where there is one.
        if (this.epoch < this.config.loader.epochs) {
          this.work.rest();
          this.reader.rest();
        } else {
          this.reader.end();
          await this.work.end(new DOMException("The loop is over", "AbortError"));
        }
        return undefined;
      }
      const isLong = this.now() - began > LONG_WAIT_MS;
      if (isLong && this.config.pool.batchesAhead === "auto") this.#readFurtherAhead(run);
      this.#unwaited = isLong ? 0 : this.#unwaited + 1;
      return await this.#hand(run, next);
    } catch (error) {
      await this.end(run);
      signal?.throwIfAborted();
      throw error;
    }
  }

  /** Ends a run before its time: what it read ahead is dropped, and no worker is left. */
  async end(run: BatchRun<L>): Promise<void> {
    this.reader.end();
    await Promise.all([this.#finish(run), this.work.end(LEFT)]);
  }

  async #finish(run: BatchRun<L>): Promise<void> {
    clearImmediate(this.#soon);
    await run.end(LEFT);
    if (this.#run === run) this.#run = undefined;
  }

  /** Counts what passed before and while a batch was waited for. */
  waited(busyMs: number, waitMs: number, isFirst: boolean): void {
    if (isFirst) this.counter.firstBatchMs += waitMs;
    else {
      this.counter.busyMs += busyMs;
      this.counter.waitMs += waitMs;
    }
  }

  now(): number {
    return this.context.clock.monotonicMs();
  }

  roomMade(): void {
    this.#run?.roomMade();
  }

  async #hand(run: BatchRun<L>, next: L): Promise<HandedBatch<B>> {
    const { loaded, epoch, padding } = next;
    const { collate, isTransformed } = this.work;
    const stats = this.counter;
    try {
      const { skipped, bytes } = this.#count(loaded, padding);
      const batch = await assembleBatch<U, B>({
        loaded,
        fixed: this.#fixed,
        collate,
        isTransformed,
        clock: this.context.clock,
        memory: this.memory,
        stats,
        epoch,
        step: this.step,
        padding,
      });
      run.shift();
      this.#skipped += skipped;
      stats.skipped += skipped;
      this.pass(next);
      this.step++;
      stats.steps++;
      stats.samples += batch.size - batch.padding;
      stats.bytes += bytes;
      this.#readAhead(run);
      return batch;
    } catch (error) {
      dropSamples(loaded);
      run.shift();
      throw error;
    }
  }

  /**
   * Judges the failures of a batch, and counts them, and the bytes of its other samples. Those that only fill it up are
   * counted where they come first.
   */
  #count({ failures, sizeOf }: LoadedSamples<U>, padding: number): { skipped: number; bytes: number } {
    let [skipped, bytes] = [0, 0];
    failures.forEach((failure, place) => {
      const isPadding = place >= failures.length - padding;
      if (failure) this.#judge(failure, this.#skipped + skipped - Number(isPadding));
      if (isPadding) return;
      if (failure) skipped++;
      else bytes += sizeOf(place);
    });
    return { skipped, bytes };
  }

  /**
   * Begins the next batches. What is at hand is read no sooner by being read early, and best into the memory that was just
   * used, which the caller has until it asks for the next batch: so that is begun once the caller waits for something else. A
   * reader reads while the caller works.
   */
  #readAhead(run: BatchRun<L>): void {
    const { reads, readsLater } = this.counter;
    const before = this.#lastHand;
    this.#lastHand = { reads, readsLater };
    const { batchesAhead, workers } = this.config.pool;
    // Workers work while the caller does.
    const isAuto = batchesAhead === "auto" && workers === 0;
    if (reads > before.reads) this.#isAtHand = isAuto && isMostlyAtHand(before, this.#lastHand);
    if (!this.#isAtHand) run.fill(this.#ahead);
    else if (this.reader.isReady) run.fill(AHEAD_WITH_READER);
    else this.#soon = setImmediate(() => run.fill(0));
  }

  get #aheadAtHand(): number {
    return this.reader.isReady ? AHEAD_WITH_READER : 0;
  }

  /**
   * Reads more batches ahead, where most reads are waited for: what is at hand comes no sooner. Neither does anything where
   * all that is left of the epoch is begun, or where batches are waited for again and again and reads wait for their turn
   * already: then more memory would be filled.
   */
  #readFurtherAhead(run: BatchRun<L>): void {
    const { reads, readsLater } = this.counter;
    const before = this.#lastWait;
    this.#lastWait = { reads, readsLater };
    if (isMostlyAtHand(before, this.#lastWait)) return;
    const isUsual = this.#unwaited < SELDOM * this.#ahead;
    if (run.ahead <= this.#ahead || (isUsual && this.slots.areWaitedFor)) return;
    this.#ahead = Math.max(this.#ahead, Math.min(MOST_AHEAD, this.#ahead * 2));
  }

  /** Throws unless the sample may be skipped, after `skipped` others of the epoch. */
  #judge(failure: SampleFailure, skipped: number): void {
    const { onError = "fail" } = this.#options;
    const { maxSkipped } = this.config.loader;
    const verdict = typeof onError === "function" ? onError(failure) : onError;
    if (verdict === "fail") throw new SampleError(failure);
    if (verdict !== "skip") {
      const words = typeof verdict === "string" ? JSON.stringify(verdict) : typeof verdict;
      throw new TypeError(
        `Cannot go on after a failure: onError gave ${words}, and "fail" or "skip" is needed`,
        {
          cause: new SampleError(failure),
        },
      );
    }
    if (skipped >= maxSkipped) {
      throw new SampleError(failure, `; ${maxSkipped} were skipped before it, and maxSkipped allows no more`);
    }
  }
}

/** Reads so far, and those of them that had to be waited for. */
interface Reads {
  readonly reads: number;
  readonly readsLater: number;
}

/** Whether more of the reads from one moment to another were at hand than had to be waited for. */
function isMostlyAtHand(from: Reads, to: Reads): boolean {
  return (to.readsLater - from.readsLater) * 2 < to.reads - from.reads;
}
