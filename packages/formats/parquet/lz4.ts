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
  const { length } = bytes;
  let from = 0;
  let at = start;
  const more = () => {
    let sum = 0;
    for (;;) {
      const byte = bytes[from++];
      if (byte === undefined) throw cut();
      sum += byte;
      if (byte !== 255) return sum;
    }
  };
  while (from < length) {
    const token = bytes[from++] ?? 0;
    const literals = token >> 4 === 15 ? 15 + more() : token >> 4;
    if (literals > length - from || literals > out.length - at) throw cut();
    if (literals < 16) {
      for (let index = 0; index < literals; index++) out[at + index] = bytes[from + index] ?? 0;
    } else out.set(bytes.subarray(from, from + literals), at);
    from += literals;
    at += literals;
    if (from === length) return at;
    const back = (bytes[from] ?? 0) | (bytes[from + 1] ?? 0) << 8;
    from += 2;
    const repeats = 4 + ((token & 15) === 15 ? 15 + more() : token & 15);
    if (back === 0 || back > at || repeats > out.length - at || from >= length) throw cut();
    if (back >= repeats) out.copyWithin(at, at - back, at - back + repeats);
    else for (let index = 0; index < repeats; index++) out[at + index] = out[at - back + index] ?? 0;
    at += repeats;
  }
  throw cut();
}

function cut(): RangeError {
  return new RangeError("an LZ4 block is cut, or makes more than it should");
}
