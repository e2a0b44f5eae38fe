/** How a {@linkcode Histogram} counts. */
export interface HistogramOptions {
  /** Buckets are at most 2^-`precisionBits` of their values wide: 10 by default, 0.1 %; 1 to 16. */
  readonly precisionBits?: number;
}

/** What a {@linkcode Histogram} counted, to be kept and restored. */
export interface HistogramState {
  /** Buckets are at most 2^-`precisionBits` of their values wide. */
  readonly precisionBits: number;
  /** How many values there are. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** The least; absent of none. */
  readonly min?: number;
  /** The greatest; absent of none. */
  readonly max?: number;
  /** The least value of each bucket, and how many values are in it. */
  readonly buckets: readonly (readonly [least: number, count: number])[];
}

/** Values that are counted as one. */
export interface HistogramBucket {
  /** The least value that it counts. */
  readonly least: number;
  /** The greatest value that it counts. */
  readonly most: number;
  /** How many it counted. */
  readonly count: number;
}

const MOST_PRECISION = 16;
const POWERS = Float64Array.from({ length: 54 }, (_, exponent) => 2 ** exponent);

/**
 * Counts whole numbers from 0 to 2^53 - 1, such as nanoseconds, in buckets whose widths grow with the values. Count,
 * least, greatest and sum are exact (the sum up to 2^53), and so are values below 2^(`precisionBits` + 1). Takes 8 KiB
 * for each power of two in which there are values, by default.
 */
export class Histogram {
  /** Buckets are at most 2^-`precisionBits` of their values wide. */
  readonly precisionBits: number;
  /** Counts of the values from 2^(bits + row) on; those of the first row begin with 0. */
  readonly #rows: (Float64Array | undefined)[] = [];
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;

  /** Makes an empty histogram. A precision that is no whole number of 1 to 16 bits is a `RangeError`. */
  constructor({ precisionBits = 10 }: HistogramOptions = {}) {
    if (!Number.isInteger(precisionBits) || precisionBits < 1 || precisionBits > MOST_PRECISION) {
      throw new RangeError(`precisionBits must be a whole number of 1 to ${MOST_PRECISION}`);
    }
    this.precisionBits = precisionBits;
  }

  /** A histogram of what another one counted. What no histogram has is a `RangeError`. */
  static restore({ precisionBits, count, sum, min, max, buckets }: HistogramState): Histogram {
    const histogram = new Histogram({ precisionBits });
    for (const [least, times] of buckets) {
      if (!isCount(least) || !isCount(times)) throw new RangeError("a bucket is no value and count");
      histogram.#add(least, times);
      histogram.#count += times;
    }
    const [first, last] = [buckets[0], buckets.at(-1)];
    const isWhole = histogram.#count === count && Number.isFinite(sum) && sum >= 0 &&
      (first && last
        ? isCount(min) && isCount(max) && min >= first[0] && max >= last[0] && min <= max
        : min === undefined && max === undefined && sum === 0);
    if (!isWhole) throw new RangeError("count, sum, min and max are not those of the buckets");
    histogram.#sum = sum;
    if (min !== undefined) histogram.#min = min;
    if (max !== undefined) histogram.#max = max;
    return histogram;
  }

  /** What it counted, as values of JSON. */
  toState(): HistogramState {
    const { precisionBits, count, sum, min, max } = this;
    return {
      ...{ precisionBits, count, sum },
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      buckets: Array.from(this.buckets(), ({ least, count }) => [least, count] as const),
    };
  }

  /** How many values were recorded. */
  get count(): number {
    return this.#count;
  }

  /** The sum of the values. */
  get sum(): number {
    return this.#sum;
  }

  /** The least value; `undefined` of none. */
  get min(): number | undefined {
    return this.#count > 0 ? this.#min : undefined;
  }

  /** The greatest value; `undefined` of none. */
  get max(): number | undefined {
    return this.#count > 0 ? this.#max : undefined;
  }

  /** The mean of the values; `undefined` of none. */
  get mean(): number | undefined {
    return this.#count > 0 ? this.#sum / this.#count : undefined;
  }

  /** Counts a value, rounded to the next whole number. One below 0 or above 2^53 - 1 is a `RangeError`. */
  record(value: number): void {
    const whole = Math.round(value);
    if (!(whole >= 0 && whole <= Number.MAX_SAFE_INTEGER)) {
      throw new RangeError(`A histogram counts values of 0 to 2^53 - 1, not ${value}`);
    }
    this.#add(whole, 1);
    this.#count++;
    this.#sum += whole;
    if (whole < this.#min) this.#min = whole;
    if (whole > this.#max) this.#max = whole;
  }

  /**
   * Adds what another one counted, as though its values had been recorded here. One that is less precise is a
   * `RangeError`.
   */
  merge(other: Histogram): void {
    if (other.precisionBits < this.precisionBits) {
      throw new RangeError(
        `A histogram of ${other.precisionBits} bits can not be merged into one of ${this.precisionBits}`,
      );
    }
    // Each bucket of the finer one lies within one of the coarser one.
    for (const { least, count } of [...other.buckets()]) this.#add(least, count);
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /**
   * The value that at least `percent` of the values do not exceed, by nearest rank: the greatest value of its bucket, so
   * at most 2^-`precisionBits` of it too large, and never above `max`. `undefined` of none. A percentage that is not of
   * 0 to 100 is a `RangeError`.
   */
  percentile(percent: number): number | undefined {
    if (!(percent >= 0 && percent <= 100)) throw new RangeError(`${percent} is no percentage`);
    // 99.9 % of 1,000 are 999, though the product is a little more.
    let left = Math.max(1, Math.ceil(percent * this.#count / 100 * (1 - 2 ** -50)));
    for (const { most, count } of this.buckets()) {
      left -= count;
      if (left <= 0) return Math.min(most, this.#max);
    }
    return undefined;
  }

  /** The buckets that counted something, from the least to the greatest. */
  *buckets(): Generator<HistogramBucket, void, void> {
    for (const [row, counts] of this.#rows.entries()) {
      if (!counts) continue;
      const width = 2 ** row;
      const first = row === 0 ? 0 : 2 ** this.precisionBits;
      for (const [index, count] of counts.entries()) {
        if (count === 0) continue;
        const least = (first + index) * width;
        yield { least, most: least + width - 1, count };
      }
    }
  }

  #add(whole: number, count: number): void {
    const bits = this.precisionBits;
    const log = whole < 2 ** 32 ? 31 - Math.clz32(whole) : 63 - Math.clz32(whole / 2 ** 32);
    const row = Math.max(0, log - bits);
    const counts = this.#rows[row] ??= new Float64Array((row === 0 ? 2 : 1) << bits);
    const index = row === 0 ? whole : Math.floor(whole / (POWERS[row] ?? 1)) - (1 << bits);
    counts[index] = (counts[index] ?? 0) + count;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && Number.isSafeInteger(value);
}
