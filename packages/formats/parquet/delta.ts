import type { ByteReader } from "../binary/byte_reader.ts";

/** The most values that a block may have. */
const MOST_IN_BLOCK = 2 ** 20;

/**
 * Reads `count` numbers of `DELTA_BINARY_PACKED`: the first, and blocks of what is added each time. They wrap at 32 or 64
 * bits, as writers wrap them. The reader is left behind the last block.
 */
export function readDeltas(reader: ByteReader, out: Int32Array | BigInt64Array): void {
  const count = out.length;
  const blockSize = readNumber(reader);
  const parts = readNumber(reader);
  const told = readNumber(reader);
  const perPart = blockSize / parts;
  const sound = blockSize > 0 && blockSize <= MOST_IN_BLOCK && parts > 0 && Number.isInteger(perPart) &&
    perPart % 8 === 0;
  if (!sound || told !== count) {
    throw reader.fault(`${told} numbers in blocks of ${blockSize} are told, and ${count} are due`);
  }
  let value = readZigZag(reader);
  const wide = out instanceof BigInt64Array;
  const put = (at: number) => {
    if (wide) out[at] = value;
    else out[at] = Number(BigInt.asIntN(32, value));
  };
  if (count === 0) return;
  put(0);
  for (let at = 1; at < count;) {
    const least = readZigZag(reader);
    const widths = reader.take(parts, "the widths of a block");
    for (const width of widths) {
      if (at >= count) break;
      if (width > 64) throw reader.fault(`numbers of ${width} bits are told`);
      const values = Math.min(perPart, count - at);
      const packed = reader.take(perPart * width / 8, "a part of a block");
      if (wide || width > 31) at = addWide(packed, width, values, least, at);
      else at = addNarrow(packed, width, values, Number(BigInt.asIntN(32, least)), at);
    }
  }

  function addWide(packed: Uint8Array, width: number, values: number, least: bigint, at: number): number {
    let bits = 0n;
    let held = 0;
    let next = 0;
    const mask = (1n << BigInt(width)) - 1n;
    for (let index = 0; index < values; index++) {
      while (held < width) {
        bits |= BigInt(packed[next++] ?? 0) << BigInt(held);
        held += 8;
      }
      value = BigInt.asIntN(64, value + least + (bits & mask));
      bits >>= BigInt(width);
      held -= width;
      put(at++);
    }
    return at;
  }

  function addNarrow(packed: Uint8Array, width: number, values: number, least: number, at: number): number {
    const numbers = out as Int32Array;
    let last = Number(BigInt.asIntN(32, value));
    for (let index = 0; index < values; index++) {
      const first = index * width;
      let added = 0;
      let shift = 0;
      for (let bit = first; shift < width;) {
        const from = bit & 7;
        const taken = Math.min(8 - from, width - shift);
        added |= ((packed[bit >> 3] ?? 0) >> from & (1 << taken) - 1) << shift;
        shift += taken;
        bit += taken;
      }
      last = last + least + added | 0;
      numbers[at++] = last;
    }
    value = BigInt(last);
    return at;
  }
}

function readNumber(reader: ByteReader): number {
  const value = readVarint(reader);
  return value <= 0x7fffffffn ? Number(value) : -1;
}

function readZigZag(reader: ByteReader): bigint {
  const value = readVarint(reader);
  return BigInt.asIntN(64, value >> 1n ^ -(value & 1n));
}

function readVarint(reader: ByteReader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.u8("a number");
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw reader.fault("a number has more than ten bytes");
}
