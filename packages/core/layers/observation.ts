import type { Clock } from "../time/clock.ts";
import type { DeleteResult, ResolvedRange } from "../contract/types.ts";
import type { ObservedCall, ObserveOptions, StoreEvent, StoreObserver } from "./store_event.ts";

/** One observed call: it reports its start once it may begin, and its end once. */
export class Observation {
  /** The range that was answered. */
  range: ResolvedRange | undefined;
  /** Bytes so far. */
  bytes = 0;
  readonly #observer: StoreObserver;
  readonly #clock: Clock;
  readonly #ready: ObserveOptions["ready"];
  #call: ObservedCall;
  #firstMs: number | undefined;
  #entries = 0;
  #isStarted = false;
  #ended = false;
  #signal: AbortSignal | undefined;

  constructor(
    observer: StoreObserver,
    clock: Clock,
    call: Omit<ObservedCall, "startedAt" | "startedMs">,
    { ready }: ObserveOptions,
  ) {
    this.#observer = observer;
    this.#clock = clock;
    this.#ready = ready;
    this.#call = { ...call, startedAt: 0, startedMs: 0 };
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
    const starting = this.#startInTurn();
    if (starting) await starting;
    try {
      return await call();
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  /** Passes entries on and counts them. */
  async *entries<T>(
    list: () => AsyncIterable<T>,
    onEntry: (entry: T) => void = () => {},
  ): AsyncGenerator<T, void, void> {
    const starting = this.#startInTurn();
    if (starting) await starting;
    try {
      for await (const entry of list()) {
        this.#entries++;
        this.markFirst();
        onEntry(entry);
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
    this.#firstMs ??= this.#elapsedMs;
  }

  /** Tells what became of one of the objects of `deleteMany`. */
  deleted(result: DeleteResult): void {
    this.#tell({ type: "deleted", ...this.#call, result, durationMs: this.#elapsedMs });
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

  /** Starts, unless it has: now, or where there is something to wait for, behind that. */
  #startInTurn(): Promise<void> | undefined {
    if (this.#isStarted) return undefined;
    const turn = this.#ready?.();
    return turn ? turn.then(() => this.#start()) : void this.#start();
  }

  #start(): void {
    this.#isStarted = true;
    const clock = this.#clock;
    this.#call = { ...this.#call, startedAt: clock.now(), startedMs: clock.monotonicMs() };
    this.#tell({ type: "started", ...this.#call });
  }

  get #elapsedMs(): number {
    return this.#clock.monotonicMs() - this.#call.startedMs;
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
      durationMs: this.#elapsedMs,
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
