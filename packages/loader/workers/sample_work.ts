import type { Clock } from "@lade/core/backend";
import type { Allocate, Collate, Transform } from "../config/loader_options.ts";
import {
  isModuleExport,
  type ModuleExport,
  moduleWords,
  type ResolvedModule,
  resolveModule,
} from "../config/module_export.ts";
import type { SampleContext } from "../datasets/dataset.ts";
import type { RandomKey } from "../order/keyed_random.ts";
import type { BatchBuffer, BatchMemory } from "../pool/batch_memory.ts";
import { whileWanted } from "../pool/while_wanted.ts";
import type { StatsCounter } from "../stats/loader_stats.ts";
import { type PackedValue, packValue } from "./pack_value.ts";
import { type Made, unloadable, WorkerLostError } from "./sample_worker.ts";
import { type PoolJob, WorkerPool } from "./worker_pool.ts";

/** Gives what a sample's random numbers are of. */
export const sampleKey: unique symbol = Symbol("sample key");

/** A sample's context, whose random numbers can be made elsewhere. */
export interface KeyedContext extends SampleContext {
  /** What its random numbers are of. */
  [sampleKey](): RandomKey;
}

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

/** A transformation, wherever it runs. */
export type SampleTransform<T, U> = (sample: T, context: KeyedContext, lot: SampleLot<T>) => U | Promise<U>;

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
  /** Makes other samples of samples. */
  readonly transform: SampleTransform<T, U> | undefined;
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
    this.#pool = workers > 0 ? new WorkerPool({ workers, modules: own, memory, clock, stats }) : undefined;
    this.transform = this.#transformBy(transform, modules.transform);
    this.collate = this.#collateBy(collate, modules.collate);
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
    const pool = this.#pool;
    if (module && pool) return (...given) => this.#transformThere(pool, module, ...given);
    if (!isModuleExport(option)) {
      return (...given) => this.#timed("transformMs", () => option(given[0], given[1]));
    }
    const here = this.#here<Transform<T, U>>("transform", module);
    return async (sample, context, lot) => {
      const transform = await here();
      const own = this.#sent((copies) => packedSample(module, sample, lot, copies)).value as T;
      const made = await this.#timed("transformMs", () => transform(own, context));
      return this.#received(module, made, lot) as U;
    };
  }

  #collateBy(
    option: SampleWorkSetup<T, U, B>["collate"],
    module: ResolvedModule | undefined,
  ): SampleCollate<U, B> | undefined {
    if (option === undefined) return undefined;
    const pool = this.#pool;
    if (module && pool) return (samples, _, lot) => this.#collateThere(pool, module, samples, lot);
    if (!isModuleExport(option)) {
      return (...given) => this.#timed("collateMs", () => option(given[0], given[1]));
    }
    const here = this.#here<Collate<U, B>>("collate", module);
    return async (samples, _, lot) => {
      const collate = await here();
      const own = this.#sent((copies) => packed(module, "the samples", samples, { copies })).value as U[];
      const made = await this.#timed("collateMs", () => collate(own, (bytes) => new Uint8Array(bytes)));
      return this.#received(module, made, lot) as B;
    };
  }

  /** Moves a value as to a worker, so that a module works the same way in this thread. */
  #sent(pack: (copies: boolean) => PackedValue): Made {
    const { bytes, copied, ...all } = pack(false);
    this.#stats.bytesCopied += copied;
    try {
      return { ...structuredClone(all, { transfer: all.moved }), bytes };
    } catch {
      // Memory of WebAssembly cannot be moved, which is only seen when it is tried.
      const { bytes, ...all } = pack(true);
      return { ...structuredClone(all, { transfer: all.moved }), bytes };
    }
  }

  /** What a module gave in this thread, as from a worker. */
  #received(module: ResolvedModule | undefined, made: unknown, lot: BatchLot): unknown {
    const { value, moved, bytes } = this.#sent((copies) => packedResult(module, made, copies));
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
  #here<F>(of: string, module: ResolvedModule | undefined): () => F | Promise<F> {
    let found: F | undefined;
    const load = async () => {
      if (!module) throw new TypeError(`Cannot ${of} without a module`);
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

  /** Has a worker transform a sample; where that is lost, another one has it for itself. */
  async #transformThere(
    pool: WorkerPool,
    module: ResolvedModule,
    sample: T,
    { index, epoch, signal, [sampleKey]: keyOf }: KeyedContext,
    lot: SampleLot<T>,
  ): Promise<U> {
    const key = keyOf();
    const jobOf = (sample: T, isAlone: boolean): PoolJob => ({
      pack: (copies) => packedSample(module, sample, lot, copies),
      callOf: (sample) => ({ type: "transform", sample, index, epoch, key }),
      signal,
      isAlone,
    });
    let made: Made;
    try {
      made = await pool.run(jobOf(sample, false));
    } catch (error) {
      if (!(error instanceof WorkerLostError) || signal.aborted) throw error;
      made = await pool.run(jobOf(lot.again ? await lot.again() : sample, true));
    }
    lot.adopt(this.#memory.adopt(made.moved, made.bytes));
    return made.value as U;
  }

  /** Has a worker put samples together; where that is lost, another one for itself. */
  async #collateThere(
    pool: WorkerPool,
    module: ResolvedModule,
    samples: readonly U[],
    lot: BatchLot,
  ): Promise<B> {
    const jobOf = (isAlone: boolean): PoolJob => ({
      // They stay here, for another worker where the first one is lost.
      pack: () => packed(module, "the samples", samples, { copies: true }),
      callOf: (samples) => ({ type: "collate", samples }),
      signal: this.#signal,
      isAlone,
    });
    let made: Made;
    try {
      made = await pool.run(jobOf(false));
    } catch (error) {
      if (!(error instanceof WorkerLostError) || this.#signal.aborted) throw error;
      made = await pool.run(jobOf(true));
    }
    lot.adopt(this.#memory.adopt(made.moved, made.bytes));
    return made.value as B;
  }
}

function packedSample<T>(
  module: ResolvedModule | undefined,
  sample: T,
  { memory, again }: SampleLot<T>,
  copies: boolean,
): PackedValue {
  return packed(module, "the sample", sample, { stays: memory, copies: copies || !again });
}

function packed(
  module: ResolvedModule | undefined,
  what: string,
  value: unknown,
  options: Parameters<typeof packValue>[1],
): PackedValue {
  try {
    return packValue(value, options);
  } catch (error) {
    throw new TypeError(`Cannot send ${what} to ${wordsOf(module)}: ${messageOf(error)}`);
  }
}

function packedResult(module: ResolvedModule | undefined, made: unknown, copies: boolean): PackedValue {
  try {
    return packValue(made, { copies });
  } catch (error) {
    throw new TypeError(`Cannot send back what ${wordsOf(module)} gave: ${messageOf(error)}`);
  }
}

function wordsOf(module: ResolvedModule | undefined): string {
  return module ? moduleWords(module) : "a module";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether it comes later: a promise, or what is awaited as one. */
function isLater<V>(made: V | PromiseLike<V>): made is PromiseLike<V> {
  return typeof (made as Partial<PromiseLike<V>> | null | undefined)?.then === "function";
}
