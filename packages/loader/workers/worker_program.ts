import type { packValue as Pack } from "./pack_value.ts";
import type { SentError, WorkerCall, WorkerMessage, WorkerReply } from "./worker_messages.ts";

/** A worker's own global object, as far as its program uses it. */
export interface WorkerScope {
  postMessage(reply: WorkerReply, transfer?: Transferable[]): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  close(): void;
}

/**
 * What a worker runs. Its text is sent to the worker, so it uses nothing from outside but its parameters. A call that waits lets
 * the next one begin; calls that do not wait are done one after the other.
 */
export function sampleWorkerProgram(scope: WorkerScope, packValue: typeof Pack): void {
  type Work = (...given: unknown[]) => unknown;
  type Call = WorkerCall & { readonly id: number };
  const end = scope.close.bind(scope);
  const post = scope.postMessage.bind(scope);
  const running = new Map<number, AbortController>();
  const work: { transform?: Work; collate?: Work } = {};
  const words = { transform: "", collate: "" };
  let loaded: Promise<void> | undefined;
  let since = 0;

  const sent = (error: unknown, depth = 0): SentError => {
    if (!(error instanceof Error)) {
      let value: unknown = String(error);
      try {
        value = packValue(error, { copies: true }).value;
      } catch {
        // It is told in words.
      }
      return { isError: false, value, name: "Error", message: String(error) };
    }
    const { name, message, stack, cause } = error;
    const plain = Object.entries(error).filter(([, value]) =>
      /^(?:string|number|boolean)$/.test(typeof value)
    );
    return {
      isError: true,
      name: String(name),
      message: String(message),
      stack,
      ...(cause !== undefined && depth < 4 && { cause: sent(cause, depth + 1) }),
      more: Object.fromEntries(plain),
    };
  };

  const gone = (how: string, error?: unknown) =>
    post({ type: "gone", how, ...(error !== undefined && { error: sent(error) }) });

  const load = async (message: Extract<WorkerMessage, { readonly type: "load" }>) => {
    for (const kind of ["transform", "collate"] as const) {
      const named = message[kind];
      if (!named) continue;
      words[kind] = named.words;
      try {
        const found = (await import(named.url))[named.name];
        if (typeof found !== "function") {
          throw new TypeError(
            found === undefined ? "the module has no such export" : `it is no function, but ${typeof found}`,
          );
        }
        work[kind] = found;
      } catch (error) {
        post({ type: "unloadable", of: kind, error: sent(error) });
        return;
      }
    }
    post({ type: "ready" });
  };

  /** The numbers of `randomSequence()`. */
  const randomOf = ([a, b, c, d]: readonly [number, number, number, number]) => {
    let next = 0;
    const mix = (x: number) => {
      x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
      x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
      return (x ^ (x >>> 15)) >>> 0;
    };
    const bits = (index: number) => {
      const low = index >>> 0;
      const high = Math.floor(index / 2 ** 32) >>> 0;
      const x = mix((low ^ a) + Math.imul(high, 0x9e3779b9) | 0);
      const y = mix((x ^ b) + high + c | 0);
      return mix(x + y ^ d ^ low);
    };
    return () => {
      const index = next++;
      return ((bits(index * 2) >>> 5) * 2 ** 26 + (bits(index * 2 + 1) >>> 6)) / 2 ** 53;
    };
  };

  const made = (call: Call, signal: AbortSignal): unknown => {
    if (call.type === "collate") {
      return work.collate?.(call.samples, (bytes: number) => new Uint8Array(bytes));
    }
    const { sample, index, epoch, key } = call;
    let random: (() => number) | undefined;
    return work.transform?.(sample, { index, epoch, signal, random: () => (random ??= randomOf(key))() });
  };

  const spent = () => {
    const now = performance.now();
    const ms = now - since;
    since = now;
    return ms;
  };

  const pack = (value: unknown, copies: boolean, type: "transform" | "collate") => {
    try {
      return packValue(value, { copies });
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new TypeError(`Cannot send back what ${words[type]} gave: ${what}`);
    }
  };

  const answer = (id: number, value: unknown, type: "transform" | "collate") => {
    for (const copies of [false, true]) {
      const packed = pack(value, copies, type);
      const { moved, bytes } = packed;
      try {
        post({ type: "made", id, value: packed.value, moved, bytes, ms: spent() }, moved);
        return;
      } catch (error) {
        // Memory of WebAssembly cannot be moved, which is only seen when it is tried.
        if (copies) throw error;
      }
    }
  };

  const run = async (call: Call) => {
    const { id } = call;
    const stop = new AbortController();
    if (running.size === 0) since = performance.now();
    running.set(id, stop);
    try {
      const value = made(call, stop.signal);
      // What is there at once goes at once: the next call may use the same memory.
      const isLater = typeof (value as { then?: unknown } | null | undefined)?.then === "function";
      answer(id, isLater ? await value : value, call.type);
    } catch (error) {
      post({ type: "failed", id, error: sent(error), ms: spent() });
    } finally {
      running.delete(id);
    }
  };

  // What a module does to end its worker is told, since nothing else tells it.
  const leave = (how: string) => (...given: unknown[]) => {
    gone(`${how}(${given.map(String).join(", ")}) was called in it`);
    end();
  };
  Object.defineProperty(scope, "close", { value: leave("close"), configurable: true });
  // What a module says and hears as a worker is nobody's, and is not taken for what its owner and this program say.
  Object.defineProperty(scope, "postMessage", { value: () => {}, configurable: true, writable: true });
  const deno = (scope as unknown as { Deno?: object }).Deno;
  if (deno) Object.defineProperty(deno, "exit", { value: leave("Deno.exit"), configurable: true });
  for (const type of ["error", "unhandledrejection"]) {
    scope.addEventListener(type, (event) => {
      event.preventDefault();
      const { error, reason } = event as ErrorEvent & PromiseRejectionEvent;
      gone("an error was not caught in it", error ?? reason);
      end();
    });
  }
  scope.addEventListener("message", (event) => {
    event.stopImmediatePropagation();
    const { data } = event as MessageEvent<WorkerMessage>;
    if (data.type === "load") loaded = load(data);
    else if (data.type === "abort") {
      running.get(data.id)?.abort(new DOMException("The sample is not wanted any more", "AbortError"));
    } else if (data.type === "end") {
      for (const stop of running.values()) stop.abort(new DOMException("The loop was left", "AbortError"));
      const whenIdle = () => {
        if (running.size > 0) return setTimeout(whenIdle, 1);
        gone("it was ended");
        end();
      };
      whenIdle();
    } else loaded?.then(() => run(data));
  });
}
