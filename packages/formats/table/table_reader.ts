import type { CallOptions } from "@lade/core";
import type { TableBatch } from "./column.ts";
import type { Schema } from "./schema.ts";

/** What of a table is read. */
export interface ScanOptions extends CallOptions {
  /** The columns wanted, by name, in this order; all by default. One that is not there is a `TypeError` that names those that are. */
  readonly columns?: readonly string[];
  /** The rows wanted, from `from` up to before `to`; all by default. */
  readonly rows?: { readonly from?: number; readonly to?: number };
  /** Rows in a batch, at most; the format's own choice by default. */
  readonly batchRows?: number;
}

/** A table that is open. */
export interface TableReader extends AsyncDisposable {
  /** All its columns. */
  readonly schema: Schema;
  /** Rows in all, where the file says so. */
  readonly rows?: number;
  /**
   * Yields the rows in order, and reads no more of the object than the columns and rows wanted take, where it is laid out
   * so. The memory of a batch is not used again.
   */
  scan(options?: ScanOptions): AsyncIterable<TableBatch>;
}
