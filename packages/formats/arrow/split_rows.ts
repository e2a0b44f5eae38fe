import type { TableBatch } from "../table/column.ts";
import { sliceRows } from "../table/slice_rows.ts";

/** Yields a batch in batches of at most `most` rows, and nothing of one that has none. */
export function* splitRows(batch: TableBatch, most: number = Infinity): Iterable<TableBatch> {
  if (!(most >= 1)) throw new RangeError(`batches of ${most} rows are wanted`);
  for (let from = 0; from < batch.rows; from += most) {
    yield sliceRows(batch, from, Math.min(from + most, batch.rows));
  }
}
