import type { RandomKey } from "../order/keyed_random.ts";
import type { BatchBuffer } from "../pool/batch_memory.ts";
import { type CallGround, callWorker } from "./call_worker.ts";
import type { ModuleValues } from "./module_values.ts";
import type { PackedMemory } from "./pack_value.ts";
import { type Made, type SampleWorker, WorkerLostError } from "./sample_worker.ts";
import type { PoolWork, WorkerPool } from "./worker_pool.ts";

/** A sample that a worker is to transform. */
export interface LotSample<T> {
  /** Its place in the batch. */
  readonly place: number;
  readonly sample: T;
  readonly index: number;
  /** What its random numbers are of. */
  readonly key: RandomKey;
  /** Makes it anew, for another worker when the first one is lost. Without it the sample is copied, not moved. */
  readonly again?: (() => T | Promise<T>) | undefined;
}

/** A batch whose samples workers transform. */
export interface LotSetup<U> {
  /** Samples of the batch, about. */
  readonly size: number;
  readonly epoch: number;
  readonly signal: AbortSignal;
  /** The batch's memory, which samples may be views of: it stays where it is. */
  readonly stays?: ArrayBufferLike | undefined;
  /** Takes memory that came from a worker; it is given back with the batch. */
  adopt(memory: BatchBuffer): void;
  /** Takes what was made of the sample at a place. */
  done(place: number, made: U): void;
  /** Takes what was thrown for it. */
  failed(place: number, error: unknown): void;
}

/** What lots go through. */
export interface LotGround extends CallGround {
  readonly pool: WorkerPool;
  /** Packs what goes to the module. */
  readonly values: ModuleValues;
}

/** Samples as they are sent. */
interface PackedGroup {
  readonly samples: readonly unknown[];
  readonly memory: PackedMemory;
  /** Whether nothing that they have is moved. */
  readonly areCopies: boolean;
}

/** Bytes from which no more samples go with a call. */
const MOST_BYTES = 2 ** 16;

/**
 * The samples of a batch, on their way to workers and back: as many as the pool says go with one call, in one memory where
 * they are small. Those whose worker is lost are made again, each alone.
 */
export class WorkerLot<T, U> implements PoolWork {
  readonly size: number;
  readonly isAlone: boolean;
  readonly #setup: LotSetup<U>;
  readonly #ground: LotGround;
  readonly #samples: LotSample<T>[] = [];
  /** Which of them goes next. */
  #next = 0;
  /** How many are not done. */
  #open = 0;
  /** Whether nothing is wanted any more. */
  #isOver = false;
  #settled: PromiseWithResolvers<void> | undefined;

  /** Sends nothing yet. */
  constructor(setup: LotSetup<U>, ground: LotGround, isAlone = false) {
    this.#setup = setup;
    this.#ground = ground;
    this.size = setup.size;
    this.isAlone = isAlone;
  }

  get left(): number {
    return this.#samples.length - this.#next;
  }

  /** Has one more transformed. */
  add(sample: LotSample<T>): void {
    // What comes late starts no worker behind the loop's end.
    if (this.#isOver || this.#setup.signal.aborted) return;
    this.#open++;
    this.#samples.push(sample);
    if (this.left === 1) this.#ground.pool.add(this);
  }

  /** Settles once all that were added are done; rejects at once when they are not wanted any more. */
  async settled(): Promise<void> {
    const { signal } = this.#setup;
    const { promise, resolve, reject } = this.#settled = Promise.withResolvers<void>();
    const onAbort = () => {
      this.drop();
      reject(signal.reason);
    };
    if (signal.aborted) onAbort();
    else if (this.#open === 0) resolve();
    signal.addEventListener("abort", onAbort);
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Wants nothing any more: what is still made is dropped. */
  drop(): void {
    this.#isOver = true;
    this.#next = this.#samples.length = 0;
    this.#ground.pool.remove(this);
  }

  async send(worker: SampleWorker, most: number): Promise<void> {
    if (this.#setup.signal.aborted) return this.drop();
    const { packer } = this.#ground.values;
    const group: LotSample<T>[] = [];
    const values: unknown[] = [];
    while (this.left > 0 && group.length < most && packer.bytes < MOST_BYTES) {
      const next = this.#samples[this.#next++];
      if (!next) continue;
      try {
        values.push(this.#pack(next, !next.again));
        group.push(next);
      } catch (error) {
        this.#fail(next, error);
      }
    }
    if (this.left === 0) this.#next = this.#samples.length = 0;
    await this.#call(worker, group, { samples: values, memory: packer.take(), areCopies: false });
  }

  giveUp(reason: unknown): void {
    for (const sample of this.#samples.splice(0).slice(this.#next)) this.#fail(sample, reason);
    this.#next = 0;
  }

  #pack({ sample }: LotSample<T>, copies: boolean): unknown {
    return this.#ground.values.sample(sample, { stays: this.#setup.stays, copies });
  }

  async #call(
    worker: SampleWorker,
    group: readonly LotSample<T>[],
    { samples, memory, areCopies }: PackedGroup,
  ): Promise<void> {
    if (group.length === 0) return;
    const { epoch, signal } = this.#setup;
    const keys = new Uint32Array(group.length * 4);
    group.forEach(({ key }, place) => keys.set(key, place * 4));
    const call = {
      type: "transform",
      samples,
      indices: group.map(({ index }) => index),
      epoch,
      keys,
      shared: memory.shared,
    } as const;
    const open = new Map(group.entries());
    const onMade = (made: Made) => {
      for (const place of made.places) open.delete(place);
      this.#take(group, made);
    };
    try {
      await callWorker(worker, { call, memory, signal, onMade }, this.#ground);
    } catch (error) {
      // Memory of WebAssembly cannot be moved, and some errors cannot be sent, which is only seen when it is tried.
      if (!worker.isGone && !areCopies) return await this.#callEach(worker, group);
      for (const sample of open.values()) this.#lose(sample, error);
    }
  }

  /** Sends copies of samples that could not be sent together. */
  async #callEach(worker: SampleWorker, group: readonly LotSample<T>[]): Promise<void> {
    for (const sample of group) {
      try {
        // What could not be sent may have taken memory of the others along.
        const again = sample.again ? { ...sample, sample: await sample.again() } : sample;
        if (this.#isOver) return;
        const samples = [this.#pack(again, true)];
        const memory = this.#ground.values.packer.take();
        await this.#call(worker, [sample], { samples, memory, areCopies: true });
      } catch (error) {
        this.#fail(sample, error);
      }
    }
  }

  #take(group: readonly LotSample<T>[], { places, values, failed, moved, bytes }: Made): void {
    if (this.#isOver) return;
    const { adopt, done } = this.#setup;
    if (bytes > 0) adopt(this.#ground.memory.adopt(moved, bytes));
    for (const [at, place] of places.entries()) {
      const sample = group[place];
      if (!sample) continue;
      if (failed.has(place)) {
        this.#lose(sample, failed.get(place));
        continue;
      }
      done(sample.place, values[at] as U);
      this.#close();
    }
  }

  /** Has a sample done again where its worker is lost; else that is its failure. */
  #lose(sample: LotSample<T>, error: unknown): void {
    if (error instanceof WorkerLostError && !this.isAlone && !this.#isOver) void this.#again(sample);
    else this.#fail(sample, error);
  }

  /** Has another worker transform a sample, alone. */
  async #again(sample: LotSample<T>): Promise<void> {
    const setup = this.#setup;
    const adopt = (memory: BatchBuffer) => this.#isOver ? memory.release() : setup.adopt(memory);
    const alone = new WorkerLot<T, U>({ ...setup, adopt, size: 1 }, this.#ground, true);
    try {
      alone.add(sample.again ? { ...sample, sample: await sample.again() } : sample);
      await alone.settled();
      this.#close();
    } catch (error) {
      this.#fail(sample, error);
    }
  }

  #fail({ place }: LotSample<T>, error: unknown): void {
    if (this.#isOver) return;
    if (!this.#setup.signal.aborted) this.#setup.failed(place, error);
    this.#close();
  }

  #close(): void {
    if (--this.#open === 0) this.#settled?.resolve();
  }
}
