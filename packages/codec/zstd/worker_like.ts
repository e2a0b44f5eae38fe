import { nodeModule } from "../node/node_module.ts";
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
 * Starts a Worker, which holds the event loop for some 20 ms. Where the runtime has none, as Node, it is one of
 * `node:worker_threads`.
 *
 * Its program is in a `data:` URL: that needs no permission and works from a bundle, a compiled binary and an `https:`
 * import, where a file beside this one needs `--allow-read`, is missing, or needs `--allow-import`.
 */
export function startWorker(): WorkerLike {
  if (typeof Worker === "undefined") return startThread();
  const source = `${IMPORTS}(${zstdWorkerProgram})(self, zlib, setImmediate);`;
  return new Worker(dataUrl(source), { type: "module", name: "lade-zstd" });
}

const IMPORTS = 'import * as zlib from "node:zlib"; import { setImmediate } from "node:timers"; ';

/** What a program needs of its Worker, by what a thread of Node has. */
const THREAD_PORT = `import { parentPort } from "node:worker_threads"; import process from "node:process";
const port = {
  set onmessage(take) { parentPort.on("message", (data) => take({ data })); },
  postMessage: (reply, transfer) => parentPort.postMessage(reply, transfer),
  addEventListener: (_, take) =>
    process.on("uncaughtException", (error) => take({ error, preventDefault() {} })),
};`;

/** Starts a thread of `node:worker_threads`. */
export function startThread(): WorkerLike {
  const threads = nodeModule("node:worker_threads");
  if (!threads) {
    throw new TypeError("Cannot use zstd Workers: this runtime has neither Worker nor node:worker_threads");
  }
  const source = `${IMPORTS}${THREAD_PORT}(${zstdWorkerProgram})(port, zlib, setImmediate);`;
  const thread = new threads.Worker(new URL(dataUrl(source)), { name: "lade-zstd" });
  const worker: WorkerLike = {
    onmessage: null,
    onerror: null,
    postMessage: (sent, transfer) => thread.postMessage(sent, transfer),
    terminate: () => void thread.terminate(),
  };
  thread.on("message", (data) => worker.onmessage?.(message(data as ZstdReply)));
  thread.on("error", (error) => {
    const text = error instanceof Error ? error.message : String(error);
    worker.onerror?.({ message: text, preventDefault: () => {} } as ErrorEvent);
  });
  return worker;
}

function dataUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
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
