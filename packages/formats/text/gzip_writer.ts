import { createGzip, type Gzip } from "node:zlib";
import type { ObjectWriter, PutResult } from "@lade/core";

/** Compresses what is written by gzip on its way to a writer, which it takes over. */
export class GzipWriter implements ObjectWriter {
  /** The result of `close` describes the compressed bytes. */
  readonly changesBytes = true;
  readonly #writer: ObjectWriter;
  readonly #gzip: Gzip = createGzip();
  readonly #sent: Promise<void>;
  #bytesWritten = 0;

  /** Writes to `writer`. */
  constructor(writer: ObjectWriter) {
    this.#writer = writer;
    this.#sent = this.#send();
    // Whoever writes or closes next is told.
    this.#sent.catch(() => {});
  }

  /** Bytes accepted so far by `write`, before compression. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Compresses bytes; resolves when they may be reused. */
  async write(chunk: Uint8Array): Promise<void> {
    const taken = new Promise<void>((resolve, reject) =>
      this.#gzip.write(chunk, (error) => error ? reject(error) : resolve())
    );
    await Promise.race([taken, this.#sent]);
    this.#bytesWritten += chunk.length;
  }

  /** Writes the rest, and makes the object visible. */
  async close(): Promise<PutResult> {
    this.#gzip.end();
    await this.#sent;
    return await this.#writer.close();
  }

  /** Gives up, and leaves nothing behind. */
  async abort(reason?: unknown): Promise<void> {
    this.#gzip.destroy();
    await this.#sent.catch(() => {});
    await this.#writer.abort(reason);
  }

  /** Aborts unless it is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  async #send(): Promise<void> {
    for await (const piece of this.#gzip) await this.#writer.write(piece);
  }
}
