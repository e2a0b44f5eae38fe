import type { TableBatch } from "./column.ts";
import { concatBatches } from "./concat_batches.ts";
import { sliceRows } from "./slice_rows.ts";

/** Yields the rows of batches in batches of exactly `rows` rows, but for the last one. Holds at most a batch more than that. */
export async function* rebatch(
  batches: AsyncIterable<TableBatch> | Iterable<TableBatch>,
  rows: number,
): AsyncGenerator<TableBatch, void, undefined> {
  if (!Number.isSafeInteger(rows) || rows < 1) throw new RangeError(`batches of ${rows} rows are wanted`);
  let held: TableBatch[] = [];
  let count = 0;
  for await (let batch of batches) {
    while (count + batch.rows >= rows) {
      const taken = rows - count;
      yield joined([...held, sliceRows(batch, 0, taken)]);
      batch = sliceRows(batch, taken, batch.rows);
      held = [];
      count = 0;
    }
    if (batch.rows === 0) continue;
    held.push(batch);
    count += batch.rows;
  }
  if (count > 0) yield joined(held);
}

/** Yields the rows from `from` up to before `to`, and ends the reading below once it has them. */
export async function* cutRows(
  batches: AsyncIterable<TableBatch>,
  { from = 0, to = Infinity }: { readonly from?: number; readonly to?: number } = {},
): AsyncGenerator<TableBatch, void, undefined> {
  checkRows({ from, to });
  if (to <= from) return;
  let at = 0;
  for await (const batch of batches) {
    const first = Math.max(from - at, 0);
    const last = Math.min(to - at, batch.rows);
    if (first < last) yield sliceRows(batch, first, last);
    at += batch.rows;
    if (at >= to) return;
  }
}

/** Refuses rows that are no range: a `RangeError`. `to` may pass the end of a table. */
export function checkRows(
  { from = 0, to = Infinity }: { readonly from?: number; readonly to?: number },
): void {
  const whole = Number.isSafeInteger(from) && (to === Infinity || Number.isSafeInteger(to));
  if (!whole || from < 0 || to < from) {
    throw new RangeError(
      `rows are counted from 0, and "to" is no less than "from": not from ${from} to ${to}`,
    );
  }
}

function joined(batches: TableBatch[]): TableBatch {
  const [first] = batches;
  if (!first) throw new RangeError("no batch is there to be joined");
  return concatBatches(first.schema, batches);
}
