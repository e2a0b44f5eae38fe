import type { ByteReader } from "../binary/byte_reader.ts";

/**
 * Fills `out` with numbers of `width` bits that are run-length encoded and bit-packed by turns. Runs that pass its end, or
 * the bytes, are a `FormatError`; the last bit-packed run may be padded. The reader is left behind what was used. Gives the
 * number that all are, where one run has said so. Where `isPart` says that more numbers follow, runs may pass the end.
 */
export function readHybrid(
  reader: ByteReader,
  width: number,
  out: Uint8Array | Uint32Array,
  isPart = false,
): number | undefined {
  const count = out.length;
  if (width > 32) throw reader.fault(`numbers of ${width} bits are told`);
  let at = 0;
  while (at < count) {
    const header = readRunHeader(reader);
    const told = header >>> 1;
    const length = isPart && (header & 1) === 0 ? Math.min(told, count - at) : told;
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
      if (length === count) return value;
      at += length;
    }
  }
  return undefined;
}

/** Unpacks numbers that lie bit by bit after one another, the lowest bits first. */
export function unpack(
  packed: Uint8Array,
  width: number,
  out: Uint8Array | Uint32Array,
  at: number,
  count: number,
): void {
  if (width === 0) out.fill(0, at, at + count);
  else if (out instanceof Uint8Array) unpackNarrow(packed, width, out, at, count);
  else unpackWide(packed, width, out, at, count);
}

function unpackNarrow(packed: Uint8Array, width: number, out: Uint8Array, at: number, count: number): void {
  const mask = (1 << width) - 1;
  let bits = 0;
  let held = 0;
  let next = 0;
  for (let index = 0; index < count; index++) {
    while (held < width) {
      bits |= (packed[next++] ?? 0) << held;
      held += 8;
    }
    out[at + index] = bits & mask;
    bits >>>= width;
    held -= width;
  }
}

/** By words of 32 bits, of which a number lies in one or two. */
function unpackWide(packed: Uint8Array, width: number, out: Uint32Array, at: number, count: number): void {
  const words = new Uint32Array((packed.length >> 2) + 2);
  new Uint8Array(words.buffer).set(packed);
  const mask = width === 32 ? -1 : (1 << width) - 1;
  let word = 0;
  let shift = 0;
  const end = at + count;
  for (; at < end; at++) {
    let number = (words[word] ?? 0) >>> shift;
    const next = shift + width;
    if (next > 32) number |= (words[word + 1] ?? 0) << (32 - shift);
    out[at] = number & mask;
    word += next >> 5;
    shift = next & 31;
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
