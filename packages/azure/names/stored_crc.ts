import { crc32cToBase64 } from "@lade/codec/checksum";

/** The metadata by which the CRC-32C of a whole blob is kept with it. */
export const STORED_CRC = "ladecrc32c";

const FORM = /^([A-Za-z0-9+/]{6}==)\.(\d+)\.([0-9a-f]{32})$/;

/** The value of that metadata: the checksum in base64, the bytes that it is of, and who wrote them. */
export function formatStoredCrc(crc32c: number, size: number, writer: string): string {
  return `${crc32cToBase64(crc32c)}.${size}.${writer}`;
}

/** The checksum of a blob of `size` bytes; `undefined` where none is kept, or that of another size. */
export function readStoredCrc(value: string | undefined, size: number): string | undefined {
  const [, crc32c, told] = FORM.exec(value ?? "") ?? [];
  return Number(told) === size ? crc32c : undefined;
}
