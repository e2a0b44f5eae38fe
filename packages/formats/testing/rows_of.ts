import type { TableBatch } from "../table/column.ts";
import type { TableReader } from "../table/table_reader.ts";
import type { ScanOptions } from "../table/table_reader.ts";
import { type RowValue, valueAt } from "../table/value_at.ts";

/** The rows of a batch as objects. */
export function rowsOf(batch: TableBatch): Record<string, RowValue>[] {
  return Array.from(
    { length: batch.rows },
    (_, row) => Object.fromEntries(batch.columns.map((column) => [column.field.name, valueAt(column, row)])),
  );
}

/** All rows of a table as objects. */
export async function readRows(
  reader: TableReader,
  options?: ScanOptions,
): Promise<Record<string, RowValue>[]> {
  const rows: Record<string, RowValue>[] = [];
  for await (const batch of reader.scan(options)) for (const row of rowsOf(batch)) rows.push(row);
  return rows;
}
