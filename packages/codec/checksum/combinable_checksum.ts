import { combineCrc32, crc32 } from "./crc32.ts";
import { combineCrc32c } from "./combine_crc32c.ts";
import { combineCrc64nvme } from "./combine_crc64nvme.ts";
import { crc32c } from "./crc32c.ts";
import { crc32cFromBase64, crc32cToBase64 } from "./crc32c_text.ts";
import { crc64nvme } from "./crc64nvme.ts";
import { crc64nvmeFromBase64, crc64nvmeToBase64 } from "./crc64nvme_text.ts";

/** A checksum of bytes in pieces: the pieces' checksums combine into that of the whole. */
export interface CombinableChecksum<Value> {
  /** That of no bytes. */
  readonly zero: Value;
  /** Goes on with `bytes` where `previous` ended. */
  update(bytes: Uint8Array, previous: Value): Value;
  /** That of two pieces in a row, of which the second has `secondLength` bytes. */
  combine(first: Value, second: Value, secondLength: number): Value;
  /** The form in which services tell it: base64 of its big-endian bytes. */
  toBase64(value: Value): string;
  /** The value of that form; a `TypeError` where the text is not it. */
  fromBase64(text: string): Value;
}

const OF_CRC32C: CombinableChecksum<number> = {
  zero: 0,
  update: crc32c,
  combine: combineCrc32c,
  toBase64: crc32cToBase64,
  fromBase64: crc32cFromBase64,
};

const OF_CRC64NVME: CombinableChecksum<bigint> = {
  zero: 0n,
  update: crc64nvme,
  combine: combineCrc64nvme,
  toBase64: crc64nvmeToBase64,
  fromBase64: crc64nvmeFromBase64,
};

/** The name of a checksum that combines. */
export type CombinableName = "crc32c" | "crc64nvme" | "crc32";

/** The checksums that combine, the one that takes the least time first. */
export const COMBINABLE_CHECKSUMS: Readonly<Record<CombinableName, CombinableChecksum<unknown>>> = {
  crc32c: OF_CRC32C,
  crc64nvme: OF_CRC64NVME,
  crc32: { ...OF_CRC32C, update: crc32, combine: combineCrc32 },
};

/** Whether a checksum is one that combines. */
export function isCombinable(name: string): name is CombinableName {
  return Object.hasOwn(COMBINABLE_CHECKSUMS, name);
}
