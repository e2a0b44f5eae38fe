import { type CombinableName, isCombinable } from "@lade/codec/checksum";
import type { BodySum } from "../contract/body_sum.ts";
import type { Checksums, ObjectInfo, ResolvedRange } from "../contract/types.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";
import type { EtagMd5 } from "../contract/etag_md5.ts";
import { CHECKSUM_NAMES } from "../contract/checksum_names.ts";
import { type ChunkSums, CombinedSums, OrderedSums, sumsBy } from "./chunk_sums.ts";
import type { EtagGuard } from "./etag_guard.ts";
import type { ReadOptions } from "./read_options.ts";

type Mode = NonNullable<ReadOptions["checksum"]>;

/** What the chunks of a read add up to. */
export interface CollectedChecksums {
  /** Checksums computed over all bytes that were read. */
  readonly checksums: Checksums;
  /** Whether one was compared with the store's, and fitted. */
  readonly verified: boolean;
  /** Why none was compared, and what would be. */
  readonly unverified?: string;
}

/** Computes the checksum of each chunk of a read and combines them into the checksum of the whole. */
export class ChecksumCollector {
  readonly #algorithm: keyof Checksums | undefined;
  readonly #sums: ChunkSums | undefined;
  readonly #expected: string | undefined;
  readonly #unverified: string | undefined;
  readonly #etag: { readonly sums: ChunkSums; readonly told: EtagMd5; readonly guard: EtagGuard } | undefined;
  readonly #chunks: readonly ResolvedRange[];
  #taken: BodySum | undefined;

  /**
   * Prepares for the given chunks of `range`; what is computed follows from `mode` and from what the store has. With a
   * `guard`, what has no other checksum to compare is held against its etag.
   */
  constructor(
    info: ObjectInfo,
    range: ResolvedRange,
    chunks: readonly ResolvedRange[],
    mode: Mode,
    guard?: EtagGuard,
  ) {
    this.#chunks = chunks;
    const told = range.length === info.size ? info.checksums : undefined;
    const wanted = mode === "crc32c" ? ["crc32c"] as const : mode === "none" ? [] : CHECKSUM_NAMES;
    for (const algorithm of wanted) {
      if (mode === "auto" && told?.[algorithm] === undefined) continue;
      this.#sums = sumsBy(algorithm, range.offset);
      if (!this.#sums) continue;
      this.#algorithm = algorithm;
      this.#expected = told?.[algorithm];
      break;
    }
    if (this.#expected !== undefined) return;
    this.#unverified = reasonOf(info, range, mode);
    if (!guard?.told || mode === "none" || range.length !== info.size) return;
    const sums = sumsBy("md5", range.offset);
    if (sums) this.#etag = { sums, told: guard.told, guard };
  }

  /** Whether anything is computed. */
  get active(): boolean {
    return this.#sums !== undefined || this.#etag !== undefined;
  }

  /** Whether the bytes are compared with a checksum of the store. */
  get compares(): boolean {
    return this.#expected !== undefined;
  }

  /** The digest, where it needs the bytes in order: then their memory stays as it is until they had their turn. */
  get ordered(): OrderedSums | undefined {
    const sums = this.#etag?.sums ?? this.#sums;
    return sums instanceof OrderedSums ? sums : undefined;
  }

  /** Whether a checksum that is taken elsewhere is the one that is computed here, and nothing else is. */
  isComputedBy(sum: BodySum | undefined): sum is BodySum {
    return sum !== undefined && sum.algorithm === this.#algorithm && !this.#etag;
  }

  /** Takes over what was computed elsewhere of all bytes. */
  take(sum: BodySum): void {
    this.#taken = sum;
  }

  /** Takes the next bytes of one chunk, which start at `offset` of the object; chunks come in any order. */
  add(index: number, offset: number, bytes: Uint8Array): void {
    this.#sums?.add(index, offset, bytes);
    this.#etag?.sums.add(index, offset, bytes);
  }

  /** The checksum that is computed, where it combines: {@linkcode addSum} takes it of bytes that were poured. */
  get combinable(): CombinableName | undefined {
    return this.#algorithm !== undefined && isCombinable(this.#algorithm) ? this.#algorithm : undefined;
  }

  /** Takes the checksum of the next `length` bytes of one chunk. */
  addSum(index: number, sums: Checksums, length: number): void {
    const sum = this.combinable && sums[this.combinable];
    if (sum !== undefined && this.#sums instanceof CombinedSums) this.#sums.addSum(index, sum, length);
  }

  /** Combines the chunks' checksums and compares the result with the store's. */
  finish(uri: string): CollectedChecksums {
    const md5 = this.#compareEtag(uri);
    const unverified = this.#unverified === undefined || md5 ? {} : { unverified: this.#unverified };
    if (!this.#sums || !this.#algorithm) return { checksums: { ...md5 }, verified: !!md5, ...unverified };
    const computed = this.#taken?.value ?? this.#sums.finish(this.#chunks);
    if (this.#expected !== undefined && this.#expected !== computed) {
      throw new ChecksumMismatchError({
        operation: "get",
        uri,
        detail: `the bytes have ${this.#algorithm} ${computed}, the store tells ${this.#expected}`,
      });
    }
    return {
      checksums: { [this.#algorithm]: computed, ...md5 },
      verified: this.#expected !== undefined || !!md5,
      ...unverified,
    };
  }

  /** Combines the chunks' checksums where those of the store turned out to be of an object that is gone. */
  finishStale(): CollectedChecksums {
    const checksums = this.#sums && this.#algorithm
      ? { [this.#algorithm]: this.#taken?.value ?? this.#sums.finish(this.#chunks) }
      : {};
    return {
      checksums,
      verified: false,
      unverified: "another program replaced the object and left the checksum of the one before; " +
        "one that is written with a checksum is compared",
    };
  }

  /** The MD5 where it is that of the etag; `undefined` where the etag shows nothing. */
  #compareEtag(uri: string): Checksums | undefined {
    if (!this.#etag) return undefined;
    const { sums, told, guard } = this.#etag;
    const md5 = sums.finish(this.#chunks);
    return guard.fits(md5, told, uri) ? { md5 } : undefined;
  }
}

/** Why nothing is compared, and what would be. */
export function reasonOf(info: ObjectInfo, range: ResolvedRange, mode: Mode): string {
  const { checksums, partsChecksum, size } = info;
  if (mode === "none") return "checksums are off";
  if (range.length !== size) return "only a part of the object was read; a read of all of it is compared";
  if (checksums && CHECKSUM_NAMES.some((name) => checksums[name] !== undefined)) {
    return mode === "crc32c"
      ? "the store keeps another checksum than CRC-32C"
      : "this runtime cannot compute what the store keeps; Deno can";
  }
  return partsChecksum === undefined
    ? "the store has no checksum of the object; only what was written with one can be compared"
    : `the store keeps a checksum of the object's parts only (${partsChecksum}); ` +
      "one that was written with a checksum of the whole is compared";
}
