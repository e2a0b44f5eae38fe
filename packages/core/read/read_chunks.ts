import type { BufferPool, Slab } from "../buffers/buffer_pool.ts";
import type { BudgetLease } from "../context/byte_budget.ts";
import { takeOptions } from "../conditions/take_options.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectInfo, ResolvedRange } from "../contract/types.ts";
import { ObjectRead } from "./object_read.ts";
import { checkReadOptions, type ReadOptions, type ReadResult } from "./read_options.ts";

/** An object being read chunk by chunk, in order, a few chunks ahead of its reader. */
export interface ChunkedRead extends AsyncIterable<Uint8Array<ArrayBuffer>>, AsyncDisposable {
  /** What the store says of the whole object. */
  readonly info: ObjectInfo;
  /** The bytes that are read, within the object. */
  readonly range: ResolvedRange;
  /**
   * Yields the chunks in order, once. Each is valid until the next one is asked for: its buffer is then reused.
   * Checksums are compared before the last chunk is handed out.
   */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array<ArrayBuffer>, ReadResult>;
}

interface Slot {
  readonly index: number;
  readonly chunk: ResolvedRange;
  readonly slab: Slab;
  readonly lease: BudgetLease;
  readonly fetched: Promise<void>;
}

/**
 * Opens an object to be read in order, in chunks that are fetched concurrently into reused buffers.
 *
 * At most `concurrency` chunks are held together, all counted in the context's byte budget. Where that is `"auto"`, as
 * many are held as may be in flight and a few more, and up to twice as many while the reader waits for the next one. A
 * reader that pauses stops the fetching. Leaving the iteration early, or disposing, aborts what is in flight and frees every buffer.
 */
export async function readChunks(
  store: ObjectStore,
  key: string,
  given?: ReadOptions,
): Promise<ChunkedRead> {
  const options = takeOptions(given);
  checkReadOptions(options);
  const read = new OrderedRead(store, await ObjectRead.open(store, key, options), options);
  try {
    read.fill();
    return read;
  } catch (error) {
    await read[Symbol.asyncDispose]();
    throw error;
  }
}

class OrderedRead implements ChunkedRead {
  readonly #store: ObjectStore;
  readonly #read: ObjectRead;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #fixedDepth: number | undefined;
  readonly #slots: Slot[] = [];
  #next = 0;
  #started = false;
  /** The indexes of the chunks that are being fetched. */
  readonly #inFlight = new Set<number>();
  /** The index of the chunk that the reader waits for. */
  #awaited: number | undefined;
  readonly #forget: () => void;

  constructor(store: ObjectStore, read: ObjectRead, options: ReadOptions) {
    this.#store = store;
    this.#read = read;
    const { concurrency = "auto", signal } = options;
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    this.#fixedDepth = concurrency === "auto" ? store.readHints.sequentialConcurrency : concurrency;
    this.#forget = store.limits.read.onRise(() => this.#fillIfAwaited());
  }

  get info(): ObjectInfo {
    return this.#read.info;
  }

  get range(): ResolvedRange {
    return this.#read.range;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>, ReadResult> {
    if (this.#started) throw new TypeError("Cannot read the chunks again: they are read once");
    this.#started = true;
    try {
      let result: ReadResult | undefined;
      for (let slot = this.#slots[0]; slot; slot = this.#slots[0]) {
        await this.#arrival(slot);
        if (this.#read.isLast(slot.chunk)) result = await this.#read.finish();
        if (slot.chunk.length > 0) yield slot.slab.bytes.subarray(0, slot.chunk.length);
        this.#slots.shift();
        free(slot);
        this.#signal.throwIfAborted();
        this.fill();
      }
      return result ?? await this.#read.finish();
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#started = true;
    this.#next = Infinity;
    this.#awaited = undefined;
    this.#forget();
    if (this.#slots.length > 0) this.#stop.abort(new DOMException("The read was given up", "AbortError"));
    for (const slot of this.#slots.splice(0)) {
      await slot.fetched.catch(() => {});
      free(slot);
    }
    await this.#read.close();
  }

  /** Starts chunks until enough are held. The next chunk in order always gets a buffer; read-ahead only within the budget. */
  fill(): void {
    const { context } = this.#store;
    while (this.#wantsMore()) {
      const chunk = this.#read.chunkAt(this.#next);
      if (!chunk) return;
      const lease = this.#slots.length > 0
        ? context.budget.tryAcquire(chunk.length)
        : context.budget.overdraw(chunk.length);
      if (!lease) return;
      const slab = slabOf(context.buffers, lease, chunk.length);
      const index = this.#next++;
      const fetched = this.#fetch(index, slab.bytes.subarray(0, chunk.length));
      fetched.catch(() => {});
      this.#slots.push({ index, chunk, slab, lease, fetched });
    }
  }

  /**
   * Chunks that wait behind one that is late count only while the reader has something to read: what they leave free is
   * used meanwhile.
   */
  #wantsMore(): boolean {
    const depth = this.#fixedDepth ?? withReserve(this.#store.limits.read.current);
    if (this.#slots.length < depth) return true;
    if (this.#fixedDepth !== undefined || this.#awaited === undefined) return false;
    return this.#inFlight.size < depth && this.#slots.length < 2 * depth;
  }

  async #fetch(index: number, target: Uint8Array): Promise<void> {
    this.#inFlight.add(index);
    try {
      await this.#read.fetch(index, target, this.#signal);
    } finally {
      this.#inFlight.delete(index);
      if (index === this.#awaited) this.#awaited = undefined;
    }
    this.#fillIfAwaited();
  }

  /** Reads further ahead for a reader that waits. Where there is no memory, it learns of that when it goes on. */
  #fillIfAwaited(): void {
    if (this.#awaited === undefined) return;
    try {
      this.fill();
    } catch {
      this.#awaited = undefined;
    }
  }

  async #arrival({ fetched, index }: Slot): Promise<void> {
    if (this.#inFlight.has(index)) this.#awaited = index;
    this.#fillIfAwaited();
    await fetched;
  }
}

/**
 * Some chunks more than may be in flight: what is being read leaves no gap, and a reader that keeps up has chunks wait
 * for their turn, from which the limit knows that more are wanted.
 */
function withReserve(inFlight: number): number {
  return inFlight + Math.ceil(inFlight / 4);
}

/** A buffer for bytes that are counted; where there is no memory they count no more. */
function slabOf(buffers: BufferPool, lease: BudgetLease, bytes: number): Slab {
  try {
    return buffers.lease(bytes);
  } catch (error) {
    lease.release();
    throw error;
  }
}

function free(slot: Slot): void {
  slot.slab.release();
  slot.lease.release();
}
