import type { Clock } from "@lade/core/backend";
import { crc32cOfPosted, crc32cToPost } from "@lade/codec/checksum";
import { type SourceWorker, startSourceWorker } from "@lade/core/concurrency";
import type { ReaderOrder, ReaderReply } from "./reader_messages.ts";
import { readerProgram } from "./reader_program.ts";

/** What a reader read: where the buffer is now, and how long each read took, negative where it was not read. */
export type ReaderAnswer = Omit<Extract<ReaderReply, { readonly type: "read" }>, "type" | "id">;

/** How long it stays without a loop: it keeps the process from ending. */
const IDLE_MS = 250;
/** Orders of a loop that came back mostly unread, after which it is of no use: its files are not cached, or no core is free. */
const MOST_FAILURES = 3;

/**
 * A second thread that fills the memory of batches with what is cached, while this one does so with others. It is started
 * when it pays. Memory is moved there and back, so that only one thread has it at a time.
 */
export class Reader {
  readonly #clock: Clock;
  readonly #start: typeof startSourceWorker;
  readonly #orders = new Map<number, (answer: ReaderAnswer | undefined) => void>();
  #worker: SourceWorker | undefined;
  #program: string | undefined;
  #isReady = false;
  /** Whether it was sent what it takes checksums with. */
  #hasKernel = false;
  /** Whether there can be none. */
  #isRefused = false;
  #failures = 0;
  #next = 0;
  #idle: AbortController | undefined;
  #onReady: () => void = () => {};

  /** Starts nothing yet. */
  constructor(clock: Clock, start = startSourceWorker) {
    this.#clock = clock;
    this.#start = start;
  }

  /** Whether there is one, if only starting. */
  get isThere(): boolean {
    return this.#worker !== undefined;
  }

  /** Whether it takes orders of a store's program. */
  takes(program: string): boolean {
    return this.#isReady && this.#program === program;
  }

  /** Whether it takes orders. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Starts it where it can be, which holds this thread for some 10 ms; `onReady` is told once it takes orders. */
  start(program: string): void {
    if (this.#worker || this.#isRefused || this.#failures >= MOST_FAILURES) return;
    let worker: SourceWorker;
    try {
      worker = this.#start(`(${readerProgram})(globalThis, ${program}, ${crc32cOfPosted});`, "lade reader");
    } catch {
      this.#isRefused = true;
      return;
    }
    this.#worker = worker;
    this.#hasKernel = false;
    this.#program = program;
    worker.onmessage = ({ data }: MessageEvent<ReaderReply>) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#refuse();
    };
    worker.onmessageerror = () => this.#refuse();
  }

  /** Who is told that it takes orders. */
  set onReady(told: () => void) {
    this.#onReady = told;
  }

  /** Has it take checksums with the orders to come, where it can. */
  takeChecksums(): void {
    if (!this.#worker || this.#hasKernel) return;
    this.#hasKernel = true;
    const kernel = crc32cToPost();
    if (kernel) this.#worker.postMessage({ kernel });
  }

  /** Has it read. There is no answer, and the buffer is lost, where it ends before that. */
  read(order: Omit<ReaderOrder, "id">): Promise<ReaderAnswer | undefined> {
    if (!this.#worker) return Promise.resolve(undefined);
    const id = this.#next++;
    const { promise, resolve } = Promise.withResolvers<ReaderAnswer | undefined>();
    this.#orders.set(id, resolve);
    this.#worker.postMessage({ ...order, id }, [order.buffer]);
    return promise;
  }

  /** Begins a loop. */
  begin(): void {
    this.#idle?.abort();
    this.#failures = 0;
  }

  /** Says that it read little of an order; after some it is ended, and not started again in this loop. */
  failed(): void {
    if (++this.#failures >= MOST_FAILURES) this.end();
  }

  /** Lets it wait for the next loop, for a while. */
  rest(): void {
    this.#idle?.abort();
    if (!this.#worker) return;
    const { signal } = this.#idle = new AbortController();
    this.#clock.sleep(IDLE_MS, signal).then(() => this.end(), () => {});
  }

  /** Ends it; it may be started again. */
  end(): void {
    this.#idle?.abort();
    this.#isReady = false;
    this.#worker?.terminate();
    this.#worker = undefined;
    const lost = [...this.#orders.values()];
    this.#orders.clear();
    for (const resolve of lost) resolve(undefined);
  }

  #take(reply: ReaderReply): void {
    if (reply.type === "ready") {
      this.#isReady = true;
      this.#onReady();
      return;
    }
    const resolve = this.#orders.get(reply.id);
    this.#orders.delete(reply.id);
    resolve?.(reply);
  }

  /** One that cannot be, or that broke, is not tried again. */
  #refuse(): void {
    this.#isRefused = true;
    this.end();
  }
}
