import { checkBytes, checkCrc32c } from "./checksum_arguments.ts";
import { combineCrc } from "./combine_crc_32.ts";
import { crc32cToBase64 } from "./crc32c_text.ts";
import { nodeModule } from "../node/node_module.ts";

/** The polynomial 0x04C11DB7 (IEEE 802.3, section 3.2.9) with its bits reversed. */
const POLYNOMIAL = 0xedb88320;

let table: Uint32Array<ArrayBuffer> | undefined;

/**
 * The CRC-32 (IEEE 802.3, as of gzip and zip) of `bytes`, from 0 to 2^32 - 1: what older clients of S3 store.
 *
 * `previous` is the checksum of the bytes before them, so that `crc32(b, crc32(a))` is that of `a` and `b` in a row. Runs in
 * zlib where the runtime has it, in plain TypeScript elsewhere.
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  checkBytes(bytes, "CRC-32");
  checkCrc32c(previous);
  return nodeModule("node:zlib")?.crc32(bytes, previous) ?? crc32Plain(bytes, previous);
}

/** {@linkcode crc32} without zlib. */
export function crc32Plain(bytes: Uint8Array, previous = 0): number {
  table ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let entry = index;
    for (let bit = 0; bit < 8; bit++) entry = entry >>> 1 ^ -(entry & 1) & POLYNOMIAL;
    return entry;
  });
  let crc = ~previous;
  for (const byte of bytes) crc = crc >>> 8 ^ (table[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}

/** The CRC-32 of two runs of bytes in a row, from that of each and the length of the second, up to 2^53 - 1 bytes. */
export function combineCrc32(first: number, second: number, secondLength: number): number {
  return combineCrc(POLYNOMIAL, first, second, secondLength);
}

/** The base64 form of a CRC-32, highest byte first, as in S3's `x-amz-checksum-crc32`. */
export function crc32ToBase64(checksum: number): string {
  return crc32cToBase64(checksum);
}
