import { crc32c } from "@lade/codec/checksum";
import type { FormatName } from "../registry/format.ts";
import { type Compression, compressionOfMagic } from "../source/decompress.ts";

/** Bytes of an object that are there to tell its format by. */
export interface Glimpse {
  /** Bytes of the object in all; `undefined` where it is compressed, and that is not known. */
  readonly size?: number;
  /** Its first bytes. */
  readonly start?: Uint8Array;
  /** Its last bytes. */
  readonly end?: Uint8Array;
}

/** How a format is told by an object's first bytes. `size` is that of the object, where it is known. */
type Sign = (start: Uint8Array, size: number) => boolean;

/** Bytes of a sign, `offset` bytes behind the start. */
function bytesAt(offset: number, text: string): Sign {
  const wanted = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return (start) => wanted.every((byte, index) => start[offset + index] === byte);
}

const isZip = bytesAt(0, "PK\x03\x04");

/** The longest header that the safetensors library takes. */
const SAFETENSORS_HEADER = 100_000_000;

/** Places where the signature of an HDF5 file may lie, behind what its user put first. */
const HDF5_OFFSETS = [0, 512, 1024, 2048, 4096, 8192, 16384, 32768];

/** The formats that have signs, in the order they are asked in: those that cannot be mistaken come first. */
const SIGNS: readonly (readonly [format: FormatName, sign: Sign])[] = [
  ["npy", bytesAt(0, "\x93NUMPY")],
  ["parquet", bytesAt(0, "PAR1")],
  ["arrow", bytesAt(0, "ARROW1\0\0")],
  ["npz", (start, size) => isZip(start, size) && firstMember(start).endsWith(".npy")],
  ["npz", (start, size) => size === 22 && bytesAt(0, "PK\x05\x06")(start, size)],
  ["hdf5", (start, size) => HDF5_OFFSETS.some((offset) => bytesAt(offset, "\x89HDF\r\n\x1a\n")(start, size))],
  ["tar", bytesAt(257, "ustar")],
  ["tfrecord", startsWithRecord],
  ["arrow-stream", startsWithMessage],
  ["safetensors", startsWithHeader],
];

/** The formats that have signs at their end. */
const END_SIGNS: readonly (readonly [format: FormatName, text: string, fromEnd: number])[] = [
  ["parquet", "PAR1", 4],
  ["arrow", "ARROW1", 6],
  ["npz", "PK\x05\x06", 22],
];

/** The format that bytes of an object are a sign of; `undefined` where they are none of any. */
export function formatOfBytes({ start, end, size = Infinity }: Glimpse): FormatName | undefined {
  if (start) return SIGNS.find(([, sign]) => sign(start, size))?.[0];
  if (!end) return undefined;
  return END_SIGNS.find(([, text, fromEnd]) =>
    end.length >= fromEnd && bytesAt(end.length - fromEnd, text)(end, size)
  )?.[0];
}

/** Whether a format is told by its last bytes, which are those that it is opened by. */
export function isToldByEnd(format: FormatName): boolean {
  return END_SIGNS.some(([name]) => name === format);
}

/** How an object is compressed, by its first bytes. A record of 559,903 bytes in TFRecord begins as gzip does. */
export function compressionOfBytes(start: Uint8Array): Compression | undefined {
  return startsWithRecord(start) ? undefined : compressionOfMagic(start);
}

/** The name of the first member of a zip file. */
function firstMember(start: Uint8Array): string {
  const length = (start[26] ?? 0) + 256 * (start[27] ?? 0);
  return String.fromCharCode(...start.subarray(30, 30 + Math.min(length, 4096)));
}

/** A length of 64 bits and the checksum of these eight bytes, which nothing else has by chance. */
function startsWithRecord(start: Uint8Array): boolean {
  if (start.length < 16) return false;
  const crc = crc32c(start.subarray(0, 8));
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  return masked === new DataView(start.buffer, start.byteOffset).getUint32(8, true);
}

/** The mark of a message and the length of what describes it, which its padding makes a multiple of eight. */
function startsWithMessage(start: Uint8Array, size: number): boolean {
  if (start.length < 8 || !bytesAt(0, "\xff\xff\xff\xff")(start, size)) return false;
  const length = new DataView(start.buffer, start.byteOffset).getUint32(4, true);
  return length > 0 && length % 8 === 0 && length <= size - 8;
}

/** The length of a header of JSON, which fits, and its first letter. */
function startsWithHeader(start: Uint8Array, size: number): boolean {
  if (start.length < 10 || start[8] !== 0x7b) return false;
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  return length >= 2n && length <= SAFETENSORS_HEADER && Number(length) <= size - 8;
}
