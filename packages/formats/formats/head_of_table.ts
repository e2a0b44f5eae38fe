import type { ColumnType } from "../table/schema.ts";
import { selectFields } from "../table/select_columns.ts";
import { type RowValue, valueAt } from "../table/value_at.ts";
import type { Head, HeadOptions, HeadRow } from "./head.ts";
import type { OpenedFormat } from "./open_format.ts";
import { shortestFloat } from "../text/shortest_float.ts";

/** Rows of a batch, at most. */
const BATCH_ROWS = 1024;

/** The first rows of a table. */
export async function headOfTable(
  { format, target }: OpenedFormat,
  { count, columns, schema, signal }: HeadOptions,
): Promise<Head> {
  const call = { ...(signal && { signal }) };
  const reader = await format.openTable?.(target, { ...call, ...(schema && { schema }) });
  if (!reader) throw new TypeError(`Cannot read ${format.name} as a table`);
  const names = selectFields(reader.schema, columns).fields.map(({ name }) => name);
  const rows = async function* (): AsyncGenerator<HeadRow> {
    await using open = reader;
    let left = count;
    const scan = {
      ...call,
      ...(columns && { columns }),
      rows: { to: count },
      batchRows: Math.min(count, BATCH_ROWS),
    };
    for await (const batch of open.scan(scan)) {
      for (let row = 0; row < batch.rows && left > 0; row++, left--) {
        yield batch.columns.map((column) =>
          [column.field.name, shortened(valueAt(column, row), column.field.type)] as const
        );
      }
      if (left === 0) return;
    }
  };
  return { columns: names, rows: rows() };
}

/** A value in which numbers of few bits are the shortest that they are read from. */
function shortened(value: RowValue, type: ColumnType): RowValue {
  if (typeof value === "number") return shortestFloat(value, type.kind);
  if (type.kind === "list" && Array.isArray(value)) {
    return value.map((item: RowValue) => shortened(item, type.item.type));
  }
  if (type.kind !== "struct" || value === null || typeof value !== "object") return value;
  const fields = value as { readonly [name: string]: RowValue };
  return Object.fromEntries(
    type.fields.map((field) => [field.name, shortened(fields[field.name] ?? null, field.type)]),
  );
}
