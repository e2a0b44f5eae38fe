import type { WorkerLike } from "./worker_like.ts";
import type { ZstdJob, ZstdOutput } from "./zstd_job.ts";

/** What a Worker says of a job that it could not do. */
export class ZstdJobError extends Error {
  /** The class, for messages. */
  override readonly name = "ZstdJobError";
}

/** A Worker that ended by an error of its own; its jobs may well succeed in another. */
export class ZstdWorkerError extends Error {
  /** The class, for messages. */
  override readonly name = "ZstdWorkerError";
}

interface Waiting {
  readonly resolve: (output: ZstdOutput) => void;
  readonly reject: (reason: unknown) => void;
}

/** A Worker and the jobs it has. */
export class ZstdWorker {
  readonly #worker: WorkerLike;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #nextFrame = 0;
  #failure: { readonly reason: unknown } | undefined;

  /** Takes over `worker`. */
  constructor(worker: WorkerLike) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("output" in data) waiting?.resolve(data.output);
      else waiting?.reject(new ZstdJobError(data.error));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.terminate(new ZstdWorkerError(`the zstd Worker failed: ${event.message}`));
    };
  }

  /** Jobs that are not done. */
  get load(): number {
    return this.#waiting.size;
  }

  /** Whether the Worker has ended. */
  get ended(): boolean {
    return this.#failure !== undefined;
  }

  /** Does a job; `job.bytes` is transferred. An abort rejects immediately and makes the Worker give the job up. */
  run(job: ZstdJob, signal?: AbortSignal): Promise<ZstdOutput> {
    const id = this.#nextId++;
    return new Promise<ZstdOutput>((resolve, reject) => {
      if (this.#failure) return reject(this.#failure.reason);
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.#waiting.delete(id);
        this.#worker.postMessage({ cancel: id }, []);
        reject(signal?.reason);
      };
      const settled = () => signal?.removeEventListener("abort", onAbort);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.set(id, {
        resolve: (output) => (settled(), resolve(output)),
        reject: (reason) => (settled(), reject(reason)),
      });
      this.#worker.postMessage({ id, job }, [job.bytes.buffer]);
    });
  }

  /** A name for a frame whose pieces this Worker decompresses. */
  openFrame(): number {
    return this.#nextFrame++;
  }

  /** Drops what the Worker keeps of a frame that is not decompressed to its end. */
  forget(frame: number): void {
    if (!this.#failure) this.#worker.postMessage({ forget: frame }, []);
  }

  /** Ends the Worker; its jobs and later ones reject with `reason`. */
  terminate(reason: unknown): void {
    if (this.#failure) return;
    this.#failure = { reason };
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}
