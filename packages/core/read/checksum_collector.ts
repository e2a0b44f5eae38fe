import { Crc32c, crc32c } from "../checksum/crc32c.ts";
import { Crc64nvme, crc64nvme } from "../checksum/crc64nvme.ts";
import type { Checksums, ObjectInfo, ResolvedRange } from "../contract/types.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";
import type { ReadOptions } from "./read_options.ts";

type Algorithm = "crc32c" | "crc64nvme";

/** What the chunks of a read add up to. */
export interface CollectedChecksums {
  /** Checksums computed over all bytes that were read. */
  readonly checksums: Checksums;
  /** Whether one was compared with what the store tells, and fitted. */
  readonly verified: boolean;
}

/** Computes the checksum of each chunk of a read and combines them into the checksum of the whole. */
export class ChecksumCollector {
  readonly #algorithm: Algorithm | undefined;
  readonly #expected: string | undefined;
  readonly #chunks: readonly ResolvedRange[];
  readonly #values: (number | bigint)[] = [];

  /** Prepares for the given chunks of `range`; what is computed follows from `mode` and from what the store tells. */
  constructor(
    info: ObjectInfo,
    range: ResolvedRange,
    chunks: readonly ResolvedRange[],
    mode: NonNullable<ReadOptions["checksum"]>,
  ) {
    this.#chunks = chunks;
    const told = range.length === info.size ? info.checksums : undefined;
    if (mode === "crc32c" || (mode === "auto" && told?.crc32c !== undefined)) this.#algorithm = "crc32c";
    else if (mode === "auto" && told?.crc64nvme !== undefined) this.#algorithm = "crc64nvme";
    if (this.#algorithm) this.#expected = told?.[this.#algorithm];
  }

  /** Whether anything is computed. */
  get active(): boolean {
    return this.#algorithm !== undefined;
  }

  /** Takes the next bytes of one chunk, in any order of chunks. */
  add(index: number, bytes: Uint8Array): void {
    const value = this.#values[index];
    if (this.#algorithm === "crc32c") this.#values[index] = crc32c(bytes, Number(value ?? 0));
    else if (this.#algorithm === "crc64nvme") this.#values[index] = crc64nvme(bytes, BigInt(value ?? 0));
  }

  /** Combines the chunks' checksums and compares the result with what the store tells. */
  finish(uri: string): CollectedChecksums {
    if (!this.#algorithm) return { checksums: {}, verified: false };
    const computed = this.#algorithm === "crc32c" ? this.#combine32() : this.#combine64();
    if (this.#expected !== undefined && this.#expected !== computed) {
      throw new ChecksumMismatchError({
        operation: "get",
        uri,
        detail: `the bytes have ${this.#algorithm} ${computed}, the store tells ${this.#expected}`,
      });
    }
    return { checksums: { [this.#algorithm]: computed }, verified: this.#expected !== undefined };
  }

  #combine32(): string {
    const whole = new Crc32c();
    for (const [index, { length }] of this.#chunks.entries()) {
      whole.append(Number(this.#values[index] ?? 0), length);
    }
    return whole.toBase64();
  }

  #combine64(): string {
    const whole = new Crc64nvme();
    for (const [index, { length }] of this.#chunks.entries()) {
      whole.append(BigInt(this.#values[index] ?? 0), length);
    }
    return whole.toBase64();
  }
}
