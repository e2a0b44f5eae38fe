import { AbortableQueue } from "../concurrency/abortable_queue.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { ObjectInfo, ResolvedRange } from "../contract/types.ts";

/** Asks for the bytes from `offset` on, to the end of the read; fails unless the object is still as it was. */
export type Reopen = (
  offset: number,
  length: number,
  signal: AbortSignal | undefined,
) => Promise<GetResult>;

/**
 * The bytes of one answer, given out as if each chunk had been asked for by itself: for objects that bear nothing by which
 * several requests could be held to one content. Chunks have their turn in order.
 */
export class SingleBody {
  readonly #info: ObjectInfo;
  readonly #end: number;
  readonly #reopen: Reopen;
  /** Each wants the bytes before an offset to be read. */
  readonly #waiting = new AbortableQueue<void, number>();
  #body: GetResult | undefined;
  #position: number;

  /** Takes the answer over. */
  constructor(body: GetResult, reopen: Reopen) {
    this.#body = body;
    this.#info = body.info;
    this.#position = body.range.offset;
    this.#end = body.range.offset + body.range.length;
    this.#reopen = reopen;
  }

  /** Resolves when it is the turn of the chunk at `offset`; rejects when `signal` is aborted before. */
  turn(offset: number, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#position >= offset) return undefined;
    return this.#waiting.wait(offset, signal);
  }

  /** The next bytes as an answer of their own; the rest is asked for again where the answer broke off. */
  async view({ offset, length }: ResolvedRange, signal: AbortSignal | undefined): Promise<GetResult> {
    this.#body ??= await this.#reopen(offset, this.#end - offset, signal);
    return new BodyView(this, this.#info, { offset, length }, signal);
  }

  /** Reads the next bytes. */
  async read(target: Uint8Array, onBytes: (count: number) => void): Promise<number> {
    const body = this.#body;
    if (!body) throw new TypeError("Cannot read: the body is given up");
    const before = body.bytesRead;
    try {
      return await body.readInto(target);
    } catch (error) {
      this.#body = undefined;
      throw error;
    } finally {
      // Right also after a failure.
      const count = body.bytesRead - before;
      this.#position += count;
      onBytes(count);
      while (this.#waiting.give(undefined, (offset) => offset <= this.#position));
    }
  }

  /** Gives the answer up. */
  async cancel(reason?: unknown): Promise<void> {
    const body = this.#body;
    this.#body = undefined;
    await body?.cancel(reason);
  }
}

class BodyView implements GetResult {
  readonly info: ObjectInfo;
  readonly range: ResolvedRange;
  bytesRead = 0;
  readonly #single: SingleBody;
  readonly #signal: AbortSignal | undefined;

  constructor(
    single: SingleBody,
    info: ObjectInfo,
    range: ResolvedRange,
    signal: AbortSignal | undefined,
  ) {
    this.#single = single;
    this.info = info;
    this.range = range;
    this.#signal = signal;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    throw new TypeError("Cannot stream a chunk: it is read into a buffer");
  }

  async readInto(target: Uint8Array): Promise<number> {
    const wanted = target.subarray(0, this.range.length - this.bytesRead);
    if (wanted.length === 0) return 0;
    const count = await this.#single.read(wanted, (count) => this.bytesRead += count);
    if (this.bytesRead === this.range.length) this.#leave();
    return count;
  }

  async cancel(reason?: unknown): Promise<void> {
    this.#leave();
    if (this.bytesRead < this.range.length) await this.#single.cancel(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  readonly #onAbort = (): void => void this.#single.cancel(this.#signal?.reason);

  #leave(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
