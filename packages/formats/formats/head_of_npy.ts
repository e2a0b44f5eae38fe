import { elementsOf } from "../array/dtype.ts";
import { fieldOf } from "../npy/fields.ts";
import { NpyFile } from "../npy/npy_file.ts";
import { isNdArray, type NpyArray } from "../npy/npy_type.ts";
import { bytesOf, textsOf } from "../npy/texts.ts";
import { formatDate, formatTimestamp } from "../table/date_text.ts";
import type { RowValue } from "../table/value_at.ts";
import { arrayValues } from "./array_values.ts";
import type { Head, HeadOptions, HeadRow } from "./head.ts";
import type { OpenedFormat } from "./open_format.ts";

/** Elements of a row that each have a column, at most. */
const COLUMNS = 64;

/** The count that NumPy has for no time. */
const NO_TIME = -(2n ** 63n);

/** The first rows of a table of numbers, or the first elements of another array, each with its index. */
export async function headOfNpy({ target }: OpenedFormat, { count, signal }: HeadOptions): Promise<Head> {
  const call = { ...(signal && { signal }) };
  const file = await NpyFile.open(await target.open(), call);
  const { shape, order, type } = file.header;
  const [rows = 0, width = 0] = shape;
  if (type.dtype === "struct" && shape.length === 1) {
    const array = await file.readFirst(count, call);
    return { columns: type.fields.map(({ name }) => name), rows: each(structValues(array), Object.entries) };
  }
  if (shape.length === 2 && order === "C" && width <= COLUMNS) {
    const values = npyValues(await file.readRows(0, Math.min(rows, count), call));
    const columns = Array.from({ length: width }, (_, column) => String(column));
    const row = (number: number) =>
      columns.map((name, column) => [name, values[number * width + column] ?? null] as const);
    return { columns, rows: each(Array.from({ length: Math.min(rows, count) }, (_, at) => at), row) };
  }
  const values = npyValues(await file.readFirst(count, call));
  return {
    columns: ["index", "value"],
    rows: each(
      [...values.entries()],
      ([at, value]) => [["index", indexOf(at, shape, order)], ["value", value]],
    ),
  };
}

/** The first elements of an npy file, in the order in which they lie. */
export async function firstOfNpy(file: NpyFile, count: number, signal?: AbortSignal): Promise<RowValue[]> {
  return npyValues(await file.readFirst(count, { ...(signal && { signal }) }));
}

async function* each<T>(items: readonly T[], row: (item: T) => HeadRow): AsyncGenerator<HeadRow> {
  for (const item of items) yield row(item);
}

/** The index of the element at a place in the file. */
function indexOf(at: number, shape: readonly number[], order: "C" | "F"): RowValue {
  const index: number[] = [];
  for (const length of order === "C" ? shape.toReversed() : shape) {
    index.push(at % length);
    at = Math.floor(at / length);
  }
  const told = order === "C" ? index.toReversed() : index;
  const [only] = told;
  return told.length === 1 && only !== undefined ? only : told;
}

function npyValues(array: NpyArray): RowValue[] {
  if (isNdArray(array)) return arrayValues(array.dtype, array.data);
  switch (array.dtype) {
    case "string":
      return textsOf(array);
    case "bytes":
      return bytesOf(array);
    case "datetime":
    case "timedelta":
      return Array.from(array.data as BigInt64Array, (value) => timeValue(array, value));
    case "struct":
      return structValues(array);
    default: {
      const { data, length } = array as NpyArray & { length: number };
      return Array.from(
        { length: elementsOf(array.shape) ?? 0 },
        (_, element) => (data as Uint8Array).subarray(element * length, (element + 1) * length),
      );
    }
  }
}

function timeValue(array: NpyArray, count: bigint): RowValue {
  if (count === NO_TIME || !("unit" in array)) return null;
  const { dtype, unit, step } = array;
  const scaled = count * BigInt(step);
  if (dtype === "datetime") {
    if (unit === "D") return formatDate(Number(scaled));
    if (unit === "s" || unit === "ms" || unit === "us" || unit === "ns") {
      return formatTimestamp(scaled, unit, false);
    }
  }
  return `${scaled} ${unit}`;
}

function structValues(array: NpyArray): { readonly [name: string]: RowValue }[] {
  const fields = array.dtype === "struct" ? array.fields : [];
  const elements = elementsOf(array.shape) ?? 0;
  const columns = fields.map(({ name, shape }) => {
    const values = npyValues(fieldOf(array, name));
    const width = elementsOf(shape) ?? 1;
    const at = (element: number): RowValue =>
      shape.length === 0 ? values[element] ?? null : values.slice(element * width, (element + 1) * width);
    return [name, at] as const;
  });
  return Array.from(
    { length: elements },
    (_, element) => Object.fromEntries(columns.map(([name, at]) => [name, at(element)])),
  );
}
