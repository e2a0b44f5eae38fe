import { mayHaveAtHand } from "@lade/core/seams";
import { byteLengthOf, elementsOf } from "@lade/formats/array";
import type { MapDataset, ReadPlan } from "../datasets/dataset.ts";
import type { SampleFailure } from "../config/sample_failure.ts";
import type { BatchBuffer, BatchMemory } from "../pool/batch_memory.ts";
import type { BlockSource } from "../pool/block_cache.ts";
import type { GroupCache } from "../pool/group_cache.ts";
import type { Slots } from "../pool/slots.ts";
import type { KeyedContext, SampleLot } from "../workers/sample_work.ts";
import { BatchLayout } from "./batch_layout.ts";
import { groupReads, type PlacedRead, type ReadGround, readGroup, readSampleNow } from "./read_samples.ts";
import { settled } from "./settled.ts";
import { contextOf, type TransformGround, transformSample } from "./transform_sample.ts";

/** What is loaded: which samples, at which positions of the epoch's order. */
export interface BatchTask {
  readonly epoch: number;
  readonly indices: readonly number[];
  readonly positions: readonly number[];
}

/** What batches are loaded with. */
export interface LoadGround<T, U> extends ReadGround, TransformGround<T, U> {
  readonly dataset: MapDataset<T>;
  readonly memory: BatchMemory;
  /** Blocks that samples are copied from, where they are shuffled by blocks. */
  readonly blocks: BlockSource | undefined;
  /** Whether an epoch may bring a sample more than once. */
  readonly repeats: boolean;
  /** Groups that samples are taken of, where they are decoded in groups. */
  readonly groups: GroupCache<T> | undefined;
  readonly slots: Slots;
  /** Lets one batch at a time read what is at hand. */
  readonly quick: Slots;
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
  /** Bytes of samples. */
  readonly bytes: number;
}

const ALIGNMENT = 64;
/** Reads in a row that were not at hand, after which the rest of a batch is not either. */
const MOST_MISSED = 3;

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
    await settled(this.#task.indices.map((index, place) =>
      slots.run(async () => {
        const context = this.#context(place);
        const get = () => dataset.get(index, context);
        await this.#attempt(results, place, async () =>
          transformSample(this.#ground, await get(), context, this.#lot(undefined, get)));
      }, signal)
    )).catch((error) => {
      this.#giveBack();
      throw error;
    });
    return { ...results, buffer: undefined, adopted: this.#adopted, bytes: 0 };
  }

  /** Each group once for all samples that are wanted of it; those that are alike lie side by side. */
  async #loadGroups(cache: GroupCache<T>): Promise<LoadedSamples<U>> {
    const { dataset: { fixed }, slots, signal } = this.#ground;
    const { indices } = this.#task;
    const size = fixed && byteLengthOf(fixed.dtype, elementsOf(fixed.shape) ?? 0);
    const bytes = size === undefined ? cache.bytesOf(indices) : size * indices.length;
    const buffer = await this.#memory(bytes, size === undefined);
    const results = this.#results();
    const into = (place: number) =>
      size === undefined ? undefined : buffer.bytes.subarray(place * size, (place + 1) * size);
    const load = async (group: number, places: readonly number[]) => {
      const work: Promise<void>[] = [];
      try {
        await cache.with(group, (opened) => {
          for (const place of places) {
            const make = () => opened.get(indices[place] ?? 0, into(place));
            // A sample is copied for a worker: to make it anew takes the group.
            const finishing = this.#finish(make, { place, results, lot: this.#lot(buffer.bytes.buffer) });
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
      return this.#done({ ...results, bytes }, buffer);
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
      const finish = (places: readonly number[]): Promise<void>[] =>
        places.flatMap((place) => {
          if (results.failures[place]) return [];
          const bytes = layout.bytesOf(place, buffer.bytes);
          const make = () => plan.decode(place, bytes);
          return this.#finish(make, { place, results, lot: this.#lot(bytes.buffer, make) }) ?? [];
        });
      const reads = layout.readsInto(buffer.bytes);
      const arrived = (group: readonly PlacedRead[]) => finish(layout.arrived(group));
      work.push(...finish(layout.without));
      await (blocks
        ? this.#copy(blocks, reads, { results, work, arrived })
        : this.#readAll(reads, { results, work, arrived }));
      await settled(work);
      return this.#done({ ...results, bytes: layout.bytes }, buffer);
    } catch (error) {
      await Promise.allSettled(work);
      buffer.release();
      this.#giveBack();
      throw error;
    }
  }

  /**
   * What is at hand is read at once, one batch after the other, so that none takes the time that another one waited for.
   * Where it is not, the one read that is then waited for gives other work its turn, or finds a disk that has to be asked:
   * after some in a row the rest is asked for concurrently, as is what no store can have at hand.
   */
  async #readAll(reads: readonly PlacedRead[], { results, work, arrived }: Arrival<U>): Promise<void> {
    const { slots, quick, signal } = this.#ground;
    const groups = groupReads(reads);
    const later = (group: readonly PlacedRead[]) =>
      slots.run(async () => {
        await this.#read(group, results);
        await settled(arrived(group));
      }, signal);
    if (!groups.some(canBeAtHand)) {
      work.push(...groups.map(later));
      return;
    }
    await quick.run(async () => {
      let missed = 0;
      for (const group of groups) {
        if (missed < MOST_MISSED && this.#readNow(group, results)) {
          missed = 0;
          work.push(...arrived(group));
          continue;
        }
        const reading = later(group);
        if (++missed < MOST_MISSED) await settled([reading]);
        else work.push(reading);
      }
    }, signal);
  }

  /** Copies samples from their blocks; those of none, and of a block that cannot be had, are each read by themselves. */
  async #copy(blocks: BlockSource, reads: readonly PlacedRead[], arrival: Arrival<U>): Promise<void> {
    const { slots, signal } = this.#ground;
    const { indices } = this.#task;
    const { results, work, arrived } = arrival;
    const byBlock = Map.groupBy(reads, ({ place }) => blocks.blockOf(indices[place] ?? 0));
    for (const [block, group] of byBlock) {
      if (block === undefined) continue;
      const copy = (bytesOf: (index: number) => Uint8Array) => {
        let [latest, from] = [-1, 0];
        for (const { place, length, target } of group) {
          if (place !== latest) [latest, from] = [place, 0];
          target.set(bytesOf(indices[place] ?? 0).subarray(from, from + length));
          from += length;
        }
      };
      work.push(slots.run(async () => {
        try {
          await blocks.with(block, copy);
        } catch {
          signal.throwIfAborted();
          for (const alone of groupReads(group)) await this.#read(alone, results);
        }
        await settled(arrived(group));
      }, signal));
    }
    const others = byBlock.get(undefined);
    if (others) await this.#readAll(others, arrival);
  }

  /** Reads a single one where its bytes are at hand; says whether it is done, or has failed. */
  #readNow(reads: readonly PlacedRead[], results: Results<U>): boolean {
    const [read] = reads;
    if (!read || reads.length > 1) return false;
    try {
      return readSampleNow(read, this.#ground);
    } catch (error) {
      this.#fail(results, read.place, error);
      return true;
    }
  }

  /** Reads a group; where that fails, each of it by itself, so that only those fail that have to. */
  async #read(reads: readonly PlacedRead[], results: Results<U>): Promise<void> {
    const { signal } = this.#ground;
    try {
      await readGroup(reads, this.#ground);
    } catch (error) {
      signal.throwIfAborted();
      if (reads.length > 1) {
        for (const read of reads) await this.#read([read], results);
      } else for (const { place } of reads) this.#fail(results, place, error);
    }
  }

  /** Makes a sample of its bytes, at once where nothing has to be waited for. */
  #finish(
    make: () => T | Promise<T>,
    { place, results, lot }: { place: number; results: Results<U>; lot: SampleLot<T> },
  ): Promise<void> | undefined {
    const { clock, stats, transform } = this.#ground;
    const began = clock.monotonicMs();
    try {
      const made = make();
      if (!(made instanceof Promise)) stats.decodeMs += clock.monotonicMs() - began;
      if (!transform && !(made instanceof Promise)) {
        // Without a transformation samples are of one type.
        results.samples[place] = made as unknown as U;
        return undefined;
      }
      const attempt = this.#attempt(results, place, async () => {
        const sample = made instanceof Promise ? await made : made;
        if (made instanceof Promise) stats.decodeMs += clock.monotonicMs() - began;
        const context = this.#context(place);
        return await transformSample(this.#ground, sample, context, lot);
      });
      // It is waited for after the reads, and may have failed by then.
      attempt.catch(() => {});
      return attempt;
    } catch (error) {
      this.#fail(results, place, error);
      return undefined;
    }
  }

  async #attempt(results: Results<U>, place: number, make: () => Promise<U>): Promise<void> {
    try {
      results.samples[place] = await make();
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

  #lot(memory: ArrayBuffer | undefined, again?: () => T | Promise<T>): SampleLot<T> {
    return { memory, ...(again && { again }), adopt: (made) => void this.#adopted.push(made) };
  }

  #giveBack(): void {
    for (const adopted of this.#adopted) adopted.release();
  }

  #context(place: number): KeyedContext {
    const { epoch, indices, positions } = this.#task;
    return contextOf(
      this.#ground,
      epoch,
      indices[place] ?? 0,
      this.#ground.repeats ? positions[place] : undefined,
    );
  }

  /** Memory of the batch; with `isElsewhere` its samples bring their own. */
  async #memory(bytes: number, isElsewhere = false): Promise<BatchBuffer> {
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

/** What is told of reads as they are done. */
interface Arrival<U> {
  readonly results: Results<U>;
  /** What is waited for in the end. */
  readonly work: Promise<void>[];
  /** Counts reads as done, and begins to finish the samples that are complete. */
  readonly arrived: (reads: readonly PlacedRead[]) => Promise<void>[];
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

/** Whether a store may have bytes at hand at another time. */
function canBeAtHand([read]: readonly PlacedRead[]): boolean {
  return read !== undefined && mayHaveAtHand(read.store);
}
