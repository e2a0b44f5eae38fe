import type { Sampler } from "../order/sampler.ts";
import type { Steps } from "../order/shares.ts";
import type { Rest } from "../state/rest.ts";
import { BatchLoad, type BatchTask, dropSamples, type LoadGround } from "./batch_load.ts";
import type { BatchRun, LoadedBatch } from "./loop_loader.ts";

/** What a run goes through. */
export interface EpochRunOptions<T, U> {
  /** Aborts everything that is read. */
  readonly stop: AbortController;
  /** What batches are loaded with. */
  readonly ground: LoadGround<T, U>;
  readonly epoch: number;
  readonly sampler: Sampler;
  readonly rest: Rest;
  readonly steps: Steps;
  /** The first step that is loaded. */
  readonly from: number;
}

/** A batch that is being loaded, or is. */
interface PendingBatch<T, U> {
  readonly load: BatchLoad<T, U>;
  readonly task: BatchTask;
  /** How many of its samples, the last ones, only fill it up. */
  readonly padding: number;
}

/** The batches of an epoch of samples by number. */
export class EpochRun<T, U> implements BatchRun<LoadedBatch<U>> {
  readonly #options: EpochRunOptions<T, U>;
  readonly #queue: PendingBatch<T, U>[] = [];
  #next: number;

  /** Loads nothing yet. */
  constructor(options: EpochRunOptions<T, U>) {
    this.#options = options;
    this.#next = options.from;
  }

  get ahead(): number {
    return this.#queue.length;
  }

  fill(ahead: number): void {
    while (this.#queue.length <= ahead && this.#next < this.#options.steps.count) {
      this.#queue.push(this.#begin(this.#next++));
    }
  }

  async next(): Promise<LoadedBatch<U> | undefined> {
    const [head] = this.#queue;
    if (!head) {
      // Nothing is left, unless the run was ended.
      this.#options.stop.signal.throwIfAborted();
      return undefined;
    }
    const { turns } = this.#options.ground;
    head.load.want();
    turns.isCallerWaiting = true;
    try {
      return { loaded: await head.load.samples, epoch: head.task.epoch, padding: head.padding };
    } finally {
      turns.isCallerWaiting = false;
    }
  }

  shift(): void {
    this.#queue.shift();
  }

  roomMade(): void {
    for (const { load } of this.#queue) load.roomMade();
  }

  async end(reason: unknown): Promise<void> {
    this.#options.stop.abort(reason);
    this.#next = this.#options.steps.count;
    for (const { load } of this.#queue.splice(0)) {
      load.want();
      const loaded = await load.samples.catch(() => undefined);
      if (loaded) dropSamples(loaded);
    }
    await this.#options.ground.blocks?.clear();
    this.#options.ground.groups?.clear();
  }

  #begin(step: number): PendingBatch<T, U> {
    const { epoch, sampler, rest, steps, ground } = this.#options;
    const { first, count, stride, padding } = steps.shareOf(step);
    const positions: number[] = [];
    for (let i = 0; i < count; i++) positions.push(rest.at(first + i * stride));
    for (let i = 0; i < padding; i++) positions.push(rest.at(steps.paddingAt(step, i)));
    const task = { epoch, positions, indices: positions.map((position) => sampler.at(position)) };
    return { load: new BatchLoad(task, ground), task, padding };
  }
}
