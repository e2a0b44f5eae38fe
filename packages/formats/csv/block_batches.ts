import type { Column, TableBatch } from "../table/column.ts";
import type { Field, Schema } from "../table/schema.ts";
import { type CellBlock, CellFault } from "./cell_block.ts";
import type { CellColumn } from "./cell_column.ts";
import { cellsToColumn } from "./cells_to_column.ts";

/** What becomes of a block's rows. */
export interface BlockBatchesOptions {
  readonly schema: Schema;
  readonly columns: readonly CellColumn[];
  /** Is told of each row that has a cell which is no value of its column; without, the first one is thrown. */
  readonly onFault?: (fault: CellFault, row: number, field: Field) => void;
  /** What is thrown for a fault. */
  readonly errorOf: (fault: CellFault, field: Field) => Error;
}

/**
 * The rows of a block from `first` up to before `last` as values. Where faults are told, their rows are left out: those
 * before and behind come in batches of their own, and one without rows comes behind each fault.
 */
export function* blockBatches(
  block: CellBlock,
  first: number,
  last: number,
  options: BlockBatchesOptions,
): Generator<TableBatch, void, undefined> {
  const { schema, columns, onFault, errorOf } = options;
  const made: Column[] = [];
  for (const column of columns) {
    try {
      made.push(cellsToColumn(block, column, first, last));
    } catch (error) {
      if (!(error instanceof CellFault)) throw error;
      if (!onFault) throw errorOf(error, column.field);
      if (last - first === 1) {
        onFault(error, first, column.field);
        return yield* blockBatches(block, first, first, options);
      }
      // Halves of halves, so that rows are read a few times, however many have faults.
      const middle = (first + last) >>> 1;
      yield* blockBatches(block, first, middle, options);
      return yield* blockBatches(block, middle, last, options);
    }
  }
  yield { schema, rows: last - first, columns: made };
}
