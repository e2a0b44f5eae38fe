import { createStoreContext, type StoreContext } from "@lade/core/backend";
import type { NdArray } from "@lade/formats/array";
import type { LoaderOptions } from "../config/loader_options.ts";
import { type LoaderConfig, resolveConfig } from "../config/resolve_config.ts";
import type { SampleFailure } from "../config/sample_failure.ts";
import type { FixedSample, MapDataset } from "../datasets/dataset.ts";
import { samplerOf } from "../order/sampler_of.ts";
import { Steps } from "../order/shares.ts";
import { BatchMemory } from "../pool/batch_memory.ts";
import { BlockCache } from "../pool/block_cache.ts";
import { Slots } from "../pool/slots.ts";
import { type LoaderState, restOf } from "../state/loader_state.ts";
import type { Rest } from "../state/rest.ts";
import { type LoaderStats, StatsCounter } from "../stats/loader_stats.ts";
import { assembleBatch, type HandedBatch } from "./assemble_batch.ts";
import { BatchLayout } from "./batch_layout.ts";
import { checkState } from "./check_state.ts";
import type { Batch, DataLoader } from "./data_loader.ts";
import { EpochRun } from "./epoch_run.ts";
import { groupReads, type ReadGround, readGroup } from "./read_samples.ts";
import { SampleError } from "./sample_error.ts";

/** Makes a loader over samples that are all alike: a batch is one array, with the samples' number as its first dimension. */
export function createLoader<T>(
  dataset: MapDataset<T> & { readonly fixed: FixedSample },
  options?: LoaderOptions<T> & { readonly transform?: never; readonly collate?: never },
): DataLoader<NdArray>;
/** Makes a loader. Nothing is read before the first batch is asked for. */
export function createLoader<T, U = T, B = readonly U[]>(
  dataset: MapDataset<T>,
  options?: LoaderOptions<T, U, B>,
): DataLoader<B>;
export function createLoader<T, U, B>(
  dataset: MapDataset<T>,
  options: LoaderOptions<T, U, B> = {},
): DataLoader<B> {
  return new MapLoader(dataset, options);
}

/** How many batches are read ahead at first, and at most, where that is found out. */
const FIRST_AHEAD = 2;
const MOST_AHEAD = 64;
/** A longer wait for a batch calls for more of them ahead. */
const LONG_WAIT_MS = 1;

class MapLoader<T, U, B> implements DataLoader<B> {
  readonly config: LoaderConfig;
  readonly #dataset: MapDataset<T>;
  readonly #options: LoaderOptions<T, U, B>;
  readonly #context: StoreContext;
  readonly #memory: BatchMemory;
  readonly #slots: Slots;
  readonly #stats = new StatsCounter();
  #epoch: number;
  /** What was left of the epoch when it was begun, or gone on with. */
  #rest: Rest;
  /** How it is cut into steps, and the next of them. */
  #steps: Steps;
  #step = 0;
  #skipped = 0;
  #ahead: number;
  /** Reads so far, when a batch was last waited for. */
  #lastWait = { reads: 0, readsLater: 0 };
  #run: EpochRun<T, U> | undefined;
  #disposed = false;

  constructor(dataset: MapDataset<T>, options: LoaderOptions<T, U, B>) {
    this.#dataset = dataset;
    this.#options = options;
    this.#context = options.context ?? dataset.context ?? createStoreContext();
    this.config = resolveConfig(options, { dataset, budget: this.#context.budget.capacity });
    const { loader, pool } = this.config;
    this.#memory = new BatchMemory(this.#context.budget, pool.maxBytes);
    this.#slots = new Slots(pool.samplesInFlight);
    this.#ahead = pool.batchesAhead === "auto" ? FIRST_AHEAD : pool.batchesAhead;
    const { state } = options;
    if (state) checkState(state, { dataset, seed: loader.seed, order: loader.order });
    this.#epoch = state?.epoch ?? 0;
    this.#rest = restOf(state ?? { position: 0, total: loader.order.length });
    this.#steps = this.#cut(this.#rest.length);
    if (state && this.#steps.count === 0) this.#nextEpoch();
  }

  get epoch(): number {
    return this.#epoch;
  }

  get stepsPerEpoch(): number {
    return this.#cut(this.config.loader.order.length).count;
  }

  [Symbol.asyncIterator](): AsyncIterator<Batch<B>, undefined> {
    if (this.#disposed) throw new TypeError("Cannot go through a loader that is disposed");
    if (this.#run) {
      throw new TypeError("Cannot go through a loader twice at the same time: end the other loop first");
    }
    const isOver = this.#epoch >= this.config.loader.epochs;
    return isOver ? over() : new LoaderIterator(this, this.#begin());
  }

  state(): LoaderState {
    const { loader } = this.config;
    const { position: from, total } = this.#rest;
    const position = this.#step === 0 ? from : this.#rest.at(this.#steps.endOf(this.#step - 1));
    const taken = textOf(this.#rest.takenFrom(position));
    const began = textOf(this.#rest.takenFrom(from));
    return {
      version: 1,
      seed: loader.seed,
      epoch: this.#epoch,
      position,
      total,
      fingerprint: this.#dataset.fingerprint,
      order: loader.order,
      ...(taken !== undefined && { taken }),
      of: { ...loader.world, from, ...(began !== undefined && { taken: began }) },
    };
  }

  stats(): LoaderStats {
    return this.#stats.snapshot(this.#run?.ahead ?? 0);
  }

  seek({ epoch = this.#epoch, step = 0 }: { readonly epoch?: number; readonly step?: number }): void {
    if (this.#run) throw new TypeError("Cannot seek while a loop runs: leave it first");
    if (!(Number.isSafeInteger(epoch) && epoch >= 0)) throw new RangeError(`Cannot seek epoch ${epoch}`);
    const { length } = this.config.loader.order;
    const steps = this.#cut(length);
    if (!(Number.isSafeInteger(step) && step >= 0 && step <= steps.count)) {
      throw new RangeError(`Cannot seek step ${step}: an epoch has ${steps.count}`);
    }
    this.#epoch = epoch;
    this.#rest = restOf({ position: step === 0 ? 0 : steps.endOf(step - 1), total: length });
    this.#steps = this.#cut(this.#rest.length);
    this.#step = this.#skipped = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#run?.end(new DOMException("The loader was disposed", "AbortError"));
    this.#run = undefined;
    this.#memory.close();
  }

  /** The next batch of a run; none behind the last one of the epoch. Ends the run when it is the last, or fails. */
  async next(run: EpochRun<T, U>): Promise<HandedBatch<B> | undefined> {
    const { signal } = this.#options;
    try {
      signal?.throwIfAborted();
      if (this.#step >= this.#steps.count) {
        await this.end(run);
        this.#nextEpoch();
        return undefined;
      }
      run.fill(this.#ahead);
      const { load, task, padding } = run.head();
      load.want();
      const began = this.now();
      const loaded = await load.samples;
      if (this.config.pool.batchesAhead === "auto" && this.now() - began > LONG_WAIT_MS) {
        this.#readFurtherAhead();
      }
      const skipped = loaded.failures.filter((failure) => failure !== undefined);
      try {
        skipped.forEach((failure, before) => this.#judge(failure, this.#skipped + before));
        const stats = this.#stats;
        const batch = await assembleBatch<U, B>({
          loaded,
          dataset: this.#dataset,
          collate: this.#options.collate,
          isTransformed: this.#options.transform !== undefined,
          clock: this.#context.clock,
          memory: this.#memory,
          stats,
          epoch: task.epoch,
          step: this.#step,
          padding,
        });
        run.shift();
        this.#skipped += skipped.length;
        stats.skipped += skipped.length;
        this.#step++;
        stats.steps++;
        stats.samples += batch.size - batch.padding;
        stats.bytes += loaded.bytes;
        run.fill(this.#ahead);
        return batch;
      } catch (error) {
        loaded.buffer?.release();
        run.shift();
        throw error;
      }
    } catch (error) {
      await this.end(run);
      signal?.throwIfAborted();
      throw error;
    }
  }

  /** Reads more batches ahead, where most reads are waited for: what is at hand comes no sooner. */
  #readFurtherAhead(): void {
    const { reads, readsLater } = this.#stats;
    const before = this.#lastWait;
    this.#lastWait = { reads, readsLater };
    if ((readsLater - before.readsLater) * 2 < reads - before.reads) return;
    this.#ahead = Math.min(MOST_AHEAD, this.#ahead * 2);
  }

  /** Ends a run; what it read ahead is dropped. */
  async end(run: EpochRun<T, U>): Promise<void> {
    await run.end(new DOMException("The loop was left", "AbortError"));
    if (this.#run === run) this.#run = undefined;
  }

  /** Counts what passed before and while a batch was waited for. */
  waited(busyMs: number, waitMs: number, isFirst: boolean): void {
    if (isFirst) this.#stats.firstBatchMs ||= waitMs;
    else {
      this.#stats.busyMs += busyMs;
      this.#stats.waitMs += waitMs;
    }
  }

  now(): number {
    return this.#context.clock.monotonicMs();
  }

  roomMade(): void {
    this.#run?.roomMade();
  }

  #begin(): EpochRun<T, U> {
    const { loader, engine } = this.config;
    const { clock } = this.#context;
    const stop = new AbortController();
    const { signal: own, transform } = this.#options;
    const signal = own ? AbortSignal.any([own, stop.signal]) : stop.signal;
    const reading = { engine, clock, stats: this.#stats, signal };
    return this.#run = new EpochRun({
      stop,
      ground: {
        ...reading,
        dataset: this.#dataset,
        seed: loader.seed,
        memory: this.#memory,
        blocks: this.#blocks(reading),
        slots: this.#slots,
        quick: new Slots(1),
        transform,
      },
      epoch: this.#epoch,
      sampler: samplerOf(loader.order, { seed: loader.seed, epoch: this.#epoch }),
      rest: this.#rest,
      steps: this.#steps,
      from: this.#step,
    });
  }

  /** Blocks of an epoch, where samples are shuffled by blocks of several. */
  #blocks(reading: ReadGround): BlockCache | undefined {
    const { order: { kind, block = 1, window = 1, lanes = 1 }, world: { size } } = this.config.loader;
    if (kind !== "block" || block === 1 || !this.#dataset.plan) return undefined;
    const own = lanes % size === 0 ? lanes / size : lanes;
    return new BlockCache({
      dataset: this.#dataset,
      records: block,
      // A window of each lane, the block that it shares with the next one, and that of batches read ahead.
      capacity: own * (window + 2),
      take: (bytes) => this.#memory.take(bytes),
      read: async (plan, memory) => {
        const reads = new BatchLayout(plan, block, 1).readsInto(memory);
        for (const group of groupReads(reads)) await readGroup(group, reading);
      },
    });
  }

  /** Throws unless the sample may be skipped, after `skipped` others of the epoch. */
  #judge(failure: SampleFailure, skipped: number): void {
    const { onError = "fail" } = this.#options;
    const { maxSkipped } = this.config.loader;
    const verdict = typeof onError === "function" ? onError(failure) : onError;
    if (verdict === "fail") throw new SampleError(failure);
    if (skipped >= maxSkipped) {
      throw new SampleError(failure, `; ${maxSkipped} were skipped before it, and maxSkipped allows no more`);
    }
  }

  #cut(length: number): Steps {
    const { globalBatchSize, world, remainder } = this.config.loader;
    return new Steps(length, { globalBatch: globalBatchSize, world, remainder });
  }

  #nextEpoch(): void {
    this.#epoch++;
    this.#rest = restOf({ position: 0, total: this.config.loader.order.length });
    this.#steps = this.#cut(this.#rest.length);
    this.#step = this.#skipped = 0;
  }
}

/** One loop over an epoch. */
class LoaderIterator<T, U, B> implements AsyncIterator<Batch<B>, undefined> {
  readonly #loader: MapLoader<T, U, B>;
  readonly #run: EpochRun<T, U>;
  #latest: HandedBatch<B> | undefined;
  #handedAt: number | undefined;
  #isOver = false;

  constructor(loader: MapLoader<T, U, B>, run: EpochRun<T, U>) {
    this.#loader = loader;
    this.#run = run;
  }

  async next(): Promise<IteratorResult<Batch<B>, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    this.#latest?.[Symbol.dispose]();
    this.#latest = undefined;
    const asked = this.#loader.now();
    let batch: HandedBatch<B> | undefined;
    try {
      batch = await this.#loader.next(this.#run);
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
    if (!batch) {
      this.#isOver = true;
      return { done: true, value: undefined };
    }
    const now = this.#loader.now();
    const before = this.#handedAt;
    this.#loader.waited(asked - (before ?? asked), now - asked, before === undefined);
    this.#handedAt = now;
    batch.onRelease = () => this.#loader.roomMade();
    this.#latest = batch;
    return { done: false, value: batch };
  }

  async return(): Promise<IteratorResult<Batch<B>, undefined>> {
    this.#isOver = true;
    this.#latest?.[Symbol.dispose]();
    this.#latest = undefined;
    await this.#loader.end(this.#run);
    return { done: true, value: undefined };
  }
}

/** A loop over nothing. */
function over<B>(): AsyncIterator<Batch<B>, undefined> {
  return { next: () => Promise.resolve({ done: true, value: undefined }) };
}

function textOf(bits: Uint8Array): string | undefined {
  return bits.length === 0 ? undefined : bits.toBase64();
}
