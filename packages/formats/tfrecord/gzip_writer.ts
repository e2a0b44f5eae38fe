import { createGzip } from "node:zlib";
import type { ObjectWriter, PutResult } from "@lade/core";

/** Compresses by gzip what is written on its way to `writer`, which it takes over. */
export function withGzip(writer: ObjectWriter): ObjectWriter {
  return new GzipWriter(writer);
}

class GzipWriter implements ObjectWriter {
  readonly changesBytes = true;
  readonly #writer: ObjectWriter;
  readonly #gzip = createGzip({ chunkSize: 2 ** 18 });
  readonly #passed: Promise<void>;
  #bytesWritten = 0;

  constructor(writer: ObjectWriter) {
    this.#writer = writer;
    this.#passed = this.#pass();
    this.#passed.catch(() => {});
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  async write(chunk: Uint8Array): Promise<void> {
    const taken = new Promise<void>((resolve, reject) => {
      this.#gzip.write(chunk, (error) => error ? reject(error) : resolve());
    });
    taken.catch(() => {});
    // What fails below ends the compression, whose callback then never comes.
    await Promise.race([taken, this.#passed]);
    this.#bytesWritten += chunk.length;
  }

  async close(): Promise<PutResult> {
    this.#gzip.end();
    await this.#passed;
    return await this.#writer.close();
  }

  async abort(reason?: unknown): Promise<void> {
    this.#gzip.destroy();
    await this.#passed.catch(() => {});
    await this.#writer.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  async #pass(): Promise<void> {
    try {
      for await (const chunk of this.#gzip) await this.#writer.write(chunk as Uint8Array);
    } finally {
      this.#gzip.destroy();
    }
  }
}
