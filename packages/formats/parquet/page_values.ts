import type { SchemaElement } from "hyparquet";
import type { ByteReader } from "../binary/byte_reader.ts";
import { readDeltas } from "./delta.ts";
import { readHybrid, unpack } from "./hybrid.ts";
import type { FixedValues, PageValues, TextValues } from "./leaf_sink.ts";

/** Encodings by the numbers that the format gives them. */
export const ENCODINGS = [
  "PLAIN",
  "GROUP_VAR_INT",
  "PLAIN_DICTIONARY",
  "RLE",
  "BIT_PACKED",
  "DELTA_BINARY_PACKED",
  "DELTA_LENGTH_BYTE_ARRAY",
  "DELTA_BYTE_ARRAY",
  "RLE_DICTIONARY",
  "BYTE_STREAM_SPLIT",
] as const;

/** Bytes of a value of each stored type, where all have as many. */
const WIDTHS: Readonly<Record<string, number>> = {
  BOOLEAN: 1,
  INT32: 4,
  INT64: 8,
  INT96: 12,
  FLOAT: 4,
  DOUBLE: 8,
};

/** Bytes of a value of a stored column; 0 where each has its own number. */
export function widthOf({ type = "BYTE_ARRAY", type_length: size = 0 }: SchemaElement): number {
  return type === "FIXED_LEN_BYTE_ARRAY" ? size : WIDTHS[type] ?? 0;
}

/** Whether values of that encoding choose among those of a dictionary. */
export function isOfDictionary(encoding: number): boolean {
  const name = ENCODINGS[encoding];
  return name === "PLAIN_DICTIONARY" || name === "RLE_DICTIONARY";
}

/** Reads the places in a dictionary of `count` values, of the first ones where `isPart` says that there are more. */
export function readIndexes(reader: ByteReader, count: number, isPart = false): Uint32Array {
  const indexes = new Uint32Array(count);
  if (count === 0) return indexes;
  readHybrid(reader, reader.u8("the width of a page's numbers"), indexes, isPart);
  return indexes;
}

/** Reads `count` values, as many as a page has; `undefined` where it is by an encoding that is not known. */
export function readValues(
  reader: ByteReader,
  encoding: number,
  element: SchemaElement,
  count: number,
): PageValues | undefined {
  const width = widthOf(element);
  const { type } = element;
  switch (ENCODINGS[encoding]) {
    case "PLAIN":
      if (type === "BOOLEAN") return readBits(reader, count);
      return width > 0
        ? { width, bytes: reader.take(count * width, "a page's values") }
        : readTexts(reader, count);
    case "RLE":
      if (type !== "BOOLEAN") return undefined;
      return readBooleans(reader, count);
    case "DELTA_BINARY_PACKED":
      return type === "INT32" || type === "INT64" ? readNumbers(reader, count, width) : undefined;
    case "DELTA_LENGTH_BYTE_ARRAY":
      return width === 0 ? textsOf(reader, readLengths(reader, count)) : undefined;
    case "DELTA_BYTE_ARRAY":
      if (type !== "BYTE_ARRAY" && type !== "FIXED_LEN_BYTE_ARRAY") return undefined;
      return readSharedPrefixes(reader, count, width);
    case "BYTE_STREAM_SPLIT":
      return type === "BOOLEAN" || width === 0 ? undefined : readStreams(reader, count, width);
    default:
      return undefined;
  }
}

function readBits(reader: ByteReader, count: number): FixedValues {
  const bytes = new Uint8Array(count);
  unpack(reader.take((count + 7) >> 3, "a page's values"), 1, bytes, 0, count);
  return { width: 1, bytes };
}

function readBooleans(reader: ByteReader, count: number): FixedValues {
  const bytes = new Uint8Array(count);
  const size = reader.u32("the size of a page's values");
  if (size > reader.left) throw reader.fault(`values take ${size} bytes, and ${reader.left} are left`);
  const end = reader.position + size;
  readHybrid(reader, 1, bytes);
  if (reader.position > end) throw reader.fault("values pass their end");
  return { width: 1, bytes };
}

/** Texts with their lengths before them, which are taken out. */
function readTexts(reader: ByteReader, count: number): TextValues {
  if (count * 4 > reader.left) {
    throw reader.fault(`${count} values are told, and ${reader.left} bytes are left`);
  }
  const start = reader.position;
  const offsets = new Int32Array(count + 1);
  const whole = reader.bytes;
  const bytes = new Uint8Array(reader.left - count * 4);
  let at = 0;
  let from = start;
  for (let index = 0; index < count; index++) {
    const length = from + 4 > whole.length
      ? Infinity
      : ((whole[from] ?? 0) | (whole[from + 1] ?? 0) << 8 | (whole[from + 2] ?? 0) << 16) +
        (whole[from + 3] ?? 0) * 2 ** 24;
    from += 4;
    if (length > whole.length - from) {
      reader.seek(Math.min(from, whole.length));
      throw reader.fault(`a value takes ${length} bytes, and ${Math.max(whole.length - from, 0)} are left`);
    }
    if (length > 24) bytes.set(whole.subarray(from, from + length), at);
    else for (let byte = 0; byte < length; byte++) bytes[at + byte] = whole[from + byte] ?? 0;
    at += length;
    from += length;
    offsets[index + 1] = at;
  }
  reader.seek(from);
  return { bytes: bytes.subarray(0, at), offsets };
}

function readNumbers(reader: ByteReader, count: number, width: number): FixedValues {
  const numbers = width === 8 ? new BigInt64Array(count) : new Int32Array(count);
  readDeltas(reader, numbers);
  return { width, bytes: new Uint8Array(numbers.buffer) };
}

/** Lengths, none of which is negative. */
function readLengths(reader: ByteReader, count: number): Int32Array {
  const lengths = new Int32Array(count);
  readDeltas(reader, lengths);
  for (const length of lengths) if (length < 0) throw reader.fault(`a value takes ${length} bytes`);
  return lengths;
}

function textsOf(reader: ByteReader, lengths: Int32Array): TextValues {
  const offsets = new Int32Array(lengths.length + 1);
  let size = 0;
  for (let index = 0; index < lengths.length; index++) {
    size += lengths[index] ?? 0;
    if (size > reader.left) throw reader.fault(`values take ${size} bytes, and ${reader.left} are left`);
    offsets[index + 1] = size;
  }
  return { bytes: reader.take(size, "a page's values"), offsets };
}

/** Texts that begin as the one before them. */
function readSharedPrefixes(reader: ByteReader, count: number, width: number): PageValues {
  const shared = readLengths(reader, count);
  const rest = textsOf(reader, readLengths(reader, count));
  const offsets = new Int32Array(count + 1);
  let size = 0;
  for (let index = 0; index < count; index++) {
    const before = index === 0 ? 0 : size - (offsets[index - 1] ?? 0);
    const prefix = shared[index] ?? 0;
    if (prefix > before) throw reader.fault(`a value begins as ${prefix} bytes of one that has ${before}`);
    const length = prefix + (rest.offsets[index + 1] ?? 0) - (rest.offsets[index] ?? 0);
    if (width > 0 && length !== width) {
      throw reader.fault(`a value of ${length} bytes is among those of ${width}`);
    }
    size += length;
    if (size > 2 ** 31 - 1) throw reader.fault("the values of a page take more than 2 GiB");
    offsets[index + 1] = size;
  }
  const bytes = new Uint8Array(size);
  for (let index = 0; index < count; index++) {
    const at = offsets[index] ?? 0;
    const prefix = shared[index] ?? 0;
    const before = offsets[index - 1] ?? 0;
    bytes.copyWithin(at, before, before + prefix);
    bytes.set(rest.bytes.subarray(rest.offsets[index], rest.offsets[index + 1]), at + prefix);
  }
  return width > 0 ? { width, bytes } : { bytes, offsets };
}

/** Values whose first bytes come first, then their second ones, and so on. */
function readStreams(reader: ByteReader, count: number, width: number): FixedValues {
  const streams = reader.take(count * width, "a page's values");
  // Where a stream begins is told by nothing but how many bytes there are.
  if (reader.left > 0) throw reader.fault(`${reader.left} bytes are left over behind a page's values`);
  const bytes = new Uint8Array(count * width);
  for (let byte = 0; byte < width; byte++) {
    const stream = byte * count;
    for (let index = 0; index < count; index++) bytes[index * width + byte] = streams[stream + index] ?? 0;
  }
  return { width, bytes };
}
