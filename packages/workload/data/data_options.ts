import { UNIT } from "./unit_kernel.ts";

/** What generated data is like. */
export interface DataSourceOptions {
  /** Decides all bytes: a whole number below 2^53; 0 by default. */
  readonly seed?: number;
  /**
   * How many units, on average, have the same bytes as one that is kept: a number from 1, the default, where all differ. It
   * is that of numbered objects.
   */
  readonly dedup?: number;
  /**
   * How many times smaller zstd, lz4 and gzip make it: a number from 1, the default, to 100. To 1 % up to 4, to 4 % up to 16,
   * and more than asked for over 16. Snappy finds less: 1.9 of 2, 5.9 of 8.
   */
  readonly compress?: number;
  /**
   * Bytes that repeat together: a power of two from 4 KiB to 4 MiB; 128 KiB by default. Who stores equal blocks once finds
   * `dedup` where its block divides the unit, and less where blocks are larger or of lengths that content decides.
   */
  readonly dedupUnit?: number;
  /**
   * Bytes of each numbered object, where all have as many: then what repeats lies in other objects, too. Without it objects
   * may have any size; only their first units are those of others.
   */
  readonly objectSize?: number;
  /** Whether WebAssembly is used where it can be; `true` by default. The bytes are the same. */
  readonly wasm?: boolean;
}

/** The same, checked and complete. */
export type DataSourceConfig =
  & Required<Omit<DataSourceOptions, "objectSize">>
  & Pick<DataSourceOptions, "objectSize">;

const LARGEST_UNIT = 2 ** 22;
const MOST_COMPRESS = 100;

/** Completes options; what is wrong with them is a `RangeError`. */
export function completeOptions(options: DataSourceOptions): DataSourceConfig {
  const { seed = 0, dedup = 1, compress = 1, dedupUnit = 2 ** 17, objectSize, wasm = true } = options;
  if (!isCount(seed)) throw new RangeError("seed must be a whole number from 0 to 2^53 - 1");
  if (!(dedup >= 1 && dedup < Infinity)) throw new RangeError("dedup must be a number from 1");
  if (!(compress >= 1 && compress <= MOST_COMPRESS)) {
    throw new RangeError(`compress must be a number from 1 to ${MOST_COMPRESS}`);
  }
  if (!(dedupUnit >= UNIT && dedupUnit <= LARGEST_UNIT && Number.isInteger(Math.log2(dedupUnit)))) {
    throw new RangeError("dedupUnit must be a power of two from 4 KiB to 4 MiB");
  }
  if (objectSize !== undefined && !isCount(objectSize)) {
    throw new RangeError("objectSize must be a whole number of bytes below 2^53");
  }
  return { seed, dedup, compress, dedupUnit, wasm, ...(objectSize !== undefined && { objectSize }) };
}

/** Whether it is a whole number that is counted exactly. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** What zstd and others need for the frame of a unit that is a random head and zeros. */
const FRAME = 12;
/** With fewer random bytes two units could be equal. */
const LEAST_HEAD = 16;

/** Bytes of a unit before its zeros, so that it is compressed by the factor. */
export function headOf(compress: number): number {
  return compress === 1 ? UNIT : Math.max(LEAST_HEAD, Math.round(UNIT / compress) - FRAME);
}
