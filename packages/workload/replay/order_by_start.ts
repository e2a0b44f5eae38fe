import { OpLogError } from "../errors/op_log_error.ts";
import { compareStarts, type OpLogRow } from "../rows/op_log_row.ts";

/** Options of {@linkcode orderByStart}. */
export interface OrderByStartOptions {
  /** How many rows are read ahead; 65,536 by default. */
  readonly window?: number;
  /** What the log is called in messages; `op-log` by default. */
  readonly uri?: string;
}

/** Rows that are read ahead by default. */
export const WINDOW = 65_536;

interface Held {
  readonly row: OpLogRow;
  /** Rows that began together stay in the order in which they came. */
  readonly number: number;
}

/**
 * Puts the rows of a log, which has them in the order of their ends as a rule, into that of their starts, by a window of rows
 * in memory. It suffices where no more operations than the window ended while the longest one ran. Else it is an
 * {@linkcode OpLogError}: the log is to be sorted first.
 */
export async function* orderByStart(
  rows: AsyncIterable<OpLogRow>,
  options: OrderByStartOptions = {},
): AsyncGenerator<OpLogRow, void, void> {
  const { window = WINDOW, uri = "op-log" } = options;
  if (!Number.isInteger(window) || window < 1) throw new RangeError("window must be a whole number above 0");
  const heap = new Heap();
  let last: OpLogRow | undefined;
  let number = 0;
  for await (const row of rows) {
    if (last && compareStarts(row, last) < 0) {
      throw new OpLogError({
        operation: "replay",
        uri,
        detail: `a row comes more than ${window} rows later than it began`,
        advice: "sort the log first, by lade oplog sort",
      });
    }
    heap.push({ row, number: number++ });
    if (heap.size > window) yield last = heap.pop();
  }
  while (heap.size > 0) yield heap.pop();
}

/** The row that began first is on top. */
class Heap {
  readonly #held: Held[] = [];

  get size(): number {
    return this.#held.length;
  }

  push(added: Held): void {
    const held = this.#held;
    let at = held.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = held[above] as Held;
      if (isBefore(other, added)) break;
      held[at] = other;
      at = above;
    }
    held[at] = added;
  }

  pop(): OpLogRow {
    const held = this.#held;
    const top = held[0] as Held;
    const moved = held.pop() as Held;
    const size = held.length;
    for (let at = 0; size > 0;) {
      let below = 2 * at + 1;
      if (below + 1 < size && isBefore(held[below + 1] as Held, held[below] as Held)) below++;
      if (below >= size || isBefore(moved, held[below] as Held)) {
        held[at] = moved;
        break;
      }
      held[at] = held[below] as Held;
      at = below;
    }
    return top.row;
  }
}

function isBefore(a: Held, b: Held): boolean {
  return (compareStarts(a.row, b.row) || a.number - b.number) < 0;
}
