import type { CallOptions, WriterOptions } from "@lade/core";
import type { FormatError } from "../errors/format_error.ts";
import type { Schema } from "../table/schema.ts";

/** Options of a reader. */
export interface OpenJsonlOptions extends CallOptions {
  /**
   * The columns: the members of these names; others are passed over. By default all, with types that are inferred from the
   * first rows, and a member that comes later is an error.
   */
  readonly schema?: Schema;
  /** Whether the schema has all columns: one that it has not is an error. `false` by default, which passes it over. */
  readonly strict?: boolean;
  /** Bytes from the start from which types are inferred; 256 KiB by default. */
  readonly prefix?: number;
  /** The longest line in bytes; 64 MiB by default. */
  readonly longestRow?: number;
  /**
   * Is told of each row, counted from 0, that is no object of such members, and that is left out of the batches, of which
   * some then have no rows; without it the first is thrown. What is wrong with the text itself is thrown still.
   */
  readonly onFault?: (fault: FormatError, row: number) => void;
}

/** Options of a writer. */
export interface JsonlWriterOptions extends WriterOptions {
  /** The columns. */
  readonly schema: Schema;
}
