import { BatchBuilder } from "./batch_builder.ts";
import type { TableBatch } from "./column.ts";
import type { Schema } from "./schema.ts";

/** Bytes of a batch from which on it is handed out, however few rows it has. */
const BATCH_BYTES = 32 * 2 ** 20;

/** Puts rows, their values in the order of the schema, into batches of at most `batchRows` rows and some 32 MiB. */
export async function* batchesOfRows(
  rows: AsyncIterable<readonly unknown[]>,
  schema: Schema,
  batchRows: number = 1024,
): AsyncGenerator<TableBatch, void, void> {
  const builder = new BatchBuilder(schema);
  let bytes = 0;
  for await (const row of rows) {
    const added = row.reduce(
      (sum: number, value) => sum + (value instanceof Uint8Array ? value.length : 8),
      0,
    );
    if (builder.rows > 0 && (builder.rows >= batchRows || bytes + added > BATCH_BYTES)) {
      yield builder.finish();
      bytes = 0;
    }
    builder.append(row);
    bytes += added;
  }
  if (builder.rows > 0) yield builder.finish();
}
