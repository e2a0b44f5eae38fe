import { createGzip } from "node:zlib";
import type { ObjectWriter, PutResult } from "@lade/core";

/** Compresses what is written by gzip on its way to a writer, which it takes over. */
export class GzipWriter implements ObjectWriter {
  /** The result of `close` describes the compressed bytes. */
  readonly changesBytes = true;
  readonly #writer: ObjectWriter;
  readonly #gzip = createGzip({ chunkSize: 2 ** 18 });
  readonly #passed: Promise<void>;
  #bytesWritten = 0;

  /** Writes to `writer`. */
  constructor(writer: ObjectWriter) {
    this.#writer = writer;
    this.#passed = this.#pass();
    // Whoever writes or closes next is told.
    this.#passed.catch(() => {});
  }

  /** Bytes accepted so far by `write`, before compression. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Compresses bytes; resolves when they may be reused. */
  async write(chunk: Uint8Array): Promise<void> {
    const taken = new Promise<void>((resolve, reject) => {
      this.#gzip.write(chunk, (error) => error ? reject(error) : resolve());
    });
    taken.catch(() => {});
    // What fails below ends the compression, whose callback then never comes.
    await Promise.race([taken, this.#passed]);
    this.#bytesWritten += chunk.length;
  }

  /** Writes the rest, and makes the object visible. */
  async close(): Promise<PutResult> {
    this.#gzip.end();
    await this.#passed;
    return await this.#writer.close();
  }

  /** Gives up, and leaves nothing behind. */
  async abort(reason?: unknown): Promise<void> {
    this.#gzip.destroy();
    await this.#passed.catch(() => {});
    await this.#writer.abort(reason);
  }

  /** Aborts unless it is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  async #pass(): Promise<void> {
    try {
      for await (const piece of this.#gzip) await this.#writer.write(piece);
    } finally {
      this.#gzip.destroy();
    }
  }
}
