import type { MixtureMember, StreamDataset } from "../datasets/dataset.ts";
import type { LaneDraw } from "../order/mixture_lanes.ts";
import type { SampleMemory } from "../pool/sample_memory.ts";
import type { MixtureLaneState } from "../state/mixture_state.ts";
import { BatchLoad, dropSamples, type LoadedSamples, type LoadGround } from "./batch_load.ts";
import type { BatchRun, LoadedBatch } from "./loop_loader.ts";
import type { MixtureSources } from "./mixture_sources.ts";
import { StreamLane } from "./stream_lane.ts";
import { TakenSamples } from "./taken_samples.ts";

/** A batch of a mixture, and where it is behind it. */
export interface MixtureBatch<U> extends LoadedBatch<U> {
  /** Positions of the epoch that are handed out with it. */
  readonly end: number;
  /** Where the lanes are; those of other ranks are `null`. */
  readonly lanes: readonly (MixtureLaneState | null)[];
}

/** What this rank takes in a step. */
export interface MixtureShare {
  /** Positions of the epoch's order. */
  readonly positions: readonly number[];
  /** Behind which position the step ends. */
  readonly end: number;
}

/** What a run goes through. */
export interface MixtureRunOptions<T, U> {
  /** Aborts everything that is read for this run alone. */
  readonly stop: AbortController;
  readonly epoch: number;
  readonly members: readonly MixtureMember<T>[];
  readonly sources: MixtureSources<T>;
  /** The first number of each data set's samples among those that have numbers. */
  readonly starts: readonly number[];
  /** What the samples that have numbers are loaded with. */
  readonly ground: LoadGround<T, U>;
  readonly memory: SampleMemory;
  /** Steps of the run. */
  readonly steps: number;
  readonly shareOf: (step: number) => MixtureShare;
  /** Is told at the end whether all batches were handed out, so that the sources are where the state is; else they are ended. */
  readonly onEnded: (isThrough: boolean) => void;
}

/** A draw, at a position of the epoch's order. */
interface PlacedDraw extends LaneDraw {
  readonly lane: number;
  readonly position: number;
}

/** A batch that is being put together. */
interface PendingBatch<T, U> {
  /** Its samples that have numbers; absent where none has. */
  readonly load: BatchLoad<T, U> | undefined;
  /** Whether the caller waits for it. */
  isWanted: boolean;
  /** The lane of a stream that it waits for. */
  waitsFor: StreamLane<T> | undefined;
  batch: Promise<MixtureBatch<U>>;
}

/**
 * The batches of an epoch of a mixture of which some data sets can only be gone through. Whose turn is when is known before
 * anything is read: what has numbers is loaded for a whole batch at once, the others come from their lanes in turn.
 */
export class MixtureRun<T, U> implements BatchRun<MixtureBatch<U>> {
  readonly #options: MixtureRunOptions<T, U>;
  readonly #queue: PendingBatch<T, U>[] = [];
  #begun = 0;
  /** Resolves when the samples of all batches that were begun are taken. */
  #taking: Promise<unknown> = Promise.resolve();
  #isThrough = false;

  /** Takes nothing yet. */
  constructor(options: MixtureRunOptions<T, U>) {
    this.#options = options;
  }

  get ahead(): number {
    return this.#queue.length;
  }

  fill(ahead: number): void {
    while (this.#queue.length <= ahead && this.#begun < this.#options.steps) {
      this.#queue.push(this.#begin(this.#begun++));
    }
  }

  async next(): Promise<MixtureBatch<U> | undefined> {
    const { signal } = this.#options.stop;
    const [head] = this.#queue;
    if (!head) {
      // Nothing is left, unless the run was ended.
      signal.throwIfAborted();
      this.#isThrough = true;
      return undefined;
    }
    head.isWanted = true;
    head.load?.want();
    head.waitsFor?.want();
    return await head.batch;
  }

  shift(): void {
    this.#queue.shift();
  }

  roomMade(): void {
    for (const { load } of this.#queue) load?.roomMade();
    this.#options.memory.tell();
  }

  async end(reason: unknown): Promise<void> {
    const { stop, sources, memory, ground, onEnded } = this.#options;
    stop.abort(reason);
    onEnded(this.#isThrough);
    this.#begun = this.#options.steps;
    const ended = this.#isThrough ? undefined : sources.end(reason);
    for (const { batch, load } of this.#queue.splice(0)) {
      load?.want();
      const made = await batch.catch(() => undefined);
      if (made) dropSamples(made.loaded);
    }
    await ended;
    await ground.blocks?.clear();
    ground.groups?.clear();
    memory.tell();
  }

  #begin(step: number): PendingBatch<T, U> {
    const { sources, shareOf, starts, epoch, ground } = this.#options;
    const { positions, end } = shareOf(step);
    const draws = positions.map((position): PlacedDraw => ({ ...sources.draw(), position }));
    const counts = sources.counts();
    const numbered = draws.filter(({ index }) => index !== undefined);
    const task = {
      epoch,
      positions: numbered.map(({ position }) => position),
      indices: numbered.map(({ part, index = 0 }) => (starts[part] ?? 0) + index),
    };
    const load = numbered.length > 0 ? new BatchLoad(task, ground) : undefined;
    const pending: PendingBatch<T, U> = {
      load,
      isWanted: false,
      waitsFor: undefined,
      batch: Promise.reject(new TypeError("Cannot have a batch that is not begun")),
    };
    pending.batch.catch(() => {});
    const taken = this.#taking.then(async () => {
      const samples = await this.#take(draws.filter(({ index }) => index === undefined), pending);
      return { samples, lanes: sources.statesAt(counts) };
    });
    this.#taking = taken.catch(() => {});
    pending.batch = this.#finish(draws, { taken, load, end });
    // Who waits for it sees the failure; it is no other's.
    pending.batch.catch(() => {});
    return pending;
  }

  /** Takes the samples of streams, in the order of the draws. */
  async #take(draws: readonly PlacedDraw[], pending: PendingBatch<T, U>): Promise<TakenSamples<T, U>> {
    const { epoch, members, sources, memory, ground } = this.#options;
    const { signal, slots } = ground;
    const taken = new TakenSamples<T, U>({
      epoch,
      batchSize: draws.length,
      memory,
      slots,
      transforming: ground,
    });
    try {
      for (const { lane, part, position } of draws) {
        const member = members[part];
        const source = sources.streamOf(lane, part);
        while (true) {
          signal.throwIfAborted();
          const item = source.take();
          if (!(item instanceof StreamLane)) {
            // The data set of a source is a stream.
            const from = { dataset: member?.dataset as StreamDataset<T>, position, name: member?.name ?? "" };
            taken.add(item, from);
            break;
          }
          pending.waitsFor = item;
          if (pending.isWanted) item.want();
          await item.ready();
          pending.waitsFor = undefined;
        }
      }
      return taken;
    } catch (error) {
      await taken.drop();
      throw error;
    }
  }

  async #finish(
    draws: readonly PlacedDraw[],
    { taken, load, end }: {
      readonly taken: Promise<{
        readonly samples: TakenSamples<T, U>;
        readonly lanes: MixtureBatch<U>["lanes"];
      }>;
      readonly load: BatchLoad<T, U> | undefined;
      readonly end: number;
    },
  ): Promise<MixtureBatch<U>> {
    const { epoch } = this.#options;
    const [streamed, numbered] = await Promise.allSettled([
      taken.then(async ({ samples, lanes }) => ({ loaded: await samples.finish(), lanes })),
      load?.samples,
    ]);
    if (streamed.status === "rejected" || numbered.status === "rejected") {
      if (streamed.status === "fulfilled") dropSamples(streamed.value.loaded);
      if (numbered.status === "fulfilled" && numbered.value) dropSamples(numbered.value);
      throw streamed.status === "rejected" ? streamed.reason : (numbered as PromiseRejectedResult).reason;
    }
    const { loaded, lanes } = streamed.value;
    return { loaded: this.#merge(draws, loaded, numbered.value), epoch, padding: 0, end, lanes };
  }

  /** Puts samples of both kinds in the order of the draws. */
  #merge(
    draws: readonly PlacedDraw[],
    streamed: LoadedSamples<U>,
    numbered: LoadedSamples<U> | undefined,
  ): LoadedSamples<U> {
    if (!numbered) return streamed;
    const { members } = this.#options;
    const samples: (U | undefined)[] = [];
    const failures: LoadedSamples<U>["failures"][number][] = [];
    const sizes: number[] = [];
    let [ofStreams, ofNumbers] = [0, 0];
    for (const { index, part } of draws) {
      if (index === undefined) {
        sizes.push(streamed.sizeOf(ofStreams));
        samples.push(streamed.samples[ofStreams]);
        failures.push(streamed.failures[ofStreams++]);
        continue;
      }
      sizes.push(numbered.sizeOf(ofNumbers));
      samples.push(numbered.samples[ofNumbers]);
      const failure = numbered.failures[ofNumbers++];
      const { name = "", dataset } = members[part] ?? {};
      const explain = dataset && "explain" in dataset ? dataset.explain : undefined;
      failures.push(
        failure && { ...failure, index, dataset: name, cause: explain?.(failure.cause) ?? failure.cause },
      );
    }
    return {
      samples,
      failures,
      buffer: numbered.buffer,
      adopted: [
        ...numbered.adopted ?? [],
        ...streamed.adopted ?? [],
        ...streamed.buffer ? [streamed.buffer] : [],
      ],
      sizeOf: (place) => sizes[place] ?? 0,
    };
  }
}
