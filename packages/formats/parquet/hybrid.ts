import type { ByteReader } from "../binary/byte_reader.ts";

/**
 * Fills `out` with numbers of `width` bits that are run-length encoded and bit-packed by turns. Runs that pass its end, or
 * the bytes, are a `FormatError`; the last bit-packed run may be padded. The reader is left behind what was used.
 */
export function readHybrid(reader: ByteReader, width: number, out: Uint8Array | Uint32Array): void {
  const count = out.length;
  if (width > 32) throw reader.fault(`numbers of ${width} bits are told`);
  let at = 0;
  while (at < count) {
    const header = readRunHeader(reader);
    const length = header >>> 1;
    if (header & 1) {
      // The last group of eight is padded, and some writers leave its padding out.
      const values = Math.min(length * 8, count - at);
      const size = Math.min(length * width, reader.left);
      if (size * 8 < values * width) throw reader.fault(`a run of ${values} values ends early`);
      unpack(reader.take(size, "a run"), width, out, at, values);
      at += values;
    } else {
      if (length === 0 || length > count - at) {
        throw reader.fault(`a run has ${length} values, and ${count - at} are left`);
      }
      let value = 0;
      for (let bits = 0; bits < width; bits += 8) value += reader.u8("a run's value") * 2 ** bits;
      out.fill(value, at, at + length);
      at += length;
    }
  }
}

/** Unpacks numbers that lie bit by bit after one another, the lowest bits first. */
export function unpack(
  packed: Uint8Array,
  width: number,
  out: Uint8Array | Uint32Array,
  at: number,
  count: number,
): void {
  if (width === 0) {
    out.fill(0, at, at + count);
  } else if (width === 8) {
    for (let index = 0; index < count; index++) out[at + index] = packed[index] ?? 0;
  } else if (width <= 24) {
    const mask = (1 << width) - 1;
    let bits = 0;
    let held = 0;
    let next = 0;
    for (let index = 0; index < count; index++) {
      // At most 31 bits are held before the last byte is added.
      while (held < width) {
        bits |= (packed[next++] ?? 0) << held;
        held += 8;
      }
      out[at + index] = bits & mask;
      bits >>>= width;
      held -= width;
    }
  } else {
    for (let index = 0; index < count; index++) {
      const first = index * width;
      let byte = first >> 3;
      let have = 8 - (first & 7);
      let value = (packed[byte++] ?? 0) >> (first & 7);
      for (; have < width; have += 8) value += (packed[byte++] ?? 0) * 2 ** have;
      out[at + index] = value % 2 ** width;
    }
  }
}

function readRunHeader(reader: ByteReader): number {
  let header = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.u8("a run");
    header += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      if (header >= 2 ** 32) break;
      return header;
    }
  }
  throw reader.fault("a run is longer than any page");
}
