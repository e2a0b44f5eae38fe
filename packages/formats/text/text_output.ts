import type { ObjectStore, ObjectWriter, WriterOptions } from "@lade/core";
import { withZstd } from "@lade/core/zstd";

const ENCODER = new TextEncoder();
const BLOCK = 2 ** 20;

/** Gathers text as UTF-8 and hands it on in blocks. */
export class TextOutput {
  #bytes = new Uint8Array(BLOCK + 2 ** 16);
  #length = 0;

  /** Whether a block is full. */
  get isFull(): boolean {
    return this.#length >= BLOCK;
  }

  /** Adds one byte. */
  byte(byte: number): void {
    if (this.#length === this.#bytes.length) this.#room(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Adds bytes. */
  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Adds text of ASCII alone, such as a number's. */
  ascii(text: string): void {
    const { length } = text;
    const room = this.#room(length);
    for (let at = 0; at < length; at++) room[this.#length++] = text.charCodeAt(at);
  }

  /** Adds text. */
  text(text: string): void {
    const room = this.#room(text.length * 3);
    this.#length += ENCODER.encodeInto(text, room.subarray(this.#length)).written;
  }

  /** What was gathered, valid until more is added. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #room(added: number): Uint8Array {
    const wanted = this.#length + added;
    if (wanted > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    return this.#bytes;
  }
}

/** Starts an object of text; one whose key ends in `.gz` or `.zst` is compressed so. */
export async function createTextWriter(
  store: ObjectStore,
  key: string,
  options: WriterOptions,
): Promise<ObjectWriter> {
  const writer = await store.createWriter(key, options);
  if (/\.gz$/i.test(key)) return new (await import("../source/gzip_writer.ts")).GzipWriter(writer);
  return /\.zstd?$/i.test(key) ? withZstd(writer, { budget: store.context.budget }) : writer;
}
