import type { Column, TableBatch } from "./column.ts";
import { ValidityBuilder } from "./validity.ts";
import { valueLayoutOf } from "./value_layout.ts";

/** Rows of a batch, from `from` up to before `to`; a `RangeError` where they are not in it. Values are views of its memory. */
export function sliceRows(batch: TableBatch, from: number, to: number): TableBatch {
  if (from === 0 && to === batch.rows) return batch;
  checkWithin(batch.rows, from, to);
  return {
    schema: batch.schema,
    rows: to - from,
    columns: batch.columns.map((column) => sliceColumn(column, from, to)),
  };
}

/** Rows of a column, from `from` up to before `to`; a `RangeError` where they are not in it. Values are views of its memory. */
export function sliceColumn(column: Column, from: number, to: number): Column {
  const { field, length, values, offsets, children } = column;
  checkWithin(length, from, to);
  const validity = sliceValidity(column, from, to);
  const sliced = { field, length: to - from, ...(validity && { validity }) };
  if (offsets) {
    const first = offsets[from] ?? 0;
    const last = offsets[to] ?? first;
    const moved = offsets.slice(from, to + 1);
    if (first !== 0) { for (let row = 0; row < moved.length; row++) moved[row] = (moved[row] ?? 0) - first; }
    return {
      ...sliced,
      offsets: moved,
      ...(values && { values: values.subarray(first, last) }),
      ...(children && { children: children.map((child) => sliceColumn(child, first, last)) }),
    };
  }
  const { type } = field;
  const width = type.kind === "list" ? type.size ?? 0 : valueLayoutOf(type)?.width ?? 1;
  return {
    ...sliced,
    ...(values && { values: values.subarray(from * width, to * width) }),
    ...(children && { children: children.map((child) => sliceColumn(child, from * width, to * width)) }),
  };
}

function sliceValidity(column: Column, from: number, to: number): Uint8Array | undefined {
  const { validity } = column;
  if (!validity) return undefined;
  if (from % 8 === 0) return validity.subarray(from >> 3, (to + 7) >> 3);
  const bits = new ValidityBuilder();
  bits.addColumn(column, from, to);
  return bits.finish();
}

function checkWithin(length: number, from: number, to: number): void {
  if (from >= 0 && from <= to && to <= length) return;
  throw new RangeError(`rows ${from} to ${to} are wanted of ${length}`);
}
