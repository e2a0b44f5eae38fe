import { byteLengthOf, elementsOf, type NdArray } from "@lade/formats/array";
import type { FixedSample, MapDataset, ReadPlan } from "../datasets/dataset.ts";
import type { SampleFailure } from "../config/sample_failure.ts";
import type { BatchBuffer, BatchMemory, LentBuffer } from "../pool/batch_memory.ts";
import type { BlockSource } from "../pool/block_cache.ts";
import type { GroupCache } from "../pool/group_cache.ts";
import type { SampleLot } from "../workers/sample_work.ts";
import type { WorkerLot } from "../workers/worker_lot.ts";
import { BatchLayout } from "./batch_layout.ts";
import { BatchReads, type BatchReadsGround } from "./batch_reads.ts";
import { settled } from "./settled.ts";
import {
  contextOf,
  keyOf,
  type NumberedSample,
  type TransformGround,
  transformSample,
} from "./transform_sample.ts";

/** What is loaded: which samples, at which positions of the epoch's order. */
export interface BatchTask {
  readonly epoch: number;
  readonly indices: readonly number[];
  readonly positions: readonly number[];
}

/** What batches are loaded with. */
export interface LoadGround<T, U> extends BatchReadsGround, TransformGround<T, U> {
  readonly dataset: MapDataset<T>;
  readonly memory: BatchMemory;
  /** Blocks that samples are copied from, where they are shuffled by blocks. */
  readonly blocks: BlockSource | undefined;
  /** Whether an epoch may bring a sample more than once. */
  readonly repeats: boolean;
  /** Makes of a sample's number the one that its context has; the same by default. */
  readonly numberOf?: (index: number) => number;
  /** Groups that samples are taken of, where they are decoded in groups. */
  readonly groups: GroupCache<T> | undefined;
  /** Whether the transformation runs in workers: what it gives is no view of memory that was read into. */
  readonly isTransformedApart?: boolean;
}

/** A batch's samples, each at its place; failures are at theirs. */
export interface LoadedSamples<U> {
  readonly samples: readonly (U | undefined)[];
  readonly failures: readonly (SampleFailure | undefined)[];
  /** The memory that samples are views of; absent where they have their own. */
  readonly buffer: BatchBuffer | undefined;
  /** More memory that they are views of: it came from workers. */
  readonly adopted?: readonly BatchBuffer[];
  /** Bytes of the sample at a place. */
  readonly sizeOf: (place: number) => number;
}

const ALIGNMENT = 64;

/**
 * One batch being loaded. Its memory is taken when there is room, or when it is waited for; all its samples are read at the
 * same time. `samples` never rejects for a sample, only for what concerns all of them, and the memory is then given back.
 */
export class BatchLoad<T, U> {
  readonly #task: BatchTask;
  readonly #ground: LoadGround<T, U>;
  /** Becomes resolved when the batch is waited for. */
  readonly #wanted = Promise.withResolvers<void>();
  /** Becomes resolved when other memory was given back. */
  #retry = Promise.withResolvers<void>();
  #isWanted = false;
  /** Memory of samples that came from workers. */
  readonly #adopted: BatchBuffer[] = [];
  /** Samples that workers transform. */
  #lot: WorkerLot<T, U> | undefined;
  /** Settles once nothing is read any more. */
  readonly samples: Promise<LoadedSamples<U>>;

  /** Starts at once. */
  constructor(task: BatchTask, ground: LoadGround<T, U>) {
    this.#task = task;
    this.#ground = ground;
    this.samples = this.#load();
    // Who waits for it sees the failure; it is no other's.
    this.samples.catch(() => {});
  }

  /** Says that the caller waits for this batch: it gets its memory, room or not. */
  want(): void {
    this.#isWanted = true;
    this.#wanted.resolve();
  }

  /** Says that memory was given back. */
  roomMade(): void {
    this.#retry.resolve();
  }

  async #load(): Promise<LoadedSamples<U>> {
    const { dataset, groups } = this.#ground;
    if (groups) return await this.#loadGroups(groups);
    if (!dataset.plan) return await this.#loadEach();
    const planned = dataset.plan(this.#task.indices);
    const plan = planned instanceof Promise ? await planned : planned;
    return await this.#loadPlanned(plan);
  }

  /** Each sample by itself, in memory of its own. */
  async #loadEach(): Promise<LoadedSamples<U>> {
    const { dataset, slots, signal } = this.#ground;
    const results = this.#results();
    this.#lotFor(results);
    const each = this.#task.indices.map((index, place) =>
      slots.run(async () => {
        const context = contextOf(this.#ground, this.#numbered(place));
        const get = () => dataset.get(index, context);
        await this.#attempt(results, place, async () =>
          this.#transform(await get(), { place, results, lot: this.#lotOf(undefined, get) }));
      }, signal)
    );
    try {
      await settled(each);
      await this.#lot?.settled();
    } catch (error) {
      this.#giveBack();
      throw error;
    }
    const { fixed } = dataset;
    if (fixed && !this.#isTransformed) return await this.#sideBySide(results, fixed);
    return { ...results, buffer: undefined, adopted: this.#adopted, sizeOf: () => 0 };
  }

  /** Puts samples that are all alike, and each in memory of its own, into one memory: a batch of them is an array. */
  async #sideBySide(results: Results<U>, fixed: FixedSample): Promise<LoadedSamples<U>> {
    const size = byteLengthOf(fixed.dtype, elementsOf(fixed.shape) ?? 0) ?? 0;
    const buffer = await this.#memory(size * results.samples.length);
    for (const [place, sample] of results.samples.entries()) {
      if (results.failures[place]) continue;
      try {
        buffer.bytes.set(bytesOfFixed(sample, fixed), place * size);
      } catch (error) {
        this.#fail(results, place, error);
      }
    }
    return { ...results, buffer, adopted: this.#adopted, sizeOf: () => size };
  }

  /** Each group once for all samples that are wanted of it; those that are alike lie side by side. */
  async #loadGroups(cache: GroupCache<T>): Promise<LoadedSamples<U>> {
    const { dataset: { fixed }, slots, signal } = this.#ground;
    const { indices } = this.#task;
    const size = fixed && byteLengthOf(fixed.dtype, elementsOf(fixed.shape) ?? 0);
    const bytes = size === undefined ? cache.bytesOf(indices) : size * indices.length;
    const buffer = await this.#memory(bytes, size === undefined);
    const results = this.#results();
    this.#lotFor(results, buffer.bytes.buffer);
    const into = (place: number) =>
      size === undefined ? undefined : buffer.bytes.subarray(place * size, (place + 1) * size);
    const load = async (group: number, places: readonly number[]) => {
      const work: Promise<void>[] = [];
      try {
        await cache.with(group, (opened) => {
          for (const place of places) {
            const make = () => opened.get(indices[place] ?? 0, into(place));
            // A sample is copied for a worker: to make it anew takes the group.
            const finishing = this.#finish(make, { place, results, lot: this.#lotOf(buffer.bytes.buffer) });
            if (finishing) work.push(finishing);
          }
        });
      } catch (error) {
        signal.throwIfAborted();
        for (const place of places) this.#fail(results, place, error);
      }
      await settled(work);
    };
    try {
      const byGroup = Map.groupBy(indices.keys(), (place) => cache.groups.of(indices[place] ?? 0));
      await settled(Array.from(byGroup, ([group, places]) => slots.run(() => load(group, places), signal)));
      await this.#lot?.settled();
      const sizeOf = (place: number) => size ?? cache.bytesOf(indices.slice(place, place + 1));
      return this.#done({ ...results, sizeOf }, buffer);
    } catch (error) {
      buffer.release();
      this.#giveBack();
      throw error;
    }
  }

  /** What is loaded, with the memory that it is in: none where samples came back from workers. */
  #done(loaded: Omit<LoadedSamples<U>, "buffer">, buffer: BatchBuffer): LoadedSamples<U> {
    const all = { ...loaded, adopted: this.#adopted };
    if (!this.#ground.isTransformedApart) return { ...all, buffer };
    buffer.release();
    return { ...all, buffer: undefined };
  }

  async #loadPlanned(plan: ReadPlan<T>): Promise<LoadedSamples<U>> {
    const { dataset, blocks } = this.#ground;
    const { length } = this.#task.indices;
    const layout = new BatchLayout(plan, length, dataset.fixed ? 1 : ALIGNMENT);
    const buffer = await this.#memory(layout.total);
    const work: Promise<void>[] = [];
    try {
      const results = this.#results();
      this.#lotFor(results, buffer.bytes.buffer);
      const finish = (places: readonly number[], checksum?: number): Promise<void>[] =>
        places.flatMap((place) => {
          if (results.failures[place]) return [];
          const bytes = layout.bytesOf(place, buffer.bytes);
          const make = () => plan.decode(place, bytes, checksum);
          // Who has it made again may have changed the bytes.
          const again = () => plan.decode(place, bytes);
          return this.#finish(make, { place, results, lot: this.#lotOf(bytes.buffer, again) }) ?? [];
        });
      const reads = layout.readsInto(buffer.bytes);
      work.push(...finish(layout.without));
      const reading = new BatchReads(this.#ground, {
        indices: this.#task.indices,
        work,
        arrived: (group, checksum) => finish(layout.arrived(group), checksum),
        failed: (place, error) => this.#fail(results, place, error),
      });
      const place = { layout, buffer };
      await (blocks ? reading.copyAll(blocks, reads, place) : reading.readAll(reads, place));
      await settled(work);
      await this.#lot?.settled();
      return this.#done({ ...results, sizeOf: (place) => layout.sizeOf(place) }, buffer);
    } catch (error) {
      await Promise.allSettled(work);
      buffer.release();
      this.#giveBack();
      throw error;
    }
  }

  /** Makes a sample of its bytes, at once where nothing has to be waited for. */
  #finish(make: () => T | Promise<T>, task: TransformTask<T, U>): Promise<void> | undefined {
    const { clock, stats } = this.#ground;
    const { place, results } = task;
    const began = clock.monotonicMs();
    try {
      const made = make();
      if (!(made instanceof Promise)) {
        stats.decodeMs += clock.monotonicMs() - began;
        if (this.#lot || !this.#isTransformed) return this.#transform(made, task);
      }
      const attempt = this.#attempt(results, place, async () => {
        const sample = made instanceof Promise ? await made : made;
        if (made instanceof Promise) stats.decodeMs += clock.monotonicMs() - began;
        await this.#transform(sample, task);
      });
      // It is waited for after the reads, and may have failed by then.
      attempt.catch(() => {});
      return attempt;
    } catch (error) {
      this.#fail(results, place, error);
      return undefined;
    }
  }

  get #isTransformed(): boolean {
    const { transform, lotOf } = this.#ground;
    return transform !== undefined || lotOf !== undefined;
  }

  /** Has a sample transformed; workers are waited for with all others. */
  #transform(sample: T, { place, results, lot }: TransformTask<T, U>): Promise<void> | undefined {
    if (this.#lot) {
      const numbered = this.#numbered(place);
      const key = keyOf(this.#ground.seed, numbered);
      this.#lot.add({ place, sample, index: numbered.index, key, again: lot.again });
      return undefined;
    }
    if (!this.#ground.transform) {
      // Without a transformation samples are of one type.
      results.samples[place] = sample as unknown as U;
      return undefined;
    }
    return (async () => {
      const context = contextOf(this.#ground, this.#numbered(place));
      results.samples[place] = await transformSample(this.#ground, sample, context, lot);
    })();
  }

  async #attempt(
    results: Results<U>,
    place: number,
    work: () => Promise<void> | undefined,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#ground.signal.throwIfAborted();
      this.#fail(results, place, error);
    }
  }

  #fail(results: Results<U>, place: number, cause: unknown): void {
    const { dataset } = this.#ground;
    const { epoch, indices, positions } = this.#task;
    const [index = 0, position = 0] = [indices[place], positions[place]];
    const where = dataset.locate?.(index) ?? { uri: dataset.uri };
    results.failures[place] ??= {
      ...where,
      index,
      position,
      epoch,
      cause: dataset.explain?.(cause) ?? cause,
    };
  }

  #results(): Results<U> {
    const { length } = this.#task.indices;
    // Filled, so that none of them is a hole.
    return {
      samples: new Array<U | undefined>(length).fill(undefined),
      failures: new Array<SampleFailure | undefined>(length).fill(undefined),
    };
  }

  #lotOf(memory: ArrayBuffer | undefined, again?: () => T | Promise<T>): SampleLot<T> {
    return { memory, ...(again && { again }), adopt: (made) => void this.#adopted.push(made) };
  }

  /** Where workers transform, has them put what they make into `results`. `stays` is the batch's memory. */
  #lotFor(results: Results<U>, stays?: ArrayBuffer): void {
    const { epoch, indices } = this.#task;
    this.#lot = this.#ground.lotOf?.({
      size: indices.length,
      epoch,
      signal: this.#ground.signal,
      stays,
      adopt: (memory) => void this.#adopted.push(memory),
      done: (place, made) => void (results.samples[place] = made),
      failed: (place, error) => this.#fail(results, place, error),
    });
  }

  #giveBack(): void {
    this.#lot?.drop();
    for (const adopted of this.#adopted) adopted.release();
  }

  #numbered(place: number): NumberedSample {
    const { epoch, indices, positions } = this.#task;
    const { numberOf = (index: number) => index, repeats } = this.#ground;
    const index = numberOf(indices[place] ?? 0);
    return { epoch, index, draw: repeats ? positions[place] : undefined };
  }

  /** Memory of the batch; with `isElsewhere` its samples bring their own. */
  async #memory(bytes: number, isElsewhere = false): Promise<LentBuffer> {
    const { memory, signal } = this.#ground;
    while (true) {
      signal.throwIfAborted();
      if (this.#isWanted) return memory.take(bytes, isElsewhere);
      const buffer = memory.tryTake(bytes, isElsewhere);
      if (buffer) return buffer;
      this.#retry = Promise.withResolvers();
      await Promise.race([this.#wanted.promise, this.#retry.promise]);
    }
  }
}

/** A sample that is transformed, and where what is made of it goes. */
interface TransformTask<T, U> {
  readonly place: number;
  readonly results: Results<U>;
  readonly lot: SampleLot<T>;
}

interface Results<U> {
  readonly samples: (U | undefined)[];
  readonly failures: (SampleFailure | undefined)[];
}

/** Gives back all memory of samples that are not handed out. */
export function dropSamples({ buffer, adopted = [] }: LoadedSamples<unknown>): void {
  buffer?.release();
  for (const memory of adopted) memory.release();
}

/** The bytes of a sample of a data set whose samples are all alike. Another one is a `TypeError`. */
function bytesOfFixed(sample: unknown, { dtype, shape }: FixedSample): Uint8Array {
  const array = sample as Partial<NdArray> | undefined;
  const isAlike = ArrayBuffer.isView(array?.data) && array.dtype === dtype &&
    array.shape?.join() === shape.join() && (array.order !== "F" || shape.length < 2);
  if (isAlike) {
    const { buffer, byteOffset, byteLength } = array.data as ArrayBufferView;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  const found = array?.shape ? `${array.dtype} of [${array.shape}] in order ${array.order}` : "no array";
  throw new TypeError(`it is ${found}, and the data set says ${dtype} of [${shape}]`);
}
