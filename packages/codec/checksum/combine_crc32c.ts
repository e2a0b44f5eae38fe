import { combineCrc } from "./combine_crc_32.ts";
import { CRC32C_POLYNOMIAL } from "./crc32c_plain.ts";

/**
 * The CRC-32C of two runs of bytes in a row, from that of each and the length of the second, up to 2^53 - 1 bytes.
 *
 * Takes a few microseconds, whatever the length.
 */
export function combineCrc32c(first: number, second: number, secondLength: number): number {
  return combineCrc(CRC32C_POLYNOMIAL, first, second, secondLength);
}
