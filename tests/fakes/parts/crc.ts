/**
 * A cyclic redundancy check, fed piece by piece. Reflected, all ones before and after, by eight tables of 256
 * words.
 */
export interface Crc {
  /** Adds bytes. */
  update(bytes: Uint8Array): void;
  /** The value so far, big-endian. */
  digest(): Uint8Array;
}

const CRC32C_TABLE = makeTable(0x82f63b78n).low;
const CRC64_TABLE = makeTable(0x9a6c9329ac4bc9b5n);

/** CRC-32C (Castagnoli), polynomial 0x1EDC6F41 (RFC 3720, appendix B.4). */
export class Crc32c implements Crc {
  #crc = -1;

  /** Adds bytes. */
  update(bytes: Uint8Array): void {
    const data = plain(bytes);
    const t = CRC32C_TABLE;
    let crc = this.#crc;
    let i = 0;
    for (const end = data.length - 7; i < end; i += 8) {
      const low = crc ^ word(data, i);
      const high = word(data, i + 4);
      crc = at(t, 1792 + (low & 255)) ^ at(t, 1536 + (low >>> 8 & 255)) ^ at(t, 1280 + (low >>> 16 & 255)) ^
        at(t, 1024 + (low >>> 24)) ^ at(t, 768 + (high & 255)) ^ at(t, 512 + (high >>> 8 & 255)) ^
        at(t, 256 + (high >>> 16 & 255)) ^ at(t, high >>> 24);
    }
    for (; i < data.length; i++) crc = crc >>> 8 ^ at(t, (crc ^ byte(data, i)) & 255);
    this.#crc = crc;
  }

  /** The value so far, four bytes. */
  digest(): Uint8Array {
    return bigEndian(~this.#crc);
  }
}

/** CRC-64/NVME, polynomial 0xAD93D23594C93659 (NVM Express command set specification 1.0, figure 10). */
export class Crc64Nvme implements Crc {
  #low = -1;
  #high = -1;

  /** Adds bytes. */
  update(bytes: Uint8Array): void {
    const data = plain(bytes);
    const { low: tl, high: th } = CRC64_TABLE;
    let low = this.#low;
    let high = this.#high;
    let i = 0;
    for (const end = data.length - 7; i < end; i += 8) {
      low ^= word(data, i);
      high ^= word(data, i + 4);
      const a = 1792 + (low & 255),
        b = 1536 + (low >>> 8 & 255),
        c = 1280 + (low >>> 16 & 255),
        d = 1024 + (low >>> 24);
      const e = 768 + (high & 255),
        f = 512 + (high >>> 8 & 255),
        g = 256 + (high >>> 16 & 255),
        h = high >>> 24;
      low = at(tl, a) ^ at(tl, b) ^ at(tl, c) ^ at(tl, d) ^ at(tl, e) ^ at(tl, f) ^ at(tl, g) ^ at(tl, h);
      high = at(th, a) ^ at(th, b) ^ at(th, c) ^ at(th, d) ^ at(th, e) ^ at(th, f) ^ at(th, g) ^ at(th, h);
    }
    for (; i < data.length; i++) {
      const index = (low ^ byte(data, i)) & 255;
      low = (low >>> 8 | high << 24) ^ at(tl, index);
      high = high >>> 8 ^ at(th, index);
    }
    this.#low = low;
    this.#high = high;
  }

  /** The value so far, eight bytes. */
  digest(): Uint8Array {
    const bytes = new Uint8Array(8);
    bytes.set(bigEndian(~this.#high));
    bytes.set(bigEndian(~this.#low), 4);
    return bytes;
  }
}

/**
 * A view of one class only: the loops above are several times slower when they see both `Buffer` and
 * `Uint8Array`.
 */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function at(table: Int32Array, index: number): number {
  return table[index] as number;
}

function byte(data: Uint8Array, index: number): number {
  return data[index] as number;
}

function word(data: Uint8Array, i: number): number {
  return byte(data, i) | byte(data, i + 1) << 8 | byte(data, i + 2) << 16 | byte(data, i + 3) << 24;
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/**
 * Eight tables of 256 words, one after the other: table k is the effect of a byte followed by k zero bytes.
 */
function makeTable(polynomial: bigint): { low: Int32Array; high: Int32Array } {
  const low = new Int32Array(2048);
  const high = new Int32Array(2048);
  const first = Array.from({ length: 256 }, (_, index) => {
    let crc = BigInt(index);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? crc >> 1n ^ polynomial : crc >> 1n;
    return crc;
  });
  let current = first;
  for (let k = 0; k < 8; k++) {
    current.forEach((crc, index) => {
      low[k * 256 + index] = Number(BigInt.asIntN(32, crc));
      high[k * 256 + index] = Number(BigInt.asIntN(32, crc >> 32n));
    });
    current = current.map((crc) => crc >> 8n ^ (first[Number(crc & 255n)] ?? 0n));
  }
  return { low, high };
}
