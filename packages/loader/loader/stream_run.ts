import type { StreamDataset } from "../datasets/dataset.ts";
import type { SampleFailure } from "../config/sample_failure.ts";
import type { BatchBuffer } from "../pool/batch_memory.ts";
import type { SampleMemory } from "../pool/sample_memory.ts";
import type { Slots } from "../pool/slots.ts";
import type { LaneState } from "../state/lane_state.ts";
import { dropSamples, type LoadedSamples } from "./batch_load.ts";
import type { BatchRun, LoadedBatch } from "./loop_loader.ts";
import { settled } from "./settled.ts";
import type { LaneItem, StreamLane } from "./stream_lane.ts";
import { contextOf, type TransformGround, transformSample } from "./transform_sample.ts";

/** A batch of a stream, and where the lanes are behind it; those of other ranks are `null`. */
export interface StreamBatch<U> extends LoadedBatch<U> {
  readonly lanes: readonly (LaneState | null)[];
}

/** What a run goes through. */
export interface StreamRunOptions<T, U> {
  /** Aborts everything that is read. */
  readonly stop: AbortController;
  readonly dataset: StreamDataset<T>;
  readonly epoch: number;
  /** Samples of a batch. */
  readonly batchSize: number;
  /** Batches, at most. */
  readonly steps: number;
  /** Whether there are so many batches, the last ones empty where there are fewer samples. */
  readonly isExact: boolean;
  /** Whether samples that fill no whole batch are left out. */
  readonly drops: boolean;
  /** All lanes, those of this rank open. */
  readonly lanes: readonly (StreamLane<T> | null)[];
  readonly memory: SampleMemory;
  readonly slots: Slots;
  readonly transforming: TransformGround<T, U>;
}

/** The batches of an epoch of samples that can only be gone through: each takes from the lanes in turn. */
export class StreamRun<T, U> implements BatchRun<StreamBatch<U>> {
  readonly #options: StreamRunOptions<T, U>;
  readonly #own: readonly { readonly lane: StreamLane<T>; readonly number: number }[];
  readonly #queue: PendingBatch<T, U>[] = [];
  #begun = 0;
  /** Resolves when the samples of all batches that were begun are taken. */
  #taking: Promise<unknown> = Promise.resolve();
  #isOver = false;

  /** Takes nothing yet. */
  constructor(options: StreamRunOptions<T, U>) {
    this.#options = options;
    this.#own = options.lanes.flatMap((lane, number) => lane ? [{ lane, number }] : []);
  }

  get ahead(): number {
    return this.#queue.length;
  }

  fill(ahead: number): void {
    while (!this.#isOver && this.#queue.length <= ahead && this.#begun < this.#options.steps) {
      this.#begun++;
      this.#queue.push(this.#begin());
    }
  }

  async next(): Promise<StreamBatch<U> | undefined> {
    const { signal } = this.#options.stop;
    const [head] = this.#queue;
    if (!head) {
      // Nothing is left, unless the run was ended.
      signal.throwIfAborted();
      return undefined;
    }
    head.isWanted = true;
    head.waitsFor?.want();
    return await head.batch;
  }

  shift(): void {
    this.#queue.shift();
  }

  roomMade(): void {
    this.#options.memory.tell();
  }

  async end(reason: unknown): Promise<void> {
    const { stop, memory } = this.#options;
    stop.abort(reason);
    this.#isOver = true;
    const lanes = this.#own.map(({ lane }) => lane.end());
    for (const { batch } of this.#queue.splice(0)) {
      const made = await batch.catch(() => undefined);
      if (made) dropSamples(made.loaded);
    }
    await Promise.all(lanes);
    memory.tell();
  }

  #begin(): PendingBatch<T, U> {
    const pending: PendingBatch<T, U> = {
      isWanted: false,
      waitsFor: undefined,
      batch: Promise.resolve(undefined),
    };
    const taken = this.#taking.then(() => this.#take(pending));
    this.#taking = taken.catch(() => {});
    pending.batch = taken.then((parts) => parts && this.#finish(parts));
    // Who waits for it sees the failure; it is no other's.
    pending.batch.catch(() => {});
    return pending;
  }

  /** Takes the samples of a batch from the lanes, and begins to transform them. */
  async #take(pending: PendingBatch<T, U>): Promise<BatchParts<U> | undefined> {
    const { batchSize, lanes, isExact, drops, memory } = this.#options;
    const parts: BatchParts<U> = { samples: [], failures: [], work: [], adopted: [], bytes: 0, lanes: [] };
    try {
      while (parts.samples.length < batchSize) {
        const from = this.#nextLane();
        if (!from) break;
        const { taken } = from.lane;
        const item = from.lane.takeNow();
        if (item) this.#add(item, taken * lanes.length + from.number, parts);
        else await this.#wait(from.lane, pending);
        this.#options.transforming.signal.throwIfAborted();
      }
      const { length } = parts.samples;
      if (length < batchSize) this.#isOver = !isExact;
      if (!isExact && (length === 0 || (drops && length < batchSize))) {
        await settled(parts.work);
        drop(parts, memory);
        return undefined;
      }
      return { ...parts, lanes: lanes.map((lane) => lane && lane.state) };
    } catch (error) {
      await Promise.allSettled(parts.work);
      drop(parts, memory);
      throw error;
    }
  }

  /** The lane that gave the fewest samples, of those that have more; the first of several. */
  #nextLane(): { readonly lane: StreamLane<T>; readonly number: number } | undefined {
    let next: { readonly lane: StreamLane<T>; readonly number: number } | undefined;
    for (const own of this.#own) {
      if ((!next || own.lane.taken < next.lane.taken) && !own.lane.isOver) next = own;
    }
    return next;
  }

  async #wait(lane: StreamLane<T>, pending: PendingBatch<T, U>): Promise<void> {
    pending.waitsFor = lane;
    if (pending.isWanted) lane.want();
    await lane.ready();
    pending.waitsFor = undefined;
  }

  #add({ part, record, bytes, made }: LaneItem<T>, position: number, parts: BatchParts<U>): void {
    const { dataset, epoch, slots, transforming } = this.#options;
    const { samples, failures, work, adopted } = parts;
    const place = samples.length;
    // No other sample of the data set has this number.
    const index = record * dataset.parts + part;
    const fail = (cause: unknown, rest = false) => {
      const where = dataset.locate?.(part, record) ?? { uri: dataset.uri, record };
      failures[place] = { ...where, index, position, epoch, cause, ...(rest && { rest }) };
    };
    parts.bytes += bytes;
    samples.push(undefined);
    failures.push(undefined);
    if ("cause" in made) return fail(made.cause, made.rest);
    if (!transforming.transform) {
      // Without a transformation samples are of one type.
      samples[place] = made.sample as unknown as U;
      return;
    }
    const { signal } = transforming;
    const transformed = slots.run(async () => {
      try {
        samples[place] = await transformSample(
          transforming,
          made.sample,
          contextOf(transforming, epoch, index),
          { adopt: (made) => void adopted.push(made) },
        );
      } catch (error) {
        signal.throwIfAborted();
        fail(error);
      }
    }, signal);
    // It is waited for once all samples are taken, and may have failed by then.
    transformed.catch(() => {});
    work.push(transformed);
  }

  async #finish(parts: BatchParts<U>): Promise<StreamBatch<U>> {
    const { epoch, memory } = this.#options;
    const { samples, failures, work, adopted, bytes, lanes } = parts;
    try {
      await settled(work);
    } catch (error) {
      drop(parts, memory);
      throw error;
    }
    let isHeld = true;
    const give = () => {
      if (isHeld) memory.free(bytes);
      isHeld = false;
    };
    // The samples' memory is their own: it is counted as the batch's as long as that lives.
    const buffer = { bytes: new Uint8Array(0), release: give, keep: give };
    const loaded: LoadedSamples<U> = { samples, failures, buffer, adopted, bytes };
    return { loaded, epoch, padding: 0, lanes };
  }
}

/** Gives back the memory of a batch that comes to nothing. */
function drop({ bytes, adopted }: BatchParts<unknown>, memory: SampleMemory): void {
  memory.free(bytes);
  for (const made of adopted) made.release();
}

/** A batch that is being put together. */
interface PendingBatch<T, U> {
  /** Whether the caller waits for it. */
  isWanted: boolean;
  /** The lane that it waits for. */
  waitsFor: StreamLane<T> | undefined;
  batch: Promise<StreamBatch<U> | undefined>;
}

interface BatchParts<U> {
  readonly samples: (U | undefined)[];
  readonly failures: (SampleFailure | undefined)[];
  readonly work: Promise<void>[];
  /** Memory of samples that came from workers. */
  readonly adopted: BatchBuffer[];
  bytes: number;
  readonly lanes: readonly (LaneState | null)[];
}
