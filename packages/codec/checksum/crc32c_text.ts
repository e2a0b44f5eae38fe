import { checkCrc32c } from "./checksum_arguments.ts";
import { integerFromBase64, integerFromHex, integerToHex } from "./checksum_text.ts";

/**
 * The base64 form of a CRC-32C, highest byte first, as in S3's `x-amz-checksum-crc32c` and Cloud Storage's
 * `x-goog-hash`.
 */
export function crc32cToBase64(checksum: number): string {
  checkCrc32c(checksum);
  // Written out: one is made for each small object, and the general form takes longer than the checksum.
  return btoa(
    String.fromCharCode(checksum >>> 24, checksum >>> 16 & 0xff, checksum >>> 8 & 0xff, checksum & 0xff),
  );
}

/**
 * The CRC-32C of a base64 form. Throws a `TypeError` for anything but 4 bytes in canonical base64, so also for the
 * checksum of checksums that S3 gives for parts, such as `AAAAAA==-2`.
 */
export function crc32cFromBase64(text: string): number {
  return Number(integerFromBase64(text, 4, "CRC-32C"));
}

/** The form of a CRC-32C in eight lower-case hexadecimal digits. */
export function crc32cToHex(checksum: number): string {
  checkCrc32c(checksum);
  return integerToHex(BigInt(checksum), 4);
}

/** The CRC-32C of eight hexadecimal digits in either case. Throws a `TypeError` for anything else. */
export function crc32cFromHex(text: string): number {
  return Number(integerFromHex(text, 4, "CRC-32C"));
}
