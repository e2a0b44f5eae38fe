import type { ZstdReply } from "../zstd/zstd_job.ts";
import type { WorkerLike } from "../zstd/worker_like.ts";

/** A Worker that fails at its first message. */
export class FailingWorker implements WorkerLike {
  onmessage: ((event: MessageEvent<ZstdReply>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  terminated = false;
  readonly #message: string;

  constructor(message: string) {
    this.#message = message;
  }

  postMessage(): void {
    queueMicrotask(() =>
      this.onerror?.(new ErrorEvent("error", { message: this.#message, cancelable: true }))
    );
  }

  terminate(): void {
    this.terminated = true;
  }
}
