import { crc32c } from "@lade/codec/checksum";

/** Bytes before a record's own: its length in 64 bits, and the masked CRC-32C of these. */
export const HEAD_BYTES = 12;
/** Bytes behind a record's own: their masked CRC-32C. */
export const FOOT_BYTES = 4;
/** Bytes of a frame besides those of its record. */
export const FRAME_BYTES: number = HEAD_BYTES + FOOT_BYTES;

const MASK = 0xa282ead8;

/**
 * A CRC-32C as TFRecord stores it: rotated by 15 bits to the right, and with a constant added, so that the checksum of
 * bytes that have checksums in them is as good as any.
 */
export function maskCrc32c(crc: number): number {
  return (crc >>> 15 | crc << 17) + MASK >>> 0;
}

/** Whether the four bytes at `at` are the masked form of `crc`, little-endian. */
export function isMaskedCrc(bytes: Uint8Array, at: number, crc: number): boolean {
  return u32(bytes, at) === maskCrc32c(crc);
}

/** The length that the head of a frame at `at` tells: `undefined` where its checksum does not fit. May be more than any object has. */
export function lengthInHead(bytes: Uint8Array, at: number): number | undefined {
  if (!isMaskedCrc(bytes, at + 8, crc32c(bytes.subarray(at, at + 8)))) return undefined;
  return u32(bytes, at) + u32(bytes, at + 4) * 2 ** 32;
}

/** Writes the head of a frame whose record has `length` bytes. */
export function writeHead(target: Uint8Array, at: number, length: number): void {
  writeU32(target, at, length % 2 ** 32);
  writeU32(target, at + 4, Math.floor(length / 2 ** 32));
  writeU32(target, at + 8, maskCrc32c(crc32c(target.subarray(at, at + 8))));
}

/** Writes the foot of a frame of a record with this CRC-32C. */
export function writeFoot(target: Uint8Array, at: number, crc: number): void {
  writeU32(target, at, maskCrc32c(crc));
}

function u32(bytes: Uint8Array, at: number): number {
  const byte = (place: number): number => bytes[at + place] as number;
  return (byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24) >>> 0;
}

function writeU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
}
