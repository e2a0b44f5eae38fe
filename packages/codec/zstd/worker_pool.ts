import { startOnLoop, startWorker, type WorkerLike } from "./worker_like.ts";
import type { ZstdJob, ZstdOutput } from "./zstd_job.ts";
import { ZstdWorker } from "./zstd_worker.ts";

/**
 * Workers that compress and decompress. Writers and readers that share one start no Workers of their own.
 *
 * A Worker starts when there is work that no started one is free for. It stays until the pool is disposed, and keeps
 * the process alive.
 */
export interface ZstdPool extends Disposable {
  /** Workers at most. */
  readonly workers: number;
}

/** Options of {@linkcode createZstdPool}. */
export interface ZstdPoolOptions {
  /** Workers at most; `"auto"`, which is the default, is one per processor. */
  readonly workers?: number | "auto";
}

/** The number of Workers meant; `"auto"` is one per processor, at most `most`. Throws a `RangeError` unless it is whole. */
export function resolveWorkers(workers: number | "auto" = "auto", most = Infinity): number {
  if (workers === "auto") return Math.max(1, Math.min(navigator.hardwareConcurrency, most));
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new RangeError(`Cannot use ${workers} zstd Workers: a whole number from 1 up or "auto" is needed`);
  }
  return workers;
}

/**
 * The pool that an option means: a shared one, which must be of {@linkcode createZstdPool}, or a new one that its user
 * owns and ends.
 */
export function resolvePool(
  workers: number | "auto" | ZstdPool | undefined,
  most: number,
): { readonly pool: WorkerPool; readonly ownsPool: boolean } {
  if (typeof workers !== "object") {
    return { pool: new WorkerPool(resolveWorkers(workers, most)), ownsPool: true };
  }
  if (workers instanceof WorkerPool) return { pool: workers, ownsPool: false };
  throw new TypeError("Cannot use the zstd pool: it was not made by createZstdPool");
}

/** The one implementation of {@linkcode ZstdPool}. */
export class WorkerPool implements ZstdPool {
  /** Workers at most. */
  readonly workers: number;
  readonly #start: () => WorkerLike;
  #started: ZstdWorker[] = [];
  #onLoop: Promise<ZstdWorker> | undefined;
  #disposed = false;

  /** Starts nothing yet. */
  constructor(workers: number, start: () => WorkerLike = startWorker) {
    this.workers = workers;
    this.#start = start;
  }

  /** The free Worker, a new one, or the one with the fewest jobs. */
  pick(): ZstdWorker {
    if (this.#disposed) throw new TypeError("Cannot use the zstd pool: it is disposed");
    this.#started = this.#started.filter((worker) => !worker.ended);
    const best = this.#started.toSorted((a, b) => a.load - b.load)[0];
    if (best && (best.load === 0 || this.#started.length >= this.workers)) return best;
    const worker = new ZstdWorker(this.#start());
    this.#started.push(worker);
    return worker;
  }

  /** Does a job on the event loop, without starting a Worker. */
  async runOnLoop(job: ZstdJob, signal?: AbortSignal): Promise<ZstdOutput> {
    const worker = await (this.#onLoop ??= startOnLoop().then((worker) => new ZstdWorker(worker)));
    return await worker.run(job, signal);
  }

  /** Ends the Workers; their jobs fail. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    const reason = new TypeError("Cannot use the zstd pool: it is disposed");
    for (const worker of this.#started.splice(0)) worker.terminate(reason);
  }
}

/** Makes a pool. Disposing it ends the Workers immediately, and with them the writers and readers that use it. */
export function createZstdPool(options: ZstdPoolOptions = {}): ZstdPool {
  return new WorkerPool(resolveWorkers(options.workers));
}
