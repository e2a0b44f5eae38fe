/** The Castagnoli polynomial 0x1EDC6F41 (RFC 3720, section 12.1) with its bits reversed. */
export const CRC32C_POLYNOMIAL = 0x82f63b78;

let made: Uint32Array<ArrayBuffer> | undefined;

/** Sixteen tables of 256: entry `b` of table `k` is what the byte `b` becomes when `k` more bytes have passed. */
export function crc32cTables(): Uint32Array<ArrayBuffer> {
  if (made) return made;
  const tables = new Uint32Array(16 * 256);
  for (let index = 0; index < 256; index++) {
    let entry = index;
    for (let bit = 0; bit < 8; bit++) entry = entry >>> 1 ^ -(entry & 1) & CRC32C_POLYNOMIAL;
    tables[index] = entry;
  }
  for (let index = 256; index < tables.length; index++) {
    const before = tables[index - 256] ?? 0;
    tables[index] = before >>> 8 ^ (tables[before & 0xff] ?? 0);
  }
  return made = tables;
}

/** {@linkcode crc32c} without WebAssembly: slicing by sixteen. */
export function crc32cPlain(bytes: Uint8Array, previous = 0): number {
  const table = crc32cTables();
  const length = bytes.length;
  let crc = ~previous;
  let at = 0;
  const look = (k: number, byte: number): number => table[256 * k + byte] as number;
  for (; at + 16 <= length; at += 16) {
    const byte = (index: number): number => bytes[at + index] as number;
    crc = look(15, byte(0) ^ crc & 0xff) ^ look(14, byte(1) ^ crc >>> 8 & 0xff) ^
      look(13, byte(2) ^ crc >>> 16 & 0xff) ^ look(12, byte(3) ^ crc >>> 24) ^
      look(11, byte(4)) ^ look(10, byte(5)) ^ look(9, byte(6)) ^ look(8, byte(7)) ^
      look(7, byte(8)) ^ look(6, byte(9)) ^ look(5, byte(10)) ^ look(4, byte(11)) ^
      look(3, byte(12)) ^ look(2, byte(13)) ^ look(1, byte(14)) ^ look(0, byte(15));
  }
  for (; at < length; at++) crc = crc >>> 8 ^ look(0, (bytes[at] as number) ^ crc & 0xff);
  return ~crc >>> 0;
}
