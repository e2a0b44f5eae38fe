import { FLAGS } from "./zip_directory.ts";

/** A member that is written. */
export interface WrittenMember {
  /** Its name, in UTF-8. */
  readonly name: Uint8Array;
  /** 0 for one that is stored, 8 for one that is deflated. */
  readonly method: 0 | 8;
  /** Bytes that it has. */
  readonly size: number;
  /** Bytes that they take. */
  readonly storedSize: number;
  /** Their CRC-32. */
  readonly crc32: number;
  /** Where its header begins. */
  readonly offset: number;
  /** Whether size and sum come behind the data. */
  readonly later: boolean;
}

const ALIGNMENT = 64;
const ONES = 0xffffffff;
/** What reads it has to know: zip64. */
const VERSION = 45;
/** The first day there is, 1 January 1980, as of NumPy: the same arrays are the same bytes. */
const DAY = 0x21;
/** The extra field by which tools align what is stored: a number of bytes, and zeros. */
const ALIGNING = 0xd935;

/** Writes numbers one after the other, little-endian. */
class Fields {
  readonly #bytes: number[] = [];

  u16(...values: readonly number[]): this {
    for (const value of values) this.#bytes.push(value & 0xff, value >>> 8);
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) this.u16(value & 0xffff, value >>> 16);
    return this;
  }

  u64(...values: readonly number[]): this {
    for (const value of values) this.u32(value % 2 ** 32, Math.floor(value / 2 ** 32));
    return this;
  }

  raw(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}

/** The header before a member (APPNOTE 4.3.7), after which its data begin at a multiple of 64 bytes. */
export function localHeader(member: WrittenMember): Uint8Array<ArrayBuffer> {
  const { name, later, offset } = member;
  const zip64 = new Fields().u16(1, 16).u64(later ? 0 : member.size, later ? 0 : member.storedSize).bytes;
  const least = offset + 30 + name.length + zip64.length + 6;
  const zeros = (ALIGNMENT - least % ALIGNMENT) % ALIGNMENT;
  return new Fields().u32(0x04034b50).u16(VERSION, flagsOf(member), member.method, 0, DAY)
    .u32(later ? 0 : member.crc32, ONES, ONES).u16(name.length, zip64.length + 6 + zeros).raw(name).raw(zip64)
    .u16(ALIGNING, 2 + zeros, ALIGNMENT).raw(new Uint8Array(zeros)).bytes;
}

/** What comes behind data whose size was not known before (4.3.9). */
export function dataDescriptor({ crc32, storedSize, size }: WrittenMember): Uint8Array<ArrayBuffer> {
  return new Fields().u32(0x08074b50, crc32).u64(storedSize, size).bytes;
}

/** A member in the directory (4.3.12). */
export function directoryHeader(member: WrittenMember): Uint8Array<ArrayBuffer> {
  const { name, crc32, size, storedSize, offset, method } = member;
  return new Fields().u32(0x02014b50).u16(VERSION, VERSION, flagsOf(member), method, 0, DAY).u32(
    crc32,
    ONES,
    ONES,
  )
    .u16(name.length, 28, 0, 0, 0).u32(0, ONES).raw(name).u16(1, 24).u64(size, storedSize, offset).bytes;
}

/** The records behind the directory (4.3.14 to 4.3.16). */
export function endRecords(members: number, length: number, offset: number): Uint8Array<ArrayBuffer> {
  return new Fields().u32(0x06064b50).u64(44).u16(VERSION, VERSION).u32(0, 0).u64(
    members,
    members,
    length,
    offset,
  )
    .u32(0x07064b50, 0).u64(offset + length).u32(1)
    .u32(0x06054b50).u16(0, 0, 0xffff, 0xffff).u32(ONES, ONES).u16(0).bytes;
}

function flagsOf({ later }: WrittenMember): number {
  return FLAGS.utf8 | (later ? FLAGS.descriptor : 0);
}
