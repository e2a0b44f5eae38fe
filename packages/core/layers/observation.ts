import type { Clock } from "../time/clock.ts";
import type { ResolvedRange } from "../contract/types.ts";
import type { ObservedCall, StoreEvent, StoreObserver } from "./store_event.ts";

/** One observed call: it reports its start when it is made, and its end once. */
export class Observation {
  /** The range that was answered. */
  range: ResolvedRange | undefined;
  /** Bytes so far. */
  bytes = 0;
  readonly #observer: StoreObserver;
  readonly #clock: Clock;
  readonly #call: ObservedCall;
  readonly #startMs: number;
  #firstMs: number | undefined;
  #entries = 0;
  #ended = false;
  #signal: AbortSignal | undefined;

  constructor(observer: StoreObserver, clock: Clock, call: Omit<ObservedCall, "startedAt">) {
    this.#observer = observer;
    this.#clock = clock;
    this.#call = { ...call, startedAt: clock.now() };
    this.#startMs = clock.monotonicMs();
    this.#tell({ type: "started", ...this.#call });
  }

  /** Runs a call that ends with its promise. */
  async run<T>(call: () => Promise<T>, bytes: (value: T) => number = () => 0): Promise<T> {
    const value = await this.begin(call);
    this.bytes = bytes(value);
    this.finish();
    return value;
  }

  /** Runs a call whose success is only the beginning. */
  async begin<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  /** Passes entries on and counts them. */
  async *entries<T>(list: () => AsyncIterable<T>): AsyncGenerator<T, void, void> {
    try {
      for await (const entry of list()) {
        this.#entries++;
        this.markFirst();
        yield entry;
      }
      this.finish();
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      this.finish(true);
    }
  }

  /** Notes the time of the first bytes or entry. */
  markFirst(): void {
    this.#firstMs ??= this.#clock.monotonicMs() - this.#startMs;
  }

  /** Fails the call when the signal is aborted, also where nobody touches its result any more. */
  failOnAbort(signal: AbortSignal | undefined): void {
    this.#signal = signal;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Ends the call well. */
  finish(cancelled = false): void {
    if (this.#end()) this.#tell({ type: "finished", ...this.#outcome(), cancelled });
  }

  /** Ends the call with an error. */
  fail(error: unknown): void {
    if (this.#end()) this.#tell({ type: "failed", ...this.#outcome(), error });
  }

  readonly #onAbort = (): void => this.fail(this.#signal?.reason);

  #end(): boolean {
    if (this.#ended) return false;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    return this.#ended = true;
  }

  #outcome() {
    return {
      ...this.#call,
      durationMs: this.#clock.monotonicMs() - this.#startMs,
      ...(this.#firstMs !== undefined && { timeToFirstByteMs: this.#firstMs }),
      ...(this.range && { range: this.range }),
      bytes: this.bytes,
      entries: this.#entries,
    };
  }

  #tell(event: StoreEvent): void {
    try {
      this.#observer(event);
    } catch (error) {
      // Thrown where nothing can catch it, it is reported like an error of an event listener.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
