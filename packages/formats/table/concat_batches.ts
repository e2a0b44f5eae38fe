import type { Column, TableBatch } from "./column.ts";
import type { Field, Schema } from "./schema.ts";
import { schemaDifference } from "./compare_schemas.ts";
import { ValidityBuilder } from "./validity.ts";
import { valueLayoutOf } from "./value_layout.ts";

/**
 * The rows of several batches as one, copied. A `TypeError` where one is of another schema, and a `RangeError` where the
 * bytes of a text column, or the items of a list, pass the 2 GiB that offsets can tell.
 */
export function concatBatches(schema: Schema, batches: readonly TableBatch[]): TableBatch {
  let rows = 0;
  for (const batch of batches) {
    const difference = schemaDifference(schema, batch.schema);
    if (difference !== undefined) throw new TypeError(`the batches differ: ${difference}`);
    rows += batch.rows;
  }
  const [only] = batches;
  if (only && batches.length === 1) return only;
  const columns = schema.fields.map((field, place) =>
    concatColumns(field, batches.flatMap(({ columns }) => columns[place] ?? []))
  );
  return { schema, rows, columns };
}

/** The rows of several columns of one type as one. */
export function concatColumns(field: Field, columns: readonly Column[]): Column {
  const bits = new ValidityBuilder();
  let length = 0;
  for (const column of columns) {
    bits.addColumn(column, 0, column.length);
    length += column.length;
  }
  const validity = bits.finish();
  const joined = { field, length, ...(validity && { validity }) };
  const { type } = field;
  const layout = valueLayoutOf(type);
  if (layout) {
    const values = new layout.Values(length * layout.width);
    let at = 0;
    for (const column of columns) {
      if (column.values) values.set(column.values as never, at);
      at += column.length * layout.width;
    }
    return { ...joined, values };
  }
  if (type.kind === "list") {
    const children = [concatColumns(type.item, columns.flatMap((column) => column.children ?? []))];
    return { ...joined, ...(type.size === undefined && { offsets: joinOffsets(field, columns) }), children };
  }
  if (type.kind === "struct") {
    const children = type.fields.map((child, place) =>
      concatColumns(child, columns.flatMap((column) => column.children?.[place] ?? []))
    );
    return { ...joined, children };
  }
  const offsets = joinOffsets(field, columns);
  const values = new Uint8Array(offsets.at(-1) ?? 0);
  let at = 0;
  for (const column of columns) {
    const bytes = column.values as Uint8Array;
    values.set(bytes.subarray(0, column.offsets?.[column.length]), at);
    at += column.offsets?.[column.length] ?? 0;
  }
  return { ...joined, offsets, values };
}

function joinOffsets({ name }: Field, columns: readonly Column[]): Int32Array {
  const offsets = new Int32Array(columns.reduce((sum, { length }) => sum + length, 0) + 1);
  let row = 0;
  let base = 0;
  for (const { offsets: own, length } of columns) {
    for (let place = 1; place <= length; place++) offsets[row + place] = base + (own?.[place] ?? 0);
    row += length;
    base += own?.[length] ?? 0;
    if (base > 2 ** 31 - 1) {
      throw new RangeError(`column "${name}" has more than 2 GiB in one batch; take fewer rows at once`);
    }
  }
  return offsets;
}
