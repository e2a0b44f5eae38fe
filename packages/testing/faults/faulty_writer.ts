import type { ObjectWriter, PutResult } from "@lade/core/backend";
import { FaultyWriting, type FaultyWritingSetup } from "./faulty_writing.ts";

/** A writer whose calls can be made to fail; a failed `write` ends it. */
export class FaultyWriter implements ObjectWriter {
  readonly #inner: ObjectWriter;
  readonly #writing: FaultyWriting;

  constructor(setup: FaultyWritingSetup & { readonly inner: ObjectWriter }) {
    this.#inner = setup.inner;
    this.#writing = new FaultyWriting(setup);
  }

  get bytesWritten(): number {
    return this.#inner.bytesWritten;
  }

  get changesBytes(): boolean {
    return this.#inner.changesBytes ?? false;
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#writing.write("write", () => this.#inner.write(chunk));
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
