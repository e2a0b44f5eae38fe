import type { RowValue } from "../table/value_at.ts";
import type { Head, HeadRow } from "./head.ts";

/** One array of several. */
export interface HeadArray {
  /** Its name; empty where the object is this one array. */
  readonly name: string;
  /** What an element is, in words. */
  readonly dtype: string;
  /** The length of each dimension. */
  readonly shape: readonly number[];
  /** Reads its first elements; `null` where they cannot be read. */
  readonly values: () => Promise<readonly RowValue[] | null>;
}

/** The first arrays, `count` at most, each with its first elements, so many; one array alone has no name to show. */
export function headOfArrays(
  arrays: AsyncIterable<HeadArray> | Iterable<HeadArray>,
  count: number,
  isAlone = false,
): Head {
  const rows = async function* (): AsyncGenerator<HeadRow> {
    let left = count;
    for await (const { name, dtype, shape, values } of arrays) {
      const named: HeadRow = isAlone ? [] : [["array", name]];
      yield [...named, ["dtype", dtype], ["shape", shape], ["values", await values()]];
      if (--left === 0) return;
    }
  };
  return { columns: [...(isAlone ? [] : ["array"]), "dtype", "shape", "values"], rows: rows() };
}

/** The least block at an array's beginning that has `count` elements, or all: up to where in each dimension. */
export function firstBlock(shape: readonly number[], count: number): number[] {
  let wanted = count;
  return shape.toReversed().map((length) => {
    const taken = Math.min(length, Math.max(wanted, 1));
    wanted = Math.ceil(wanted / Math.max(length, 1));
    return taken;
  }).toReversed();
}
