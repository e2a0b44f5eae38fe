import {
  type AdaptiveLimit,
  type ObjectWriter,
  type PutResult,
  QuotaExceededError,
  reportLeftover,
  type StoreContext,
  type WriterOptions,
} from "@lade/core/backend";
import { type MultipartParts, MultipartUpload } from "./multipart_upload.ts";
import { PartBuffer } from "./part_buffer.ts";
import { PartSender } from "./part_sender.ts";
import { evenPartSize, growingPartSize } from "./part_size.ts";
import { putObject } from "./put_object.ts";

/** What an {@linkcode S3Writer} needs. */
export interface S3WriterParts extends MultipartParts {
  /** Budget and buffers. */
  readonly context: StoreContext;
  /** Bounds the parts on their way. */
  readonly limit: AdaptiveLimit;
  /** Bytes of a part. */
  readonly partSize: number;
  /** What the caller asked for. */
  readonly options: WriterOptions;
}

/** Bytes of an object that is written while multipart is off, at most: it has to fit into one buffer. */
export const MAX_SINGLE_BYTES = 2 ** 31;

/**
 * Writes one object: in a single PUT while it is small, in parts as they fill up beyond that. Holds at most
 * `partSize` bytes for each part on its way and for the one being filled.
 */
export class S3Writer implements ObjectWriter {
  readonly #parts: S3WriterParts;
  #buffer: PartBuffer | undefined;
  #creating: Promise<MultipartUpload> | undefined;
  #putting: Promise<PutResult> | undefined;
  #sender: PartSender | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #pending = 0;
  #bytesWritten = 0;
  #closing: Promise<PutResult> | undefined;
  #closed = false;
  #completing = false;
  #failure: { readonly reason: unknown } | undefined;
  #cleaning: Promise<void> | undefined;
  #leftover: { readonly error: unknown } | undefined;

  /** No I/O: the first request is made when there are more bytes than a single PUT is for, or by `close`. */
  constructor(parts: S3WriterParts) {
    this.#parts = parts;
    const { signal } = parts.options;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Bytes accepted so far. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Adds bytes; they are copied. Waits while all parts that may be on their way are. */
  write(chunk: Uint8Array): Promise<void> {
    if (this.#closing) return Promise.reject(new TypeError("Cannot write: the writer is closed"));
    // Nothing is under way and the bytes fit: no need to wait for a turn.
    if (
      this.#pending === 0 && !this.#failure && this.#buffer && chunk instanceof Uint8Array &&
      this.#buffer.length + chunk.length < this.#buffer.limit
    ) {
      this.#bytesWritten += this.#buffer.append(chunk);
      return Promise.resolve();
    }
    return this.#enqueue(() => this.#append(chunk));
  }

  /** Finishes the object. */
  close(): Promise<PutResult> {
    return this.#closing ??= this.#enqueue(() => this.#finish());
  }

  /** Ends the parts on their way and removes those that the service has. */
  async abort(reason?: unknown): Promise<void> {
    if (this.#completing) await this.#closing?.catch(() => {});
    if (this.#closed) return;
    await this.#fail(reason ?? new DOMException("The writer was aborted", "AbortError"));
    const leftover = this.#leftover;
    this.#leftover = undefined;
    if (leftover) throw leftover.error;
  }

  /** Aborts unless closed. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    this.#pending++;
    const run = this.#tail.then(async () => {
      try {
        this.#throwIfFailed();
        return await task();
      } catch (error) {
        const cleaned = this.#fail(error);
        // Whoever aborts by a signal is not kept waiting; `abort` and disposal wait for what is still to be removed.
        if (!this.#parts.options.signal?.aborted) await cleaned;
        this.#tellLeftover();
        throw this.#failure?.reason;
      } finally {
        this.#pending--;
      }
    });
    this.#tail = run.catch(() => {});
    return run;
  }

  async #append(chunk: Uint8Array): Promise<void> {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("Cannot write: a Uint8Array is needed");
    for (let at = 0; at < chunk.length;) {
      if (this.#buffer?.full) await this.#flush();
      this.#buffer ??= await this.#nextBuffer();
      const count = this.#buffer.append(at === 0 ? chunk : chunk.subarray(at));
      at += count;
      this.#bytesWritten += count;
      if (this.#buffer.full && this.#sender) await this.#flush();
    }
  }

  async #finish(): Promise<PutResult> {
    const { connection, uri, key, options } = this.#parts;
    const { threshold, disabled } = connection.config.multipart;
    const { signal } = options;
    let result: PutResult;
    if (!this.#creating && (disabled || this.#bytesWritten <= threshold)) {
      this.#completing = true;
      const bytes = this.#buffer?.bytes ?? new Uint8Array();
      result = await (this.#putting = putObject(connection, "write", uri, key, bytes, options));
    } else {
      await this.#flush();
      const parts = await this.#sender?.finish() ?? [];
      this.#throwIfFailed();
      this.#completing = true;
      const { upload } = await this.#begin();
      result = await upload.complete(parts, options, signal);
    }
    this.#closed = true;
    signal?.removeEventListener("abort", this.#onAbort);
    this.#buffer?.release();
    return result;
  }

  /** Sends what is in the buffer, cut into parts where it holds several. */
  async #flush(): Promise<void> {
    const buffer = this.#buffer;
    if (!buffer || buffer.length === 0) return;
    if (this.#parts.connection.config.multipart.disabled) throw this.#tooLarge();
    const { sender } = await this.#begin();
    this.#buffer = undefined;
    const { bytes } = buffer;
    const step = sender.count === 0 ? evenPartSize(this.#parts.partSize, bytes.length) : bytes.length;
    let left = Math.ceil(bytes.length / step);
    const done = () => {
      if (--left === 0) buffer.release();
    };
    let failure: { readonly reason: unknown } | undefined;
    for (let at = 0; at < bytes.length; at += step) {
      if (failure) done();
      else await sender.send(bytes.subarray(at, at + step), done).catch((reason) => failure = { reason });
    }
    if (failure) throw failure.reason;
  }

  async #begin(): Promise<{ upload: MultipartUpload; sender: PartSender }> {
    const { connection, limit, uri, options } = this.#parts;
    const upload = await (this.#creating ??= MultipartUpload.create(this.#parts, options, options.signal));
    this.#throwIfFailed();
    const { clock, config: { bounds } } = connection;
    return { upload, sender: this.#sender ??= new PartSender({ upload, limit, clock, bounds }, uri) };
  }

  #tooLarge(): QuotaExceededError {
    return new QuotaExceededError({
      operation: "write",
      uri: this.#parts.uri,
      detail: "the object does not fit one request",
      advice: "leave multipart on",
    });
  }

  /** Waits for a part of its own only, never for the memory of others: writers that wait for each other cannot lock up. */
  async #nextBuffer(): Promise<PartBuffer> {
    const { context, partSize, connection } = this.#parts;
    const { threshold, disabled } = connection.config.multipart;
    const sender = this.#sender;
    if (!sender) {
      // Whole parts: what is cut off a first buffer of other length would be a part too small.
      const wholeParts = Math.max(1, Math.ceil(threshold / partSize)) * partSize;
      return PartBuffer.growing(context, disabled ? MAX_SINGLE_BYTES : wholeParts);
    }
    const size = growingPartSize(partSize, sender.count + 1);
    for (;;) {
      const buffer = PartBuffer.full(context, size, !sender.busy);
      if (buffer) return buffer;
      await sender.next();
      this.#throwIfFailed();
    }
  }

  #throwIfFailed(): void {
    const failure = this.#failure ?? this.#sender?.failure;
    if (failure) throw failure.reason;
  }

  /** Ends the writer, once; resolves when everything is given back. The first reason stays. */
  async #fail(reason: unknown): Promise<void> {
    if (!this.#failure) {
      this.#failure = { reason };
      this.#parts.options.signal?.removeEventListener("abort", this.#onAbort);
      this.#sender?.cancel(reason);
      this.#cleaning = this.#clean().catch((error) => {
        this.#leftover = { error };
      });
    }
    await this.#cleaning;
  }

  /** Adds to the failure that its upload stays behind, where the failure can tell. */
  #tellLeftover(): void {
    if (!this.#failure || !this.#leftover) return;
    const reason = reportLeftover(this.#failure.reason, this.#leftover.error);
    if (reason === this.#failure.reason) return;
    this.#failure = { reason };
    this.#leftover = undefined;
  }

  async #clean(): Promise<void> {
    await this.#putting?.catch(() => {});
    await this.#sender?.settle();
    this.#buffer?.release();
    this.#buffer = undefined;
    const upload = await this.#creating?.catch(() => undefined);
    await upload?.abort();
  }

  readonly #onAbort = (): void => {
    void this.#fail(this.#parts.options.signal?.reason);
  };
}
