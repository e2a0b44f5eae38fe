import type { HandedBatch } from "./assemble_batch.ts";
import type { Batch } from "./data_loader.ts";

/** A loader as a loop over one of its runs sees it. */
export interface LoopedLoader<B, R> {
  /** The next batch of a run; none behind the last one. */
  next(run: R): Promise<HandedBatch<B> | undefined>;
  /** Ends a run before its time. */
  end(run: R): Promise<void>;
  /** Counts what passed before and while a batch was waited for. */
  waited(busyMs: number, waitMs: number, isFirst: boolean): void;
  /** Is told that memory was given back. */
  roomMade(): void;
  /** The time. */
  now(): number;
}

/** One loop over an epoch. */
export class LoaderIterator<B, R> implements AsyncIterator<Batch<B>, undefined> {
  readonly #loader: LoopedLoader<B, R>;
  readonly #run: R;
  #latest: HandedBatch<B> | undefined;
  #handedAt: number | undefined;
  #isOver = false;
  readonly #roomMade = () => this.#loader.roomMade();
  /** The call before, so that calls that are made at once each have their own batch, in the order of the calls. */
  #before: Promise<unknown> | undefined;

  /** Over what `run` loads. */
  constructor(loader: LoopedLoader<B, R>, run: R) {
    this.#loader = loader;
    this.#run = run;
  }

  async next(): Promise<IteratorResult<Batch<B>, undefined>> {
    const before = this.#before;
    const own = Promise.withResolvers<void>();
    const promise = this.#before = own.promise;
    try {
      if (before) await before;
      return await this.#next();
    } finally {
      if (this.#before === promise) this.#before = undefined;
      own.resolve();
    }
  }

  async #next(): Promise<IteratorResult<Batch<B>, undefined>> {
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
    batch.onRelease = this.#roomMade;
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
export function over<B>(): AsyncIterator<Batch<B>, undefined> {
  return { next: () => Promise.resolve({ done: true, value: undefined }) };
}
