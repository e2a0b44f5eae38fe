import type { Sampler } from "../order/sampler.ts";
import type { Steps } from "../order/shares.ts";
import type { Rest } from "../state/rest.ts";
import { BatchLoad, type BatchTask, type LoadGround } from "./batch_load.ts";

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
export interface PendingBatch<T, U> {
  readonly load: BatchLoad<T, U>;
  readonly task: BatchTask;
  /** How many of its samples, the last ones, only fill it up. */
  readonly padding: number;
}

/** The batches of an epoch that are being read, from the next one to be handed out on. */
export class EpochRun<T, U> {
  readonly #options: EpochRunOptions<T, U>;
  readonly #queue: PendingBatch<T, U>[] = [];
  #next: number;

  /** Loads nothing yet. */
  constructor(options: EpochRunOptions<T, U>) {
    this.#options = options;
    this.#next = options.from;
  }

  /** Batches that are ready or being read. */
  get ahead(): number {
    return this.#queue.length;
  }

  /** Begins batches until there is the next one and `ahead` more. */
  fill(ahead: number): void {
    while (this.#queue.length <= ahead && this.#next < this.#options.steps.count) {
      this.#queue.push(this.#begin(this.#next++));
    }
  }

  /** The next batch. */
  head(): PendingBatch<T, U> {
    const [head] = this.#queue;
    if (!head) throw new TypeError("Cannot take a batch that was not begun");
    return head;
  }

  /** Forgets the next batch, which was handed out. */
  shift(): void {
    this.#queue.shift();
  }

  /** Lets batches that wait for memory try again. */
  roomMade(): void {
    for (const { load } of this.#queue) load.roomMade();
  }

  /** Aborts what is read, waits for it, and gives back its memory. */
  async end(reason: unknown): Promise<void> {
    this.#options.stop.abort(reason);
    this.#next = this.#options.steps.count;
    for (const { load } of this.#queue.splice(0)) {
      load.want();
      const loaded = await load.samples.catch(() => undefined);
      loaded?.buffer?.release();
    }
    await this.#options.ground.blocks?.clear();
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
