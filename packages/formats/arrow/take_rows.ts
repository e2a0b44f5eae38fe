import type { NumericArray } from "../array/dtype.ts";
import type { Column } from "../table/column.ts";
import { hasValue } from "../table/validity.ts";
import { itemRange } from "../table/value_at.ts";
import { valueLayoutOf } from "../table/value_layout.ts";

const MOST = 2 ** 31 - 1;

/**
 * The rows of a dictionary that indices tell, as the column `base` describes. An index that leads to no row is an error,
 * but where the row has no value.
 */
export function takeRows(
  dictionary: Column,
  base: Column,
  indices: NumericArray,
  fault: (detail: string) => Error,
): Column {
  const rows = new Int32Array(base.length);
  let blanks = dictionary.validity !== undefined;
  for (let row = 0; row < rows.length; row++) {
    const index = Number(indices[row]);
    if (!hasValue(base, row)) rows[row] = -1;
    else if (index >= 0 && index < dictionary.length) rows[row] = hasValue(dictionary, index) ? index : -1;
    else throw fault(`has index ${index} in row ${row}, and its dictionary ${dictionary.length} values`);
    blanks ||= rows[row] === -1;
  }
  const { field } = base;
  const validity = blanks && rows.includes(-1) ? validityOf(rows) : undefined;
  return { field, length: rows.length, ...(validity && { validity }), ...take(dictionary, rows, fault) };
}

function validityOf(rows: Int32Array): Uint8Array {
  const bits = new Uint8Array((rows.length + 7) >> 3);
  for (let row = 0; row < rows.length; row++) {
    if (rows[row] !== -1) bits[row >> 3] = (bits[row >> 3] ?? 0) | 1 << (row & 7);
  }
  return bits;
}

/** The rows of these numbers; blanks where it is -1. */
function take(column: Column, rows: Int32Array, fault: (detail: string) => Error) {
  const { field: { type }, values, children } = column;
  const layout = valueLayoutOf(type);
  if (layout) {
    const taken = new layout.Values(rows.length * layout.width);
    copyRows(values as Float64Array, taken as Float64Array, rows, layout.width);
    return { values: taken };
  }
  if (type.kind === "struct") {
    return { children: (children ?? []).map((child) => takeColumn(child, rows, fault)) };
  }
  const offsets = new Int32Array(rows.length + 1);
  let total = 0;
  for (let row = 0; row < rows.length; row++) {
    const from = rows[row] ?? -1;
    const [start, end] = from === -1 ? [0, 0] : itemRange(column, from);
    total += type.kind === "list" && type.size !== undefined ? type.size : end - start;
    if (total > MOST) throw fault("has more than 2 GiB in one batch, out of its dictionary");
    offsets[row + 1] = total;
  }
  if (type.kind !== "list") {
    const taken = new Uint8Array(total);
    const bytes = values as Uint8Array;
    for (let row = 0; row < rows.length; row++) {
      const from = rows[row] ?? -1;
      if (from !== -1) {
        taken.set(bytes.subarray(column.offsets?.[from], column.offsets?.[from + 1]), offsets[row]);
      }
    }
    return { offsets, values: taken };
  }
  const [below] = children ?? [];
  if (!below) throw new TypeError("a list has items");
  const items = new Int32Array(total).fill(-1);
  for (let row = 0; row < rows.length; row++) {
    const from = rows[row] ?? -1;
    if (from === -1) continue;
    const [start, end] = itemRange(column, from);
    for (let at = start; at < end; at++) items[(offsets[row] ?? 0) + at - start] = at;
  }
  return { ...(type.size === undefined && { offsets }), children: [takeColumn(below, items, fault)] };
}

/** Rows of a column below: what is blank in one that has always a value is arbitrary. */
function takeColumn(column: Column, rows: Int32Array, fault: (detail: string) => Error): Column {
  const { field, validity } = column;
  const taken = { field, length: rows.length, ...take(column, rows, fault) };
  if (!field.nullable) return taken;
  const present = validity ? rows.map((row) => row === -1 || hasValue(column, row) ? row : -1) : rows;
  return present.includes(-1) ? { ...taken, validity: validityOf(present) } : taken;
}

function copyRows(from: Float64Array, to: Float64Array, rows: Int32Array, width: number): void {
  for (let row = 0; row < rows.length; row++) {
    const index = rows[row] ?? -1;
    if (index === -1) continue;
    if (width === 1) to[row] = from[index] ?? 0;
    else to.set(from.subarray(index * width, (index + 1) * width), row * width);
  }
}
