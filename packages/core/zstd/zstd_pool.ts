import { resolveWorkers, WorkerPool } from "./worker_pool.ts";

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

/** Makes a pool. Disposing it ends the Workers at once, and with them the writers and readers that use it. */
export function createZstdPool(options: ZstdPoolOptions = {}): ZstdPool {
  return new WorkerPool(resolveWorkers(options.workers));
}
