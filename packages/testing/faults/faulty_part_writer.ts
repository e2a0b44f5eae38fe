import type { PartWriter, PutResult } from "@lade/core/backend";
import { FaultyWriting, type FaultyWritingSetup } from "./faulty_writing.ts";

/** A writer of parts whose calls can be made to fail; a failed `writePart` ends it. */
export class FaultyPartWriter implements PartWriter {
  readonly #inner: PartWriter;
  readonly #writing: FaultyWriting;

  constructor(setup: FaultyWritingSetup & { readonly inner: PartWriter }) {
    this.#inner = setup.inner;
    this.#writing = new FaultyWriting(setup);
  }

  get size(): number {
    return this.#inner.size;
  }

  get partSize(): number {
    return this.#inner.partSize;
  }

  get partCount(): number {
    return this.#inner.partCount;
  }

  get concurrency(): number {
    return this.#inner.concurrency;
  }

  get bytesWritten(): number {
    return this.#inner.bytesWritten;
  }

  writePart(index: number, bytes: Uint8Array): Promise<void> {
    return this.#writing.write("writePart", () => this.#inner.writePart(index, bytes));
  }

  close(): Promise<PutResult> {
    return this.#writing.close();
  }

  abort(reason?: unknown): Promise<void> {
    return this.#writing.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#writing.dispose();
  }
}
