import type { ZstdMessage, ZstdReply } from "./zstd_job.ts";
import { type WorkerPort, zstdWorkerProgram } from "./zstd_worker_program.ts";

/** What a pool needs of a `Worker`. */
export interface WorkerLike {
  /** Takes what the Worker answers. */
  onmessage: ((event: MessageEvent<ZstdReply>) => void) | null;
  /** Takes an error that the Worker did not catch. */
  onerror: ((event: ErrorEvent) => void) | null;
  /** Sends a message. */
  postMessage(message: ZstdMessage, transfer: Transferable[]): void;
  /** Ends the Worker. */
  terminate(): void;
}

/**
 * Starts a Worker, which holds the event loop for some 20 ms.
 *
 * Its program is in a `data:` URL: that needs no permission and works from a bundle, a compiled binary and an `https:`
 * import, where a file beside this one needs `--allow-read`, is missing, or needs `--allow-import`.
 */
export function startWorker(): WorkerLike {
  const source = 'import * as zlib from "node:zlib"; import { setImmediate } from "node:timers"; ' +
    `(${zstdWorkerProgram})(self, zlib, setImmediate);`;
  return new Worker(`data:text/javascript,${encodeURIComponent(source)}`, {
    type: "module",
    name: "lade-zstd",
  });
}

/** A Worker's program on this event loop, for jobs that take less time than the start of a Worker. */
export async function startOnLoop(): Promise<WorkerLike> {
  // On demand, because the module takes longer to load than most programs take to start.
  const [zlib, { setImmediate }] = await Promise.all([import("node:zlib"), import("node:timers")]);
  const port: WorkerPort = {
    onmessage: null,
    postMessage: (data) => worker.onmessage?.(message(data)),
    addEventListener: () => {},
  };
  const worker: WorkerLike = {
    onmessage: null,
    onerror: null,
    postMessage: (data) => port.onmessage?.(message(data)),
    terminate: () => port.onmessage = worker.onmessage = null,
  };
  zstdWorkerProgram(port, zlib, setImmediate);
  return worker;
}

function message<T>(data: T): MessageEvent<T> {
  return { data } as MessageEvent<T>;
}
