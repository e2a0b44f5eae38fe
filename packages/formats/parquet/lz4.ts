import { decodeLz4Block } from "../binary/lz4_block.ts";

/**
 * Decompresses an LZ4 block to exactly `size` bytes: a `RangeError` where it makes fewer or more, or is cut. (Blocks as
 * Parquet has them as `LZ4_RAW`.)
 */
export function decompressLz4Block(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const end = writeBlock(bytes, out, 0);
  if (end !== size) throw new RangeError(`an LZ4 block makes ${end} bytes, and ${size} are due`);
  return out;
}

/**
 * Decompresses what Parquet calls `LZ4`: blocks that Hadoop puts two lengths before, big-endian, of what a block makes and
 * of the block; or, by other writers, a block alone.
 */
export function decompressLz4Hadoop(bytes: Uint8Array, size: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Uint8Array(size);
  let from = 0;
  let at = 0;
  while (from + 8 <= bytes.length) {
    const makes = view.getUint32(from);
    const takes = view.getUint32(from + 4);
    if (takes > bytes.length - from - 8 || makes > size - at) break;
    const block = bytes.subarray(from + 8, from + 8 + takes);
    let end: number;
    try {
      end = writeBlock(block, out.subarray(0, at + makes), at);
    } catch {
      break;
    }
    if (end !== at + makes) break;
    at = end;
    from += 8 + takes;
  }
  return from === bytes.length && at === size ? out : decompressLz4Block(bytes, size);
}

function writeBlock(bytes: Uint8Array, out: Uint8Array, start: number): number {
  return decodeLz4Block(
    bytes,
    out,
    start,
    out.length,
    0,
    (detail) => new RangeError(`an LZ4 block ${detail}`),
  );
}
