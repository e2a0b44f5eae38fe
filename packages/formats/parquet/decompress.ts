import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { snappyUncompressor } from "hysnappy";
import { decompressLz4Block, decompressLz4Hadoop } from "./lz4.ts";

/** Makes `size` bytes of compressed ones; throws where they are not what they should be, or make more. */
type Decompress = (bytes: Uint8Array, size: number) => Uint8Array;

/** How many bytes a byte can make at most, of the codecs that take their memory before they look. */
const SNAPPY_MOST = 64;
const LZ4_MOST = 256;
/** How many bytes a byte makes at most of a page of any use. */
const USUAL_MOST = 256;

let snappy: Decompress | undefined;

const BY_CODEC: Readonly<Partial<Record<CompressionCodec, Decompress>>> = {
  UNCOMPRESSED: (bytes) => bytes,
  ZSTD: (bytes, size) => zstdDecompressSync(bytes, inOnePiece(bytes, size)),
  GZIP: (bytes, size) => gunzipSync(bytes, inOnePiece(bytes, size)),
  BROTLI: (bytes, size) => brotliDecompressSync(bytes, inOnePiece(bytes, size)),
  SNAPPY: bounded(SNAPPY_MOST, decompressSnappy),
  LZ4: bounded(LZ4_MOST, decompressLz4Hadoop),
  LZ4_RAW: bounded(LZ4_MOST, decompressLz4Block),
};

/** Whether pages that are compressed so can be read. */
export function canDecompress(codec: CompressionCodec): boolean {
  return BY_CODEC[codec] !== undefined;
}

/** Decompresses a page to exactly `size` bytes; anything else throws. */
export function decompress(codec: CompressionCodec, bytes: Uint8Array, size: number): Uint8Array {
  const made = BY_CODEC[codec]?.(bytes, size);
  if (!made) throw new TypeError(`no page is decompressed by ${codec}`);
  if (made.length !== size) throw new RangeError(`${made.length} bytes were made, and ${size} are due`);
  // Node's buffers are cut without being copied, unlike any other array.
  return new Uint8Array(made.buffer, made.byteOffset, made.length);
}

/** How much a codec of Node makes at a time: all, with a byte more that shows it the end, unless that is hardly so much. */
function inOnePiece({ length }: Uint8Array, size: number) {
  const chunkSize = Math.max(Math.min(size + 1, length * USUAL_MOST), 1024);
  return { chunkSize, maxOutputLength: Math.max(size, 1) };
}

/** The library takes the size from the first bytes, and gives what lay in its memory where that is less than is due. */
function decompressSnappy(bytes: Uint8Array, size: number): Uint8Array {
  let told = 0;
  for (let at = 0, scale = 1; at < 5; at++, scale *= 128) {
    const byte = bytes[at] ?? 0;
    told += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  if (told !== size) throw new RangeError(`the bytes tell that they make ${told}, and ${size} are due`);
  snappy ??= snappyUncompressor();
  return snappy(bytes, size);
}

function bounded(most: number, make: Decompress): Decompress {
  return (bytes, size) => {
    if (size > bytes.length * most) throw new RangeError(`${bytes.length} bytes cannot make ${size}`);
    return make(bytes, size);
  };
}
