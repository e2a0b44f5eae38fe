import type { DType, NumericArray } from "./dtype.ts";

/** An array of numbers with a shape. */
export interface NdArray {
  /** What an element is. */
  readonly dtype: DType;
  /** The length of each dimension; empty for a single value. */
  readonly shape: readonly number[];
  /** Which index changes fastest in memory: the last one (`"C"`), or the first one (`"F"`). */
  readonly order: "C" | "F";
  /** The elements, in that order, in the machine's own byte order: two numbers for each complex one. */
  readonly data: NumericArray;
}
