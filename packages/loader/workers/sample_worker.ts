import { type SourceWorker, startSourceWorker } from "@lade/core/concurrency";
import type { Clock } from "@lade/core/backend";
import { moduleWords, type ResolvedModule } from "../config/module_export.ts";
import { valuePacker } from "./pack_value.ts";
import { receivedError } from "./received_error.ts";
import type { MadeReply, WorkerCall, WorkerMessage, WorkerReply } from "./worker_messages.ts";
import { sampleWorkerProgram } from "./worker_program.ts";

/** What workers run. */
export interface WorkerModules {
  /** Makes other samples of samples. */
  readonly transform?: ResolvedModule;
  /** Puts samples together. */
  readonly collate?: ResolvedModule;
}

/** What a worker made of some of the samples of a call. */
export interface Made {
  /** Which of them, by their places in the call. */
  readonly places: readonly number[];
  /** What was made of each. */
  readonly values: readonly unknown[];
  /** What was thrown in place of that, by place. */
  readonly failed: ReadonlyMap<number, unknown>;
  /** The memory that they are views of. */
  readonly moved: readonly ArrayBuffer[];
  /** Bytes of that. */
  readonly bytes: number;
}

/** What goes with a call. */
export interface CallOptions {
  /** Memory that is moved to the worker. */
  readonly transfer: readonly ArrayBuffer[];
  /** Says that the answer is not wanted any more. */
  readonly signal: AbortSignal;
  /** Is told what was made, some samples at a time. */
  readonly onMade: (made: Made) => void;
}

/** Is told how long a worker was busy with how many samples, or collations. */
export type OnBusy = (type: WorkerCall["type"], ms: number, done: number) => void;

/** A worker ended in the middle of a call, which is not known to be the call's fault. */
export class WorkerLostError extends Error {
  /** The class's name. */
  override readonly name: string = "WorkerLostError";
}

/** How long calls that are not wanted any more have to see that, before they are ended with their worker. */
const GRACE_MS = 100;

interface OpenCall extends Pick<PromiseWithResolvers<void>, "resolve" | "reject"> {
  readonly type: WorkerCall["type"];
  readonly onMade: (made: Made) => void;
  /** Samples that are not answered. */
  left: number;
}

/** One worker, and what it was asked. */
export class SampleWorker {
  readonly #worker: SourceWorker;
  readonly #modules: WorkerModules;
  readonly #calls = new Map<number, OpenCall>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  readonly #onBusy: OnBusy;
  #next = 0;
  #isGone = false;

  /**
   * Starts it, which holds this thread for some 40 ms, and lets it load its modules. `onBusy` is told how long it worked at
   * calls of a type.
   */
  constructor(modules: WorkerModules, onBusy: OnBusy) {
    this.#modules = modules;
    this.#onBusy = onBusy;
    const source = `(${sampleWorkerProgram})(globalThis, ${valuePacker});`;
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
   * Asks it for something, and settles once all is answered; throws where what is to be moved or sent cannot be. The answer
   * rejects with a {@linkcode WorkerLostError} where the worker ended. Once `signal` is aborted it is not wanted, which the
   * worker is told; the call is over when it has answered.
   */
  call(call: WorkerCall, { transfer, signal, onMade }: CallOptions): Promise<void> {
    const id = this.#next++;
    this.#post({ ...call, id }, transfer);
    const { promise, ...answer } = Promise.withResolvers<void>();
    const left = call.type === "transform" ? call.samples.length : 1;
    this.#calls.set(id, { ...answer, type: call.type, onMade, left });
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
      case "made":
        return this.#takeMade(reply);
      case "gone": {
        const { how, error } = reply;
        const cause = error && receivedError(error);
        const words = cause instanceof Error ? `: ${cause.message}` : cause === undefined ? "" : `: ${cause}`;
        return this.#lose(new WorkerLostError(`the worker ended: ${how}${words}`, { cause }));
      }
    }
  }

  #takeMade({ id, places, values, failed, isLost = false, moved, bytes, ms }: MadeReply): void {
    const call = this.#calls.get(id);
    if (!call) return;
    this.#onBusy(call.type, ms, places.length);
    const errors = new Map(failed.map(([place, error]) => [place, receivedError(error)]));
    if (isLost) {
      const lost = new WorkerLostError("the worker's answer could not be sent");
      for (const place of places) errors.set(place, lost);
    }
    call.onMade({ places, values, failed: errors, moved, bytes });
    call.left -= places.length;
    if (call.left === 0) call.resolve();
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
