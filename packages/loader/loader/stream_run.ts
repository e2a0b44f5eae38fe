import type { StreamDataset } from "../datasets/dataset.ts";
import type { LaneState } from "../state/lane_state.ts";
import { dropSamples } from "./batch_load.ts";
import type { BatchRun, LoadedBatch } from "./loop_loader.ts";
import { noSamples } from "./no_samples.ts";
import type { StreamLane } from "./stream_lane.ts";
import { type TakenGround, TakenSamples } from "./taken_samples.ts";

/** A batch of a stream, and where the lanes are behind it; those of other ranks are `null`. */
export interface StreamBatch<U> extends LoadedBatch<U> {
  readonly lanes: readonly (LaneState | null)[];
}

/** What a run goes through. */
export interface StreamRunOptions<T, U> extends TakenGround<T, U> {
  /** Aborts everything that is read. */
  readonly stop: AbortController;
  readonly dataset: StreamDataset<T>;
  /** Batches, at most. */
  readonly steps: number;
  /** Whether there are so many batches, the last ones empty where there are fewer samples. */
  readonly isExact: boolean;
  /** Whether samples that fill no whole batch are left out. */
  readonly drops: boolean;
  /** Whether it is an error that there is no batch at all. */
  readonly isNeeded: boolean;
  /** All lanes, those of this rank open. */
  readonly lanes: readonly (StreamLane<T> | null)[];
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
  /** Whether a batch was put together. */
  #hasBatch = false;

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
    pending.batch = taken.then((made) => made && this.#finish(made));
    // Who waits for it sees the failure; it is no other's.
    pending.batch.catch(() => {});
    return pending;
  }

  /** Takes the samples of a batch from the lanes, and begins to transform them. */
  async #take(pending: PendingBatch<T, U>): Promise<TakenBatch<T, U> | undefined> {
    const { batchSize, lanes, isExact, drops, isNeeded, dataset, transforming } = this.#options;
    const taken = new TakenSamples<T, U>(this.#options);
    try {
      while (taken.length < batchSize) {
        const from = this.#nextLane();
        if (!from) break;
        const position = from.lane.taken * lanes.length + from.number;
        const item = from.lane.takeNow();
        if (item) taken.add(item, { dataset, position });
        else await this.#wait(from.lane, pending);
        transforming.signal.throwIfAborted();
      }
      const { length } = taken;
      if (length < batchSize) this.#isOver = !isExact;
      if (!isExact && (length === 0 || (drops && length < batchSize))) {
        await taken.drop();
        if (isNeeded && !this.#hasBatch) throw noSamples(dataset, emptyText(length, batchSize));
        return undefined;
      }
      this.#hasBatch = true;
      return { taken, lanes: lanes.map((lane) => lane && lane.state) };
    } catch (error) {
      await taken.drop();
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

  async #finish({ taken, lanes }: TakenBatch<T, U>): Promise<StreamBatch<U>> {
    return { loaded: await taken.finish(), epoch: this.#options.epoch, padding: 0, lanes };
  }
}

function emptyText(samples: number, batchSize: number): string {
  if (samples === 0) return "it has no samples";
  return `its ${samples} samples are less than a batch of ${batchSize}, and the remainder is dropped, so nothing is left`;
}

/** A batch that is being put together. */
interface PendingBatch<T, U> {
  /** Whether the caller waits for it. */
  isWanted: boolean;
  /** The lane that it waits for. */
  waitsFor: StreamLane<T> | undefined;
  batch: Promise<StreamBatch<U> | undefined>;
}

/** The samples of a batch, and where the lanes are behind them. */
interface TakenBatch<T, U> {
  readonly taken: TakenSamples<T, U>;
  readonly lanes: readonly (LaneState | null)[];
}
