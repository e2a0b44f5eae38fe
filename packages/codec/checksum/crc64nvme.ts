import { checkBytes, checkCrc64nvme } from "./checksum_arguments.ts";
import { combineCrc64nvme } from "./combine_crc64nvme.ts";
import { crc64nvmeKernel } from "./crc64nvme_kernel.ts";
import { crc64nvmePlain } from "./crc64nvme_plain.ts";
import { crc64nvmeToBase64, crc64nvmeToHex } from "./crc64nvme_text.ts";

/** Bytes below which plain TypeScript is as fast as a call into WebAssembly. */
const SMALL = 64;

/**
 * The CRC-64/NVME (NVM Express NVM Command Set Specification 1.0d, section 5.2.1.3.4) of `bytes`, from 0 to
 * 2^64 - 1: what S3 keeps of an object by default.
 *
 * `previous` is the checksum of the bytes before them, so that `crc64nvme(b, crc64nvme(a))` is that of `a` and `b` in a
 * row. Runs where {@linkcode crc32c} would: in place, through a copy, or in plain TypeScript.
 */
export function crc64nvme(bytes: Uint8Array, previous = 0n): bigint {
  checkBytes(bytes, "CRC-64/NVME");
  checkCrc64nvme(previous);
  const crc = bytes.length < SMALL ? undefined : crc64nvmeKernel.update(bytes, previous);
  return crc === undefined ? crc64nvmePlain(bytes, previous) : BigInt.asUintN(64, crc);
}

/** A CRC-64/NVME that grows with the bytes it is given. */
export class Crc64nvme {
  #value = 0n;
  #length = 0;

  /** The checksum so far, from 0 to 2^64 - 1; 0 before the first byte. */
  get value(): bigint {
    return this.#value;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Goes on with `bytes`, which are not kept. */
  update(bytes: Uint8Array): this {
    this.#value = crc64nvme(bytes, this.#value);
    this.#length += bytes.length;
    return this;
  }

  /** Goes on with `length` bytes of which only the checksum is known, as of a chunk that was read on its own. */
  append(checksum: bigint, length: number): this {
    this.#value = combineCrc64nvme(this.#value, checksum, length);
    this.#length += length;
    return this;
  }

  /** {@linkcode crc64nvmeToBase64} of the value. */
  toBase64(): string {
    return crc64nvmeToBase64(this.#value);
  }

  /** {@linkcode crc64nvmeToHex} of the value. */
  toHex(): string {
    return crc64nvmeToHex(this.#value);
  }
}
