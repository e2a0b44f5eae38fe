import type { ObjectPart, ObjectWriter, PartSink, PutResult } from "@lade/core";
import type { ObjectTable } from "./object_table.ts";

/** What a writer writes to, and what it ends with. */
export interface WriterParts {
  readonly table: ObjectTable;
  /** Number of the unfinished object. */
  readonly id: number;
  /** Makes it visible. */
  readonly publish: (size: number) => PutResult;
  readonly signal?: AbortSignal | undefined;
}

/** Writes an object from its start to its end. */
export class SqliteWriter implements ObjectWriter {
  readonly #parts: WriterParts;
  #bytesWritten = 0;
  #end: { readonly error: unknown } | undefined;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#end) throw this.#end.error;
    try {
      this.#parts.signal?.throwIfAborted();
      if (!(chunk instanceof Uint8Array)) throw new TypeError("Cannot write: a Uint8Array is needed");
      this.#parts.table.write(this.#parts.id, this.#bytesWritten, chunk);
      this.#bytesWritten += chunk.length;
    } catch (error) {
      this.#drop(error);
      throw error;
    }
  }

  async close(): Promise<PutResult> {
    if (this.#end) throw this.#end.error;
    try {
      this.#parts.signal?.throwIfAborted();
      const result = this.#parts.publish(this.#bytesWritten);
      this.#end = { error: new TypeError("Cannot use the writer: it is closed already") };
      return result;
    } catch (error) {
      this.#drop(error);
      throw error;
    }
  }

  async abort(reason?: unknown): Promise<void> {
    this.#drop(reason ?? new DOMException("The writer was aborted", "AbortError"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  #drop(error: unknown): void {
    if (this.#end) return;
    this.#end = { error };
    this.#parts.table.remove(this.#parts.id);
  }
}

/** Where the parts of an object of known size go; `createPartWriter` does the rest. */
export class SqlitePartSink implements PartSink {
  readonly concurrency = 1;
  readonly #parts: WriterParts;
  readonly #size: number;

  constructor(parts: WriterParts, size: number) {
    this.#parts = parts;
    this.#size = size;
  }

  async write({ offset }: ObjectPart, bytes: Uint8Array): Promise<void> {
    this.#parts.table.write(this.#parts.id, offset, bytes);
  }

  async finish(): Promise<PutResult> {
    return this.#parts.publish(this.#size);
  }

  async drop(): Promise<void> {
    this.#parts.table.remove(this.#parts.id);
  }
}
