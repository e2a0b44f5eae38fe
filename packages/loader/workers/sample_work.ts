import type { Clock } from "@lade/core/backend";
import type { Allocate, Collate, Transform } from "../config/loader_options.ts";
import {
  isModuleExport,
  type ModuleExport,
  type ResolvedModule,
  resolveModule,
} from "../config/module_export.ts";
import type { SampleContext } from "../datasets/dataset.ts";
import type { BatchBuffer, BatchMemory } from "../pool/batch_memory.ts";
import { whileWanted } from "../pool/while_wanted.ts";
import type { StatsCounter } from "../stats/loader_stats.ts";
import { CollateCall } from "./collate_call.ts";
import { ModuleValues } from "./module_values.ts";
import { type Made, unloadable, WorkerLostError } from "./sample_worker.ts";
import { type LotSetup, WorkerLot } from "./worker_lot.ts";
import { WorkerPool } from "./worker_pool.ts";

/** What samples are part of while they are worked on. */
export interface BatchLot {
  /** Takes memory that came from a worker; it is given back with the batch. */
  adopt(memory: BatchBuffer): void;
}

/** What a sample is part of. */
export interface SampleLot<T> extends BatchLot {
  /** The batch's memory, which the sample may be a view of: it stays where it is. */
  readonly memory?: ArrayBufferLike | undefined;
  /** Makes the sample anew, for another worker when the first one is lost. Without it the sample is copied, not moved. */
  again?(): T | Promise<T>;
}

/** A transformation that runs in this thread. */
export type SampleTransform<T, U> = (sample: T, context: SampleContext, lot: SampleLot<T>) => U | Promise<U>;

/** A collation, wherever it runs. */
export type SampleCollate<U, B> = (
  samples: readonly U[],
  allocate: Allocate,
  lot: BatchLot,
) => B | Promise<B>;

/** What a loader's work is made with. */
export interface SampleWorkSetup<T, U, B> {
  readonly transform: Transform<T, U> | ModuleExport | undefined;
  readonly collate: Collate<U, B> | ModuleExport | undefined;
  readonly workers: number;
  readonly memory: BatchMemory;
  readonly clock: Clock;
  readonly stats: StatsCounter;
}

/** What is done with samples once they are read: by functions, or exports of modules, in this thread or in workers. */
export class SampleWork<T, U, B> {
  /** Makes other samples of samples, in this thread. */
  readonly transform: SampleTransform<T, U> | undefined;
  /** Has workers make them, batch by batch. */
  readonly lotOf: ((setup: LotSetup<U>) => WorkerLot<T, U>) | undefined = undefined;
  /** Puts samples together. */
  readonly collate: SampleCollate<U, B> | undefined;
  readonly #memory: BatchMemory;
  readonly #clock: Clock;
  readonly #stats: StatsCounter;
  readonly #pool: WorkerPool | undefined;
  readonly #loads: (() => Promise<unknown>)[] = [];
  readonly #isTransformOfModule: boolean;
  #loaded: Promise<unknown> | undefined;
  /** Of the loop that runs. */
  #signal: AbortSignal = new AbortController().signal;

  /** Loads and starts nothing yet. */
  constructor({ transform, collate, workers, memory, clock, stats }: SampleWorkSetup<T, U, B>) {
    this.#memory = memory;
    this.#clock = clock;
    this.#stats = stats;
    const modules = {
      transform: resolveModule("transform", transform),
      collate: resolveModule("collate", collate),
    };
    this.#isTransformOfModule = modules.transform !== undefined;
    const own = {
      ...(modules.transform && { transform: modules.transform }),
      ...(modules.collate && { collate: modules.collate }),
    };
    this.#pool = workers > 0 ? new WorkerPool({ workers, modules: own, clock, stats }) : undefined;
    const [pool, module] = [this.#pool, modules.transform];
    if (pool && module) {
      const ground = { pool, values: new ModuleValues(module), memory, stats };
      this.lotOf = (setup) => new WorkerLot(setup, ground);
    }
    this.transform = this.lotOf ? undefined : this.#transformBy(transform, module);
    this.collate = this.#collateBy(collate, modules.collate);
  }

  /** Whether samples are transformed, wherever. */
  get isTransformed(): boolean {
    return this.transform !== undefined || this.lotOf !== undefined;
  }

  /** Whether transformed samples are in memory of their own: what a module gives is, in workers or not. */
  get isTransformedApart(): boolean {
    return this.#isTransformOfModule;
  }

  /** Workers that run at present. */
  get workers(): number {
    return this.#pool?.size ?? 0;
  }

  /** Begins a loop, which `signal` ends. */
  begin(signal: AbortSignal): void {
    this.#signal = signal;
  }

  /** Settles once modules are loaded; a `TypeError` that names module and export where one cannot be. */
  async ready(): Promise<void> {
    const { aborted } = this.#signal;
    if (aborted || (!this.#pool && this.#loads.length === 0)) return;
    const stopped = Promise.withResolvers<void>();
    const onAbort = () => stopped.resolve();
    this.#signal.addEventListener("abort", onAbort);
    const loading = this.#pool?.ready() ??
      (this.#loaded ??= Promise.all(this.#loads.map((load) => load())));
    try {
      await Promise.race([loading, stopped.promise]);
    } finally {
      this.#signal.removeEventListener("abort", onAbort);
    }
  }

  /** Lets workers wait for the next loop. */
  rest(): void {
    this.#pool?.rest();
  }

  /** Ends all workers. */
  async end(reason: unknown): Promise<void> {
    await this.#pool?.end(reason);
  }

  #transformBy(
    option: SampleWorkSetup<T, U, B>["transform"],
    module: ResolvedModule | undefined,
  ): SampleTransform<T, U> | undefined {
    if (option === undefined) return undefined;
    if (!isModuleExport(option) || !module) {
      const transform = option as Transform<T, U>;
      return (...given) => this.#timed("transformMs", () => transform(given[0], given[1]));
    }
    const here = this.#here<Transform<T, U>>("transform", module);
    const values = new ModuleValues(module);
    return async (sample, context, lot) => {
      const transform = await here();
      const { memory: stays, again } = lot;
      const { value, copied } = values.own((options) =>
        values.sample(sample, { stays, copies: !again, ...options })
      );
      this.#stats.bytesCopied += copied;
      const began = this.#clock.monotonicMs();
      const made = transform(value as T, context);
      if (isLater(made)) {
        return this.#received(
          values,
          await this.#timed("transformMs", () => made),
          lot,
        ) as U;
      }
      // What is there at once is taken at once: the next sample may use the same memory.
      const own = this.#received(values, made, lot) as U;
      this.#stats.transformMs += this.#clock.monotonicMs() - began;
      return own;
    };
  }

  #collateBy(
    option: SampleWorkSetup<T, U, B>["collate"],
    module: ResolvedModule | undefined,
  ): SampleCollate<U, B> | undefined {
    if (option === undefined) return undefined;
    const pool = this.#pool;
    if (module && pool) return (samples, _, lot) => this.#collateThere(pool, module, samples, lot);
    if (!isModuleExport(option) || !module) {
      const collate = option as Collate<U, B>;
      return (...given) => this.#timed("collateMs", () => collate(given[0], given[1]));
    }
    const here = this.#here<Collate<U, B>>("collate", module);
    const values = new ModuleValues(module);
    return async (samples, _, lot) => {
      const collate = await here();
      const { value, copied } = values.own((options) =>
        values.samples(samples, { ...options, copies: true })
      );
      this.#stats.bytesCopied += copied;
      const made = await this.#timed(
        "collateMs",
        () => collate(value as U[], (bytes) => new Uint8Array(bytes)),
      );
      return this.#received(values, made, lot) as B;
    };
  }

  /** What a module gave in this thread, as from a worker. */
  #received(values: ModuleValues, made: unknown, lot: BatchLot): unknown {
    const { value, moved, bytes } = values.own((options) => values.result(made, options));
    lot.adopt(this.#memory.adopt(moved, bytes));
    return value;
  }

  /** Counts the time that work of this thread takes. */
  async #timed<V>(what: "transformMs" | "collateMs", work: () => V | Promise<V>): Promise<V> {
    const began = this.#clock.monotonicMs();
    try {
      const made = work();
      return isLater(made)
        ? await whileWanted(Promise.resolve(made), { signal: this.#signal, clock: this.#clock })
        : made;
    } finally {
      this.#stats[what] += this.#clock.monotonicMs() - began;
    }
  }

  /** An export that runs in this thread. {@linkcode ready} tells where it cannot be loaded. */
  #here<F>(of: string, module: ResolvedModule): () => F | Promise<F> {
    let found: F | undefined;
    const load = async () => {
      let exported: unknown;
      try {
        exported = (await import(module.url))[module.name];
      } catch (cause) {
        throw unloadable(of, module, cause instanceof Error ? cause.message : String(cause), cause);
      }
      if (typeof exported !== "function") {
        const words = exported === undefined
          ? "the module has no such export"
          : `it is no function, but ${typeof exported}`;
        throw unloadable(of, module, words, undefined);
      }
      return found = exported as F;
    };
    this.#loads.push(load);
    return () => found ?? load();
  }

  /** Has a worker put samples together; where that is lost, another one for itself. */
  async #collateThere(
    pool: WorkerPool,
    module: ResolvedModule,
    samples: readonly U[],
    lot: BatchLot,
  ): Promise<B> {
    const values = new ModuleValues(module);
    const setup = {
      pack: () => values.take(values.samples(samples, { copies: true })),
      signal: this.#signal,
      memory: this.#memory,
      stats: this.#stats,
    };
    const collate = (isAlone: boolean) => {
      this.#signal.throwIfAborted();
      const call = new CollateCall({ ...setup, isAlone });
      pool.add(call);
      return call.made();
    };
    let made: Made;
    try {
      made = await collate(false);
    } catch (error) {
      if (!(error instanceof WorkerLostError) || this.#signal.aborted) throw error;
      made = await collate(true);
    }
    lot.adopt(this.#memory.adopt(made.moved, made.bytes));
    return made.values[0] as B;
  }
}

/** Whether it comes later: a promise, or what is awaited as one. */
function isLater<V>(made: V | PromiseLike<V>): made is PromiseLike<V> {
  return typeof (made as Partial<PromiseLike<V>> | null | undefined)?.then === "function";
}
