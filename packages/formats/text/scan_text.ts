import type { TableBatch } from "../table/column.ts";
import { checkRows, rebatch } from "../table/rebatch.ts";
import type { Schema } from "../table/schema.ts";
import { selectFields } from "../table/select_columns.ts";
import type { ScanOptions } from "../table/table_reader.ts";

/**
 * Yields the rows of a table of text in order; those of a block of the text together, where `batchRows` does not say how
 * many. `batchesOf` yields those of each block, with the columns of the schema that it is given.
 */
export async function* scanText(
  all: Schema,
  options: ScanOptions,
  batchesOf: (schema: Schema) => AsyncGenerator<TableBatch, void, undefined>,
): AsyncGenerator<TableBatch, void, undefined> {
  const schema = selectFields(all, options.columns);
  checkRows(options.rows ?? {});
  const batches = batchesOf(schema);
  yield* options.batchRows === undefined ? batches : rebatch(batches, options.batchRows);
}
