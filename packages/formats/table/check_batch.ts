import type { Column, TableBatch } from "./column.ts";
import { schemaDifference } from "./compare_schemas.ts";
import type { Schema } from "./schema.ts";
import { countNulls } from "./validity.ts";
import { valueLayoutOf } from "./value_layout.ts";

/** How many bytes of text or bytes a column has; nothing where they lie in no memory that is known. */
export type BytesIn = (column: Column) => number | undefined;

const ofValues: BytesIn = ({ values }) => values instanceof Uint8Array ? values.length : undefined;

/**
 * Refuses a batch that is not of a schema, or whose columns are not laid out as their types ask: a `TypeError` that names
 * the column. Text is not looked at. `bytesIn` counts the bytes of text and bytes where these lie elsewhere than in `values`.
 */
export function checkBatch(batch: TableBatch, schema: Schema, bytesIn: BytesIn = ofValues): void {
  const difference = schemaDifference(schema, batch.schema);
  if (difference !== undefined) throw new TypeError(`the batch is of another schema: ${difference}`);
  if (batch.columns.length !== schema.fields.length) {
    throw new TypeError(
      `${batch.columns.length} columns are given for ${schema.fields.length} of the schema`,
    );
  }
  for (const column of batch.columns) checkColumn(column, batch.rows, column.field.name, bytesIn);
}

function checkColumn(column: Column, rows: number, path: string, bytesIn: BytesIn): void {
  const { field: { type, nullable }, length, validity, values, offsets, children } = column;
  const fault = (detail: string) => new TypeError(`column "${path}" ${detail}`);
  if (length !== rows) throw fault(`has ${length} rows, and the batch ${rows}`);
  if (validity && validity.length < (rows + 7) >> 3) throw fault("has no bit of validity for each row");
  if (!nullable && countNulls(column) > 0) throw fault("may not be null, and has rows without a value");
  const layout = valueLayoutOf(type);
  if (layout) {
    if (!(values instanceof layout.Values)) throw fault(`has its values in no ${layout.Values.name}`);
    if (values.length !== rows * layout.width) throw fault(`has ${values.length} values for ${rows} rows`);
    return;
  }
  const items = offsets ? checkOffsets(offsets, rows, fault) : rows;
  if (type.kind === "struct") {
    if (children?.length !== type.fields.length) throw fault("has not a column for each of its fields");
    for (const child of children) checkColumn(child, rows, `${path}.${child.field.name}`, bytesIn);
  } else if (type.kind === "list") {
    const [child] = children ?? [];
    if (!child || children?.length !== 1) throw fault("has no column of items");
    if (!offsets && type.size === undefined) throw fault("has no offsets");
    const count = type.size === undefined ? items : rows * type.size;
    checkColumn(child, count, `${path}.${child.field.name}`, bytesIn);
  } else if (!offsets) throw fault("has no offsets");
  else if (bytesIn(column) !== items) {
    throw fault(`has ${bytesIn(column) ?? values?.length ?? 0} bytes, and its offsets end at ${items}`);
  }
}

function checkOffsets(offsets: Int32Array, rows: number, fault: (detail: string) => TypeError): number {
  if (!(offsets instanceof Int32Array)) throw fault("has its offsets in no Int32Array");
  if (offsets.length !== rows + 1) throw fault(`has ${offsets.length} offsets for ${rows} rows`);
  if (offsets[0] !== 0) throw fault("has offsets that do not begin at 0");
  for (let row = 0; row < rows; row++) {
    if ((offsets[row] ?? 0) > (offsets[row + 1] ?? 0)) throw fault("has offsets that fall");
  }
  return offsets[rows] ?? 0;
}
