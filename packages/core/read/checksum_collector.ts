import type { Checksums, ObjectInfo, ResolvedRange } from "../contract/types.ts";
import { combineCrc32c, crc32c, crc32cToBase64 } from "../checksum/mod.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";
import type { ReadOptions } from "./read_options.ts";

/** Computes the checksum of each chunk of a read and combines them into the checksum of the whole. */
export class ChecksumCollector {
  readonly #expected: string | undefined;
  readonly #chunks: readonly ResolvedRange[];
  readonly #values: number[] | undefined;

  /** Prepares for the given chunks of `range`; what is computed follows from `mode` and from what the store tells. */
  constructor(
    info: ObjectInfo,
    range: ResolvedRange,
    chunks: readonly ResolvedRange[],
    mode: NonNullable<ReadOptions["checksum"]>,
  ) {
    this.#chunks = chunks;
    const whole = range.offset === 0 && range.length === info.size;
    if (whole && mode !== "none") this.#expected = info.checksums?.crc32c;
    if (mode === "crc32c" || this.#expected !== undefined) this.#values = [];
  }

  /** Takes the bytes of one chunk, in any order of chunks. */
  add(index: number, bytes: Uint8Array): void {
    if (this.#values) this.#values[index] = crc32c(bytes);
  }

  /** Combines the chunks' checksums and compares the result with what the store tells. */
  finish(uri: string): { checksums: Checksums; verified: boolean } {
    if (!this.#values) return { checksums: {}, verified: false };
    let value = 0;
    for (const [index, chunk] of this.#chunks.entries()) {
      value = combineCrc32c(value, this.#values[index] ?? 0, chunk.length);
    }
    const computed = crc32cToBase64(value);
    if (this.#expected !== undefined && this.#expected !== computed) {
      throw new ChecksumMismatchError({
        operation: "get",
        uri,
        detail: `CRC-32C of the bytes is ${computed}, the store has ${this.#expected}`,
      });
    }
    return { checksums: { crc32c: computed }, verified: this.#expected !== undefined };
  }
}
