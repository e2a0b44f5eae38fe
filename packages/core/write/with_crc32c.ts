import { Crc32c } from "@lade/codec/checksum";
import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PutResult } from "../contract/types.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";

/** Options of {@linkcode withCrc32c}. */
export interface Crc32cOptions {
  /** What is written, for messages; `the object` by default. */
  readonly uri?: string;
}

/** A writer that knows the checksum of what went through it. */
export interface Crc32cWriter extends ObjectWriter {
  /** The CRC-32C of the bytes accepted so far by `write`, in the form of `Checksums`. */
  readonly crc32c: string;
}

/**
 * Computes the CRC-32C (Castagnoli) of what is written on its way to `writer`, which it takes over.
 *
 * `close` compares size and checksum with what the store reports, as far as it does, and adds the checksum to the
 * result. A difference is a `ChecksumMismatchError`; the store has the object by then, and it stays there, because
 * only the caller knows whether to write it again or to delete it.
 *
 * Put it next to the store's writer: `withZstd(withCrc32c(writer))`. Around a writer that stores other bytes than it is
 * given, such as that of {@linkcode withZstd}, it computes the checksum of the given ones and passes the result on as it is.
 */
export function withCrc32c(writer: ObjectWriter, options: Crc32cOptions = {}): Crc32cWriter {
  return new ChecksumWriter(writer, options.uri ?? "the object");
}

class ChecksumWriter implements Crc32cWriter {
  readonly #inner: ObjectWriter;
  readonly #uri: string;
  readonly #checksum = new Crc32c();

  constructor(inner: ObjectWriter, uri: string) {
    this.#inner = inner;
    this.#uri = uri;
  }

  get bytesWritten(): number {
    return this.#inner.bytesWritten;
  }

  get changesBytes(): boolean {
    return this.#inner.changesBytes ?? false;
  }

  get crc32c(): string {
    return this.#checksum.toBase64();
  }

  async write(chunk: Uint8Array): Promise<void> {
    const written = this.#inner.write(chunk);
    // While the writer below is at work; what is not bytes it refuses.
    if (chunk instanceof Uint8Array) this.#checksum.update(chunk);
    await written;
  }

  async close(): Promise<PutResult> {
    const result = await this.#inner.close();
    if (this.changesBytes) return result;
    const { length } = this.#checksum;
    if (result.size !== length) {
      throw this.#mismatch(`the store reports ${result.size} bytes, ${length} were sent`);
    }
    const reported = result.checksums?.crc32c;
    if (reported !== undefined && reported !== this.crc32c) {
      throw this.#mismatch(`the store reports the CRC-32C ${reported}, ${this.crc32c} was sent`);
    }
    return { ...result, checksums: { ...result.checksums, crc32c: this.crc32c } };
  }

  abort(reason?: unknown): Promise<void> {
    return this.#inner.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }

  #mismatch(detail: string): ChecksumMismatchError {
    return new ChecksumMismatchError({ operation: "write to", uri: this.#uri, detail });
  }
}
