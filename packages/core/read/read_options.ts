import type { ByteRange, CallOptions, Checksums, ObjectInfo, ResolvedRange } from "../contract/types.ts";
import type { ProgressOptions } from "../progress/progress.ts";

/** Options of every read by the range engine. */
export interface ReadOptions extends CallOptions, ProgressOptions {
  /** The bytes wanted; the whole object by default. */
  readonly range?: ByteRange;
  /** Reads only while the object's etag is this one: else `PreconditionFailedError`. */
  readonly ifMatch?: string;
  /** Reads this version of the object. */
  readonly version?: string;
  /** How many chunks to fetch concurrently; found by measuring when `"auto"`, the default. */
  readonly concurrency?: number | "auto";
  /** Bytes in one chunk; the store's own choice when `"auto"`, the default. */
  readonly chunkSize?: number | "auto";
  /**
   * `"auto"` (the default) computes and compares the checksum of a whole object when its store has one,
   * `"crc32c"` computes CRC-32C in any case, `"none"` neither.
   */
  readonly checksum?: "auto" | "crc32c" | "none";
}

/** The result of a finished read. */
export interface ReadResult {
  /** What the store says of the whole object. */
  readonly info: ObjectInfo;
  /** The bytes that were read, within the object. */
  readonly range: ResolvedRange;
  /** Checksums computed over the bytes that were read. */
  readonly checksums: Checksums;
  /** Whether a computed checksum was compared with one of the store, and fitted. */
  readonly verified: boolean;
  /** Why none was compared, and what would be; absent where one was. */
  readonly unverified?: string;
}

/**
 * Throws a `RangeError` for a `concurrency` or `chunkSize` that is neither `"auto"` nor a positive whole number, and a
 * `TypeError` for a `checksum` that is no word of them.
 */
export function checkReadOptions(options: ReadOptions): void {
  check("concurrency", options.concurrency);
  check("chunkSize", options.chunkSize);
  const { checksum } = options;
  if (checksum === undefined || CHECKSUMS.has(checksum)) return;
  throw new TypeError(`Cannot read with checksum ${String(checksum)}: "auto", "crc32c" or "none" is needed`);
}

const CHECKSUMS: ReadonlySet<string> = new Set(["auto", "crc32c", "none"]);

function check(name: string, value: number | "auto" | undefined): void {
  if (value === undefined || value === "auto" || (Number.isSafeInteger(value) && value >= 1)) return;
  throw new RangeError(`Cannot read with ${name} ${value}: "auto" or a whole number from 1 up is needed`);
}
