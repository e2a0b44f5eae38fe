import { checkBytes, checkCrc32c } from "./checksum_arguments.ts";
import { combineCrc32c } from "./combine_crc32c.ts";
import { crc32cKernel } from "./crc32c_kernel.ts";
import { crc32cPlain } from "./crc32c_plain.ts";
import { crc32cToBase64, crc32cToHex } from "./crc32c_text.ts";

/** Bytes below which plain TypeScript is as fast as a call into WebAssembly. */
const SMALL = 256;

/**
 * The CRC-32C (Castagnoli; RFC 3720, section 12.1) of `bytes`, from 0 to 2^32 - 1.
 *
 * `previous` is the checksum of the bytes before them, so that `crc32c(b, crc32c(a))` is that of `a` and `b` in a row.
 * Runs in WebAssembly SIMD: in place on memories given to {@linkcode bindChecksums}, else through a copy in steps of
 * 256 KiB. Runs in plain TypeScript for the first MiB, for few bytes, and where the runtime lacks SIMD or multi-memory.
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  checkBytes(bytes, "CRC-32C");
  checkCrc32c(previous);
  const crc = bytes.length < SMALL ? undefined : crc32cKernel.update(bytes, previous);
  return crc === undefined ? crc32cPlain(bytes, previous) : crc >>> 0;
}

/** A CRC-32C that grows with the bytes it is given. */
export class Crc32c {
  #value = 0;
  #length = 0;

  /** The checksum so far, from 0 to 2^32 - 1; 0 before the first byte. */
  get value(): number {
    return this.#value;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Goes on with `bytes`, which are not kept. */
  update(bytes: Uint8Array): this {
    this.#value = crc32c(bytes, this.#value);
    this.#length += bytes.length;
    return this;
  }

  /** Goes on with `length` bytes of which only the checksum is known, as of a chunk that was read on its own. */
  append(checksum: number, length: number): this {
    this.#value = combineCrc32c(this.#value, checksum, length);
    this.#length += length;
    return this;
  }

  /** {@linkcode crc32cToBase64} of the value. */
  toBase64(): string {
    return crc32cToBase64(this.#value);
  }

  /** {@linkcode crc32cToHex} of the value. */
  toHex(): string {
    return crc32cToHex(this.#value);
  }
}
