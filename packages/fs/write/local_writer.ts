import type { ObjectWriter, PutResult } from "@lade/core";
import { fileError } from "../files/file_error.ts";
import type { WritableFile } from "../files/medium.ts";
import type { LocalParts } from "../tree/local_parts.ts";
import type { TemporaryFile } from "./temporary_file.ts";
import { append, dropWrite, finishWrite, type WriteRequest } from "./write_file.ts";

/** Writes a temporary file that becomes the object at `close`. Calls are done in the order they were made. */
export class LocalWriter implements ObjectWriter {
  readonly #parts: LocalParts;
  readonly #request: WriteRequest;
  readonly #temporary: TemporaryFile<WritableFile>;
  readonly #stop = new AbortController();
  #bytesWritten = 0;
  #last: Promise<unknown> = Promise.resolve();
  #end: { readonly error: unknown } | undefined;
  #dropping: Promise<void> | undefined;
  #closing = false;

  constructor(parts: LocalParts, request: WriteRequest, temporary: TemporaryFile<WritableFile>) {
    this.#parts = parts;
    this.#request = request;
    this.#temporary = temporary;
    const { signal } = request.options;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#next(async () => {
      await append(this.#temporary.file, bytesOf(chunk), this.#stop.signal);
      this.#bytesWritten += chunk.length;
    });
  }

  close(): Promise<PutResult> {
    return this.#next(async () => {
      this.#closing = true;
      const { signal } = this.#stop;
      const result = await finishWrite(
        this.#parts,
        this.#request,
        this.#temporary,
        this.#bytesWritten,
        signal,
      );
      this.#dropping = Promise.resolve();
      this.#finish(new TypeError("Cannot use the writer: it is closed already"));
      return result;
    });
  }

  async abort(reason?: unknown): Promise<void> {
    if (!this.#end) {
      const error = reason ?? new DOMException("The writer was aborted", "AbortError");
      // A close that has begun ends itself by this signal, or has given the object its name already.
      if (!this.#closing) this.#finish(error);
      this.#stop.abort(error);
    }
    await this.#last;
    await this.#drop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  /** Does `work` after all that was asked for before. A failure ends the writer and leaves nothing behind. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      if (this.#end) throw this.#end.error;
      try {
        return await work();
      } catch (cause) {
        const error = fileError(cause, this.#request.subject, this.#stop.signal);
        this.#finish(error);
        await this.#drop();
        throw error;
      }
    });
    this.#last = result.catch(() => {});
    return result;
  }

  #finish(error: unknown): void {
    this.#end ??= { error };
    this.#request.options.signal?.removeEventListener("abort", this.#onAbort);
  }

  #drop(): Promise<void> {
    return this.#dropping ??= dropWrite(this.#parts, this.#temporary);
  }

  readonly #onAbort = (): void => {
    void this.abort(this.#request.options.signal?.reason);
  };
}

/** A `TypeError` for anything but bytes. */
export function bytesOf(data: Uint8Array): Uint8Array {
  if (data instanceof Uint8Array) return data;
  throw new TypeError(`Cannot write a value of type ${typeof data}: a Uint8Array is needed`);
}
