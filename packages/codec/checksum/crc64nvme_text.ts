import { checkCrc64nvme } from "./checksum_arguments.ts";
import { integerFromBase64, integerFromHex, integerToBase64, integerToHex } from "./checksum_text.ts";

/** The base64 form of a CRC-64/NVME, highest byte first, as in S3's `x-amz-checksum-crc64nvme`. */
export function crc64nvmeToBase64(checksum: bigint): string {
  checkCrc64nvme(checksum);
  return integerToBase64(checksum, 8);
}

/** The CRC-64/NVME of a base64 form. Throws a `TypeError` for anything but 8 bytes in canonical base64. */
export function crc64nvmeFromBase64(text: string): bigint {
  return integerFromBase64(text, 8, "CRC-64/NVME");
}

/** The form of a CRC-64/NVME in sixteen lower-case hexadecimal digits. */
export function crc64nvmeToHex(checksum: bigint): string {
  checkCrc64nvme(checksum);
  return integerToHex(checksum, 8);
}

/** The CRC-64/NVME of sixteen hexadecimal digits in either case. Throws a `TypeError` for anything else. */
export function crc64nvmeFromHex(text: string): bigint {
  return integerFromHex(text, 8, "CRC-64/NVME");
}
