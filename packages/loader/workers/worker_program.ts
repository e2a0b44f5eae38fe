import type { RandomKey } from "../order/keyed_random.ts";
import type { ValuePacker, valuePacker as Packer } from "./pack_value.ts";
import type { SentError, WorkerCall, WorkerMessage, WorkerReply } from "./worker_messages.ts";

/** A worker's own global object, as far as its program uses it. */
export interface WorkerScope {
  postMessage(reply: WorkerReply, transfer?: Transferable[]): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  close(): void;
}

/**
 * What a worker runs. Its text is sent to the worker, so it uses nothing from outside but its parameters. Samples that wait let
 * the next ones begin; those that do not wait are done one after the other. What is made is told together, but no later than a
 * millisecond of work after it was, and at once where its memory is moved.
 */
export function sampleWorkerProgram(scope: WorkerScope, valuePacker: typeof Packer): void {
  type Work = (...given: unknown[]) => unknown;
  type Call = WorkerCall & { readonly id: number };
  /** A call that is not answered yet. */
  interface Running {
    readonly call: Call;
    /** Samples that are not told of. */
    left: number;
    /** Packs what is to be told. */
    readonly packer: ValuePacker;
    /** Of the samples that asked for their signal. */
    readonly stops: AbortController[];
    reason?: DOMException;
    /** What is to be told. */
    places: number[];
    values: unknown[];
    failed: (readonly [number, SentError])[];
  }
  type Failed = Running["failed"];
  const longMs = 1;
  const end = scope.close.bind(scope);
  const post = scope.postMessage.bind(scope);
  const running = new Map<number, Running>();
  /** Those that no call has. */
  const packers: ValuePacker[] = [];
  /** Memory in which several samples may lie: what is made of one of them moves none of it. */
  const shared = new WeakSet<ArrayBufferLike>();
  const work: { transform?: Work; collate?: Work } = {};
  const words = { transform: "", collate: "" };
  let loaded: Promise<void> | undefined;
  let since = 0;

  const wordsOf = (value: unknown) => {
    try {
      return String(value);
    } catch {
      return "what was thrown has no words";
    }
  };

  const sent = (error: unknown, depth = 0): SentError => {
    try {
      return sentOf(error, depth);
    } catch (cause) {
      // It throws where it is read.
      return { isError: true, name: "Error", message: `what was thrown cannot be read: ${wordsOf(cause)}` };
    }
  };

  const sentOf = (error: unknown, depth: number): SentError => {
    if (!(error instanceof Error)) {
      const message = wordsOf(error);
      let value: unknown = message;
      try {
        value = valuePacker().pack(error, { copies: true });
      } catch {
        // It is told in words.
      }
      return { isError: false, value, name: "Error", message };
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

  const contextOf = ({ stops, reason }: Running, index: number, epoch: number, key: RandomKey) => {
    let random: (() => number) | undefined;
    let stop: AbortController | undefined;
    return {
      index,
      epoch,
      // To make one takes longer than many a transformation.
      get signal() {
        if (!stop) {
          stops.push(stop = new AbortController());
          if (reason) stop.abort(reason);
        }
        return stop.signal;
      },
      random: () => (random ??= randomOf(key))(),
    };
  };

  const made = (one: Running, place: number): unknown => {
    const { call } = one;
    if (call.type === "collate") {
      return work.collate?.(call.samples, (bytes: number) => new Uint8Array(bytes));
    }
    const { samples, indices, epoch, keys } = call;
    const [a = 0, b = 0, c = 0, d = 0] = keys.subarray(place * 4, place * 4 + 4);
    return work.transform?.(samples[place], contextOf(one, indices[place] ?? 0, epoch, [a, b, c, d]));
  };

  const abort = (one: Running, words: string) => {
    one.reason = new DOMException(words, "AbortError");
    for (const stop of one.stops) stop.abort(one.reason);
  };

  const spent = () => {
    const now = performance.now();
    const ms = now - since;
    since = now;
    return ms;
  };

  /** So many more of its samples are told of. */
  const close = (one: Running, count: number) => {
    one.left -= count;
    if (one.left > 0) return;
    running.delete(one.call.id);
    packers.push(one.packer);
  };

  const tellLost = (id: number, places: number[]) =>
    post({
      type: "made",
      id,
      places,
      values: [],
      failed: [],
      isLost: true,
      moved: [],
      bytes: 0,
      ms: spent(),
    });

  /** Whether a module moved memory away in which other samples of the call lie as well. */
  const isSpoilt = ({ call }: Running) =>
    call.type === "transform" && call.samples.length > 1 && call.shared.some(({ detached }) => detached);

  const lose = (one: Running, places: number[]) => {
    close(one, places.length);
    tellLost(one.call.id, places);
  };

  const tell = (one: Running) => {
    const { call: { id }, packer, places, values, failed } = one;
    if (places.length === 0) return;
    one.places = [];
    one.values = [];
    one.failed = [];
    close(one, places.length);
    const { moved, bytes } = packer.take();
    try {
      post({ type: "made", id, places, values, failed, moved, bytes, ms: spent() }, moved);
    } catch {
      // Memory of WebAssembly cannot be moved, which is only seen when it is tried, as is what cannot be sent.
      if (places.length > 1 && moved.some(({ detached }) => detached)) tellLost(id, places);
      else for (const [at, place] of places.entries()) tellAlone(one, place, values[at], failed);
    }
  };

  const tellAlone = ({ call: { id }, packer }: Running, place: number, value: unknown, failed: Failed) => {
    const places = [place];
    const own = failed.filter(([at]) => at === place);
    try {
      const copy = packer.pack(value, { copies: true });
      const { moved, bytes } = packer.take();
      post({ type: "made", id, places, values: [copy], failed: own, moved, bytes, ms: spent() }, moved);
    } catch (error) {
      const failed = [[place, sent(error)]] as const;
      post({ type: "made", id, places, values: [undefined], failed, moved: [], bytes: 0, ms: spent() });
    }
  };

  const give = (one: Running, place: number, value: unknown) => {
    const { call } = one;
    let packed: unknown;
    try {
      // The module may change what it gave before that is told.
      const apart = call.type === "transform" && call.samples.length > 1;
      packed = one.packer.pack(value, { stay: shared, apart });
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new TypeError(`Cannot send back what ${words[call.type]} gave: ${what}`);
    }
    one.places.push(place);
    one.values.push(packed);
  };

  const fail = (one: Running, place: number, error: unknown) => {
    one.places.push(place);
    one.values.push(undefined);
    one.failed.push([place, sent(error)]);
  };

  const giveLater = async (one: Running, place: number, later: unknown) => {
    try {
      const value = await later;
      if (isSpoilt(one)) return lose(one, [place]);
      give(one, place, value);
    } catch (error) {
      if (isSpoilt(one)) return lose(one, [place]);
      fail(one, place, error);
    }
    if (one.packer.moves || one.places.length === one.left) return tell(one);
    // Together with what is there at the same moment.
    if (one.places.length === 1) queueMicrotask(() => tell(one));
  };

  const run = (call: Call) => {
    const left = call.type === "collate" ? 1 : call.samples.length;
    const packer = packers.pop() ?? valuePacker();
    const one: Running = { call, left, packer, stops: [], places: [], values: [], failed: [] };
    if (running.size === 0) since = performance.now();
    running.set(call.id, one);
    if (call.type === "transform") { for (const memory of call.shared) shared.add(memory); }
    for (let place = 0; place < left; place++) {
      if (isSpoilt(one)) {
        tell(one);
        return lose(one, Array.from({ length: left - place }, (_, i) => place + i));
      }
      try {
        const value = made(one, place);
        const isLater = typeof (value as { then?: unknown } | null | undefined)?.then === "function";
        // What is there at once is packed at once: the next sample may use the same memory.
        if (isLater) void giveLater(one, place, value);
        else give(one, place, value);
      } catch (error) {
        fail(one, place, error);
      }
      if (packer.moves || performance.now() - since > longMs) tell(one);
    }
    tell(one);
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
      const one = running.get(data.id);
      if (one) abort(one, "The sample is not wanted any more");
    } else if (data.type === "end") {
      for (const one of running.values()) abort(one, "The loop was left");
      const whenIdle = () => {
        if (running.size > 0) return setTimeout(whenIdle, 1);
        gone("it was ended");
        end();
      };
      whenIdle();
    } else loaded?.then(() => run(data));
  });
}
