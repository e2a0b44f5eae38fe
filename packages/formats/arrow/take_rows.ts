import type { NumericArray } from "../array/dtype.ts";
import type { Column } from "../table/column.ts";
import { hasValue } from "../table/validity.ts";
import { itemRange } from "../table/value_at.ts";
import { valueLayoutOf } from "../table/value_layout.ts";

const MOST = 2 ** 31 - 1;

/** Bytes that are copied one by one rather than by a call. */
const SHORT = 32;

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
  const rows = rowsOf(indices);
  const { length, validity: known } = dictionary;
  let blanks = false;
  for (let row = 0; row < rows.length; row++) {
    const index = rows[row] ?? -1;
    if (base.validity && !hasValue(base, row)) rows[row] = -1;
    else if (index < 0 || index >= length) {
      throw fault(`has index ${indices[row]} in row ${row}, and its dictionary ${length} values`);
    } else if (!known || hasValue(dictionary, index)) continue;
    else rows[row] = -1;
    blanks = true;
  }
  const { field } = base;
  const validity = blanks ? validityOf(rows) : undefined;
  return { field, length: rows.length, ...(validity && { validity }), ...take(dictionary, rows, fault) };
}

/** Indices as 32-bit numbers, of which those that do not fit are below 0. */
function rowsOf(indices: NumericArray): Int32Array {
  if (!(indices instanceof BigInt64Array || indices instanceof BigUint64Array)) {
    return new Int32Array(indices);
  }
  const rows = new Int32Array(indices.length);
  for (let row = 0; row < rows.length; row++) {
    const index = indices[row] ?? 0n;
    rows[row] = index < 0n || index > BigInt(MOST) ? -1 : Number(index);
  }
  return rows;
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
  const size = type.kind === "list" ? type.size : undefined;
  let total = 0;
  for (let row = 0; row < rows.length; row++) {
    const from = rows[row] ?? -1;
    total += size ?? (from === -1 ? 0 : (column.offsets?.[from + 1] ?? 0) - (column.offsets?.[from] ?? 0));
    if (total > MOST) throw fault("has more than 2 GiB in one batch, out of its dictionary");
    offsets[row + 1] = total;
  }
  if (type.kind !== "list") return { offsets, values: takeBytes(column, rows, offsets, total) };
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

function takeBytes(
  { offsets, values }: Column,
  rows: Int32Array,
  places: Int32Array,
  total: number,
): Uint8Array {
  const [from, bytes, taken] = [offsets ?? new Int32Array(1), values as Uint8Array, new Uint8Array(total)];
  for (let row = 0; row < rows.length; row++) {
    const index = rows[row] ?? -1;
    if (index === -1) continue;
    const [start, place] = [from[index] ?? 0, places[row] ?? 0];
    const length = (from[index + 1] ?? 0) - start;
    if (length > SHORT) taken.set(bytes.subarray(start, start + length), place);
    else for (let at = 0; at < length; at++) taken[place + at] = bytes[start + at] ?? 0;
  }
  return taken;
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
