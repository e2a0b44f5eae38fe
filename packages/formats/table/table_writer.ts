import type { PutResult } from "@lade/core";
import type { TableBatch } from "./column.ts";

/** A table that is being written. Nobody sees the object before `close` succeeds. */
export interface TableWriter extends AsyncDisposable {
  /** Adds rows, of the schema the writer was made with; another one is a `TypeError`. The memory may be reused once it resolves. */
  write(batch: TableBatch): Promise<void>;
  /** Writes what the format has at its end, and makes the object visible. */
  close(): Promise<PutResult>;
  /** Gives up: nothing is left behind. Does nothing after `close` or `abort`. */
  abort(reason?: unknown): Promise<void>;
}
