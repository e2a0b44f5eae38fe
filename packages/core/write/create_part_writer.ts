import type { PartWriter } from "../contract/part_writer.ts";
import type { PutResult } from "../contract/types.ts";
import type { ObjectPart, PartSink } from "./part_sink.ts";
import { reportLeftover } from "./report_leftover.ts";

/** What {@linkcode createPartWriter} puts together. */
export interface PartWriterParts {
  /** Bytes of the whole object. */
  readonly size: number;
  /** Bytes of a part. */
  readonly partSize: number;
  /** Takes the parts. */
  readonly sink: PartSink;
  /** Ends the writer; pending and later calls reject with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a {@linkcode PartWriter} of a sink: it checks that every part is written once and whole, ends everything with
 * the first failure, waits for what is under way, and finishes or drops the sink exactly once.
 */
export function createPartWriter(parts: PartWriterParts): PartWriter {
  return new SinkWriter(parts);
}

class SinkWriter implements PartWriter {
  readonly size: number;
  readonly partSize: number;
  readonly partCount: number;
  readonly #sink: PartSink;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = new AbortController();
  readonly #begun = new Set<number>();
  readonly #underWay = new Set<Promise<void>>();
  #bytesWritten = 0;
  #closing: Promise<PutResult> | undefined;
  #finishing: Promise<PutResult> | undefined;
  #closed = false;
  #failure: { readonly reason: unknown } | undefined;
  #dropping: Promise<void> | undefined;
  #leftover: { readonly error: unknown } | undefined;

  constructor({ size, partSize, sink, signal }: PartWriterParts) {
    this.size = size;
    this.partSize = partSize;
    this.partCount = Math.ceil(size / partSize);
    this.#sink = sink;
    this.#signal = signal;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get concurrency(): number {
    return this.#sink.concurrency;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  async writePart(index: number, bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure.reason;
    if (this.#closing) throw new TypeError("Cannot write a part: the writer is closed");
    try {
      const part = this.#begin(index, bytes);
      const writing = this.#write(part, bytes).finally(() => this.#underWay.delete(writing));
      this.#underWay.add(writing);
      await writing;
    } catch (error) {
      throw await this.#failed(error);
    }
    if (this.#failure) throw (this.#failure as { readonly reason: unknown }).reason;
  }

  close(): Promise<PutResult> {
    return this.#closing ??= this.#close();
  }

  async abort(reason?: unknown): Promise<void> {
    if (this.#closed) return;
    this.#fail(reason ?? new DOMException("The writer was aborted", "AbortError"));
    await this.#dropping;
    const leftover = this.#leftover;
    this.#leftover = undefined;
    if (leftover) throw leftover.error;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  /** Writes a part; its failure has ended the writer by the time this settles, so that no `close` overlooks it. */
  async #write(part: ObjectPart, bytes: Uint8Array): Promise<void> {
    try {
      await this.#sink.write(part, bytes, this.#stop.signal);
      this.#bytesWritten += part.length;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #begin(index: number, bytes: Uint8Array): ObjectPart {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("Cannot write a part: a Uint8Array is needed");
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.partCount) {
      throw new RangeError(`Cannot write part ${index}: the object has ${this.partCount}, counted from 0`);
    }
    const offset = index * this.partSize;
    const length = Math.min(this.partSize, this.size - offset);
    if (bytes.length !== length) {
      throw new RangeError(
        `Cannot write part ${index}: it has ${bytes.length} bytes where ${length} are due`,
      );
    }
    if (this.#begun.has(index)) throw new RangeError(`Cannot write part ${index}: it was written before`);
    this.#begun.add(index);
    return { index, offset, length };
  }

  async #close(): Promise<PutResult> {
    try {
      await Promise.allSettled(this.#underWay);
      if (this.#failure) throw this.#failure.reason;
      if (this.#begun.size < this.partCount) {
        let missing = 0;
        while (this.#begun.has(missing)) missing++;
        throw new TypeError(`Cannot close: part ${missing} of ${this.partCount} was not written`);
      }
      const result = await (this.#finishing = this.#sink.finish(this.#stop.signal));
      this.#closed = true;
      this.#signal?.removeEventListener("abort", this.#onAbort);
      return result;
    } catch (error) {
      throw await this.#failed(error);
    }
  }

  /** Ends the writer with an error and gives what its callers see: the first one, and what stays behind with it. */
  async #failed(error: unknown): Promise<unknown> {
    this.#fail(error);
    // Whoever aborts by a signal is not kept waiting; `abort` and disposal wait for what is still to be removed.
    if (!this.#signal?.aborted) await this.#dropping;
    if (this.#failure && this.#leftover) {
      const reason = reportLeftover(this.#failure.reason, this.#leftover.error);
      if (reason !== this.#failure.reason) {
        this.#failure = { reason };
        this.#leftover = undefined;
      }
    }
    return this.#failure?.reason;
  }

  #fail(reason: unknown): void {
    if (this.#failure) return;
    this.#failure = { reason };
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#stop.abort(reason);
    this.#dropping = this.#drop();
  }

  /** An object that became visible all the same, because its finish was past the point of return, stays. */
  async #drop(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    try {
      await this.#finishing;
      if (this.#finishing) return;
    } catch {
      // The finish failed and told so.
    }
    try {
      await this.#sink.drop();
    } catch (error) {
      this.#leftover = { error };
    }
  }

  readonly #onAbort = (): void => this.#fail(this.#signal?.reason);
}
