import type { DType, NdArray, NumericArray } from "../array/mod.ts";

/** The units of NumPy's times; `generic` where an array has none. */
export type NpyTimeUnit =
  | "generic"
  | "Y"
  | "M"
  | "W"
  | "D"
  | "h"
  | "m"
  | "s"
  | "ms"
  | "us"
  | "ns"
  | "ps"
  | "fs"
  | "as";

/**
 * What an element of an npy file is: numbers by a {@linkcode DType}, and what NumPy has besides.
 *
 * | `dtype` | NumPy's | an element in memory |
 * | --- | --- | --- |
 * | `string` | `U` | `length` characters of 4 bytes (UTF-32), zeros at the end |
 * | `bytes` | `S` | `length` bytes, zeros at the end |
 * | `void` | `V` | `length` bytes |
 * | `datetime`, `timedelta` | `M8`, `m8` | a count of `step` `unit`s, from 1970 or to another moment; the least one is none |
 * | `struct` | structured `V` | `length` bytes, with fields at offsets |
 */
export type NpyType =
  | { readonly dtype: DType }
  | { readonly dtype: "string" | "bytes" | "void"; readonly length: number }
  | { readonly dtype: "datetime" | "timedelta"; readonly unit: NpyTimeUnit; readonly step: number }
  | { readonly dtype: "struct"; readonly length: number; readonly fields: readonly NpyField[] };

/** A field of a structured element. */
export interface NpyField {
  /** Its name. */
  readonly name: string;
  /** Another name that it has besides. */
  readonly title?: string;
  /** What it is, or each of its elements is. */
  readonly type: NpyType;
  /** The shape of an array in it, in C order; empty for a single value. */
  readonly shape: readonly number[];
  /** Bytes from the element's first one. */
  readonly offset: number;
}

/** An array of elements of any kind that an npy file has. Each {@linkcode NdArray} is one. */
export type NpyArray = NpyType & {
  /** The length of each dimension; empty for a single value. */
  readonly shape: readonly number[];
  /** Which index changes fastest in memory: the last one (`"C"`), or the first one (`"F"`). */
  readonly order: "C" | "F";
  /** The elements, in that order, in the machine's own byte order: numbers, `BigInt64Array` for times, else bytes. */
  readonly data: NumericArray;
};

/** Whether an array's elements are numbers. */
export function isNdArray(array: NpyArray): array is NpyArray & NdArray {
  return isNumeric(array);
}

/** Whether elements of a type are numbers. */
export function isNumeric(type: NpyType): type is { readonly dtype: DType } {
  return !("length" in type) && !("unit" in type);
}
