import { type SourceWorker, startSourceWorker } from "@lade/core/concurrency";
import type { Clock } from "@lade/core/backend";
import { moduleWords, type ResolvedModule } from "../config/module_export.ts";
import { packValue } from "./pack_value.ts";
import { receivedError } from "./received_error.ts";
import type { WorkerCall, WorkerMessage, WorkerReply } from "./worker_messages.ts";
import { sampleWorkerProgram } from "./worker_program.ts";

/** What workers run. */
export interface WorkerModules {
  /** Makes other samples of samples. */
  readonly transform?: ResolvedModule;
  /** Puts samples together. */
  readonly collate?: ResolvedModule;
}

/** What a worker made. */
export interface Made {
  readonly value: unknown;
  /** The memory that it is views of. */
  readonly moved: readonly ArrayBuffer[];
  /** Bytes of that. */
  readonly bytes: number;
}

/** A worker ended in the middle of a call, which is not known to be the call's fault. */
export class WorkerLostError extends Error {
  /** The class's name. */
  override readonly name: string = "WorkerLostError";
}

/** How long calls that are not wanted any more have to see that, before they are ended with their worker. */
const GRACE_MS = 100;

interface OpenCall extends Pick<PromiseWithResolvers<Made>, "resolve" | "reject"> {
  readonly type: WorkerCall["type"];
}

/** One worker, and what it was asked. */
export class SampleWorker {
  readonly #worker: SourceWorker;
  readonly #modules: WorkerModules;
  readonly #calls = new Map<number, OpenCall>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  readonly #onBusy: (type: WorkerCall["type"], ms: number) => void;
  #next = 0;
  #isGone = false;

  /**
   * Starts it, which holds this thread for some 40 ms, and lets it load its modules. `onBusy` is told how long it worked at
   * calls of a type.
   */
  constructor(modules: WorkerModules, onBusy: (type: WorkerCall["type"], ms: number) => void) {
    this.#modules = modules;
    this.#onBusy = onBusy;
    const source = `(${sampleWorkerProgram})(globalThis, ${packValue});`;
    this.#worker = startSourceWorker(source, "lade sample worker");
    this.#ready.promise.catch(() => {});
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#lose(
        new WorkerLostError(`the worker ended: ${event.message}`, { cause: event.error ?? undefined }),
      );
    };
    this.#worker.onmessageerror = () => this.#lose(new WorkerLostError("the worker's answer cannot be read"));
    const { transform, collate } = modules;
    const named = (module: ResolvedModule) => ({ ...module, words: moduleWords(module) });
    this.#post({
      type: "load",
      ...(transform && { transform: named(transform) }),
      ...(collate && { collate: named(collate) }),
    });
  }

  /** Settles once it has loaded its modules; a `TypeError` that names module and export where it cannot. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Whether it ended, and takes no more calls. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /**
   * Asks it for something; what `transfer` names is moved there, and it throws where that cannot be. The answer rejects with
   * what was thrown, or a {@linkcode WorkerLostError} where it ended. Once `signal` is aborted the answer is not wanted, which
   * it is told; the call is over when it has answered.
   */
  call(call: WorkerCall, transfer: readonly ArrayBuffer[], signal: AbortSignal): Promise<Made> {
    const id = this.#next++;
    this.#post({ ...call, id }, transfer);
    const { promise, ...answer } = Promise.withResolvers<Made>();
    this.#calls.set(id, { ...answer, type: call.type });
    const onAbort = () => this.#isGone || this.#post({ type: "abort", id });
    signal.addEventListener("abort", onAbort);
    return promise.finally(() => {
      signal.removeEventListener("abort", onAbort);
      this.#calls.delete(id);
    });
  }

  /** Aborts its calls, and ends it once they have seen that, or have not in a while. They fail with `reason`. */
  async end(reason: unknown, clock: Clock): Promise<void> {
    if (!this.#isGone) {
      this.#post({ type: "end" });
      const isOver = new AbortController();
      const waits = clock.sleep(GRACE_MS, isOver.signal).catch(() => {});
      await Promise.race([waits, this.#over.promise]);
      isOver.abort();
      await waits;
    }
    this.#lose(reason);
  }

  #take(reply: WorkerReply): void {
    switch (reply.type) {
      case "ready":
        return this.#ready.resolve();
      case "unloadable": {
        const { of, error } = reply;
        const module = this.#modules[of];
        const cause = receivedError(error);
        const words = cause instanceof Error ? cause.message : String(cause);
        return this.#lose(unloadable(of, module, words, cause));
      }
      case "made": {
        const { id, value, moved, bytes, ms } = reply;
        const call = this.#calls.get(id);
        if (call) this.#onBusy(call.type, ms);
        return call?.resolve({ value, moved, bytes });
      }
      case "failed": {
        const call = this.#calls.get(reply.id);
        if (call) this.#onBusy(call.type, reply.ms);
        return call?.reject(receivedError(reply.error));
      }
      case "gone": {
        const { how, error } = reply;
        const cause = error && receivedError(error);
        const words = cause instanceof Error ? `: ${cause.message}` : cause === undefined ? "" : `: ${cause}`;
        return this.#lose(new WorkerLostError(`the worker ended: ${how}${words}`, { cause }));
      }
    }
  }

  #lose(reason: unknown): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#worker.terminate();
    this.#over.resolve();
    this.#ready.reject(reason);
    for (const { reject } of this.#calls.values()) reject(reason);
  }

  #post(message: WorkerMessage, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#isGone) throw new WorkerLostError("the worker has ended");
    this.#worker.postMessage(message, [...transfer]);
  }
}

/** That a module cannot be used. */
export function unloadable(
  of: string,
  module: ResolvedModule | undefined,
  words: string,
  cause: unknown,
): TypeError {
  const named = module ? moduleWords(module) : "a module";
  return new TypeError(`Cannot ${of} by ${named}: ${words}`, { cause });
}
