import type { NumericArray } from "../array/dtype.ts";

/** Offsets from 0 on, and which part of what they lead to they mean. */
export interface Offsets {
  /** One more than rows, the first one 0. */
  readonly offsets: Int32Array;
  /** Where the first row begins. */
  readonly first: number;
  /** Where the last one ends. */
  readonly last: number;
}

const MOST = 2 ** 31 - 1;

/** Checks offsets, and makes them begin at 0. Otherwise what is wrong with them: `"large"` where they span more than 2 GiB. */
export function narrowOffsets(
  found: NumericArray,
  wide: boolean,
): Offsets | "fall" | "begin below 0" | "large" {
  if (found.length === 0) return { offsets: new Int32Array(1), first: 0, last: 0 };
  const [first, last] = [Number(found[0]), Number(found[found.length - 1])];
  if (first < 0) return "begin below 0";
  if (last - first > MOST) return "large";
  const offsets = !wide && first === 0 ? found as Int32Array : new Int32Array(found.length);
  if (wide) {
    let before = found[0] as bigint;
    for (let row = 0; row < found.length; row++) {
      const offset = found[row] as bigint;
      if (offset < before) return "fall";
      before = offset;
      offsets[row] = Number(offset) - first;
    }
  } else {
    let before = first;
    for (let row = 0; row < found.length; row++) {
      const offset = found[row] as number;
      if (offset < before) return "fall";
      before = offset;
      if (first !== 0) offsets[row] = offset - first;
    }
  }
  return { offsets, first, last };
}
