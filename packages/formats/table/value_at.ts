import type { Column } from "./column.ts";
import { formatDate, formatTime, formatTimestamp } from "./date_text.ts";
import { formatDecimal, readInt128 } from "./decimal.ts";
import { hasValue } from "./validity.ts";

/**
 * A value of a column as JavaScript has it.
 *
 * | type | value |
 * | --- | --- |
 * | numbers up to 32 bits, floats | number |
 * | int64, uint64, duration (in its unit) | bigint |
 * | bool | boolean |
 * | string | string |
 * | binary, fixed-binary | `Uint8Array`, a view of the column's memory |
 * | date, time, timestamp | text, with the digits of its unit: `2026-11-29`, `21:50:00.000`, `2026-11-29T21:50:00.000Z`, which has a `Z` where the type has a zone |
 * | decimal | text with all its digits: `12.50` |
 * | list | array |
 * | struct | object |
 * | none | null |
 */
export type RowValue =
  | number
  | bigint
  | boolean
  | string
  | Uint8Array
  | null
  | readonly RowValue[]
  | { readonly [name: string]: RowValue };

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The value of a row, which lies within the column; a `TypeError` where it is text that is no UTF-8. */
export function valueAt(column: Column, row: number): RowValue {
  if (!hasValue(column, row)) return null;
  const { type } = column.field;
  switch (type.kind) {
    case "bool":
      return column.values?.[row] === 1;
    case "string":
      return UTF8.decode(bytesAt(column, row));
    case "binary":
    case "fixed-binary":
      return bytesAt(column, row);
    case "date":
      return formatDate(Number(column.values?.[row]));
    case "time":
      return formatTime(BigInt(column.values?.[row] ?? 0), type.unit);
    case "timestamp":
      return formatTimestamp(BigInt(column.values?.[row] ?? 0), type.unit, type.zone !== undefined);
    case "decimal":
      return formatDecimal(readInt128(column.values as Uint8Array, row * 16), type.scale);
    case "list":
      return itemsAt(column, row);
    case "struct":
      return Object.fromEntries(
        (column.children ?? []).map((child) => [child.field.name, valueAt(child, row)]),
      );
    default:
      return column.values?.[row] ?? null;
  }
}

/** The bytes of a row's text, binary or fixed binary value; a view of the column's memory. */
export function bytesAt(column: Column, row: number): Uint8Array {
  const { field: { type }, offsets, values } = column;
  const bytes = values as Uint8Array;
  if (type.kind === "fixed-binary") return bytes.subarray(row * type.size, (row + 1) * type.size);
  return bytes.subarray(offsets?.[row], offsets?.[row + 1]);
}

/** Where the items of a row's list lie in the column below it: from the first up to before the last. */
export function itemRange({ field: { type }, offsets }: Column, row: number): [from: number, to: number] {
  if (type.kind === "list" && type.size !== undefined) return [row * type.size, (row + 1) * type.size];
  return [offsets?.[row] ?? 0, offsets?.[row + 1] ?? 0];
}

function itemsAt(column: Column, row: number): RowValue[] {
  const [items] = column.children ?? [];
  const [from, to] = itemRange(column, row);
  const values: RowValue[] = [];
  for (let at = from; items && at < to; at++) values.push(valueAt(items, at));
  return values;
}
