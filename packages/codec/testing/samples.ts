import { constants, zstdCompressSync } from "node:zlib";
import { seededRandom } from "@lade/testing";

/** Lines of JSON, the same for the same seed. */
export function jsonSample(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed);
  const words = Array.from({ length: 500 }, () => Math.floor(random() * 36 ** 6).toString(36));
  const word = () => words[Math.floor(random() * random() * words.length)] ?? "";
  const bytes = new Uint8Array(size);
  const encoder = new TextEncoder();
  for (let length = 0, id = 0; length < size; id++) {
    const line = JSON.stringify({ id, user: word(), text: `${word()} ${word()} ${word()}`, score: random() });
    const encoded = encoder.encode(`${line}\n`);
    bytes.set(encoded.subarray(0, size - length), length);
    length += encoded.length;
  }
  return bytes;
}

/** Bytes that do not compress, the same for the same seed. */
export function randomSample(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed);
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let index = 0; index < words.length; index++) words[index] = random() * 2 ** 32;
  return new Uint8Array(words.buffer, 0, size);
}

/** Arrays of bytes in a row. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

/** What the platform's encoder makes of `content`: one frame with a checksum, and the size unless `sized` is false. */
export function frameOf(content: Uint8Array, sized = true): Uint8Array<ArrayBuffer> {
  const params = { [constants.ZSTD_c_checksumFlag]: 1 };
  // Room for all, because the encoder adds an empty frame when it has to ask for more.
  const chunkSize = content.length + 2 ** 17;
  const options = sized ? { params, chunkSize, pledgedSrcSize: content.length } : { params, chunkSize };
  return new Uint8Array(zstdCompressSync(content, options));
}

/** A zstd frame by hand, of unknown content size in a window of 128 KiB: each block repeats one byte `count` times. */
export function repeatingFrame(
  ...blocks: { readonly byte: number; readonly count: number }[]
): Uint8Array<ArrayBuffer> {
  const bytes = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
  for (const [index, { byte, count }] of blocks.entries()) {
    const header = count << 3 | 1 << 1 | (index === blocks.length - 1 ? 1 : 0);
    bytes.push(header & 0xff, header >> 8 & 0xff, header >> 16, byte);
  }
  return Uint8Array.from(bytes);
}

/** A skippable frame, which bears no content. */
export function skippableFrame(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    0x53,
    0x2a,
    0x4d,
    0x18,
    size & 0xff,
    size >> 8,
    0,
    0,
    ...new Uint8Array(size).fill(7),
  ]);
}

/** The bytes of a stream, and the longest of its chunks. */
export async function drain(
  stream: ReadableStream<Uint8Array>,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; longest: number }> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { bytes: concat(...chunks), longest: Math.max(0, ...chunks.map((chunk) => chunk.length)) };
}
