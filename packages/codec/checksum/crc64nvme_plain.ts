/** 0xAD93D23594C93659 (NVM Express NVM Command Set Specification 1.0d, section 5.2.1.3.4), bits reversed, halved. */
export const CRC64NVME_POLYNOMIAL = { low: 0xac4bc9b5, high: 0x9a6c9329 } as const;

let made: Uint32Array<ArrayBuffer> | undefined;

/**
 * Sixteen tables of 256 entries of 64 bits, low half first: entry `b` of table `k` is what the byte `b` becomes when
 * `k` more bytes have passed.
 */
export function crc64nvmeTables(): Uint32Array<ArrayBuffer> {
  if (made) return made;
  const tables = new Uint32Array(16 * 256 * 2);
  for (let index = 0; index < 256; index++) {
    let low = index;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const mask = -(low & 1);
      low = (low >>> 1 | high << 31) ^ mask & CRC64NVME_POLYNOMIAL.low;
      high = high >>> 1 ^ mask & CRC64NVME_POLYNOMIAL.high;
    }
    tables[2 * index] = low;
    tables[2 * index + 1] = high;
  }
  for (let index = 512; index < tables.length; index += 2) {
    const low = tables[index - 512] as number;
    const high = tables[index - 511] as number;
    const first = 2 * (low & 0xff);
    tables[index] = (low >>> 8 | high << 24) ^ (tables[first] as number);
    tables[index + 1] = high >>> 8 ^ (tables[first + 1] as number);
  }
  return made = tables;
}

/** {@linkcode crc64nvme} without WebAssembly: slicing by eight, on halves because `BigInt` is slow. */
export function crc64nvmePlain(bytes: Uint8Array, previous = 0n): bigint {
  const tables = crc64nvmeTables();
  const length = bytes.length;
  let low = ~Number(previous & 0xffff_ffffn);
  let high = ~Number(previous >> 32n);
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    const byte = (index: number): number => bytes[at + index] as number;
    const a = 3584 + 2 * (byte(0) ^ low & 0xff);
    const b = 3072 + 2 * (byte(1) ^ low >>> 8 & 0xff);
    const c = 2560 + 2 * (byte(2) ^ low >>> 16 & 0xff);
    const d = 2048 + 2 * (byte(3) ^ low >>> 24);
    const e = 1536 + 2 * (byte(4) ^ high & 0xff);
    const f = 1024 + 2 * (byte(5) ^ high >>> 8 & 0xff);
    const g = 512 + 2 * (byte(6) ^ high >>> 16 & 0xff);
    const h = 2 * (byte(7) ^ high >>> 24);
    const look = (half: number): number =>
      (tables[a + half] as number) ^ (tables[b + half] as number) ^ (tables[c + half] as number) ^
      (tables[d + half] as number) ^ (tables[e + half] as number) ^ (tables[f + half] as number) ^
      (tables[g + half] as number) ^ (tables[h + half] as number);
    low = look(0);
    high = look(1);
  }
  for (; at < length; at++) {
    const entry = 2 * (((bytes[at] as number) ^ low) & 0xff);
    low = (low >>> 8 | high << 24) ^ (tables[entry] as number);
    high = high >>> 8 ^ (tables[entry + 1] as number);
  }
  return BigInt(~high >>> 0) << 32n | BigInt(~low >>> 0);
}
