import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PutResult } from "../contract/types.ts";

/** What a {@linkcode MemoryWriter} is made of. */
export interface MemoryWriterParts {
  /** Stores the finished object. */
  readonly commit: (bytes: Uint8Array<ArrayBuffer>) => PutResult;
  readonly signal: AbortSignal | undefined;
}

/** Gathers copies of the chunks until it is closed. */
export class MemoryWriter implements ObjectWriter {
  readonly #parts: MemoryWriterParts;
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #bytesWritten = 0;
  #end: { readonly error: unknown } | undefined;

  constructor(parts: MemoryWriterParts) {
    this.#parts = parts;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#throwIfEnded();
    try {
      this.#parts.signal?.throwIfAborted();
      this.#chunks.push(copyOf(chunk));
      this.#bytesWritten += chunk.length;
    } catch (error) {
      this.#finish(error);
      throw error;
    }
  }

  async close(): Promise<PutResult> {
    this.#throwIfEnded();
    try {
      this.#parts.signal?.throwIfAborted();
      const bytes = new Uint8Array(this.#bytesWritten);
      let position = 0;
      for (const chunk of this.#chunks) {
        bytes.set(chunk, position);
        position += chunk.length;
      }
      const result = this.#parts.commit(bytes);
      this.#finish(new TypeError("Cannot use the writer: it is closed already"));
      return result;
    } catch (error) {
      this.#finish(error);
      throw error;
    }
  }

  async abort(reason?: unknown): Promise<void> {
    this.#finish(reason ?? new DOMException("The writer was aborted", "AbortError"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  #throwIfEnded(): void {
    if (this.#end) throw this.#end.error;
  }

  #finish(error: unknown): void {
    this.#end ??= { error };
    this.#chunks = [];
  }
}

/** A copy in memory of its own; a `TypeError` for anything but bytes. */
export function copyOf(data: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!(data instanceof Uint8Array)) {
    throw new TypeError(`Cannot write a value of type ${typeof data}: a Uint8Array is needed`);
  }
  return new Uint8Array(data);
}
