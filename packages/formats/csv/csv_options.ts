import type { CallOptions, WriterOptions } from "@lade/core";
import type { FormatError } from "../errors/format_error.ts";
import type { Schema } from "../table/schema.ts";

/** How cells are told apart, and which of them are no values. */
export interface CsvDialect {
  /** The one character between two cells, of ASCII: `","` by default, a tab for tsv. */
  readonly delimiter?: string;
  /** Whether the first row names the columns; `true` by default. Without, they are called `column1`, `column2`, … */
  readonly header?: boolean;
  /** Whether a cell that begins with `"` is quoted, as by RFC 4180; `true` by default. */
  readonly quotes?: boolean;
}

/** Options of a reader. */
export interface OpenCsvOptions extends CsvDialect, CallOptions {
  /**
   * The columns: those of the header with these names, or without a header the first ones, in order. By default all, with
   * types that are inferred from the first rows.
   */
  readonly schema?: Schema;
  /** Whether the schema has all columns: one that it has not is an error. `false` by default, which passes it over. */
  readonly strict?: boolean;
  /** Texts that mean no value, where they are not quoted or the column is no text; the empty one by default. */
  readonly nulls?: readonly string[];
  /** Bytes from the start from which types are inferred; 256 KiB by default. */
  readonly prefix?: number;
  /** The longest row in bytes; 64 MiB by default. A quote that is never closed reads so far. */
  readonly longestRow?: number;
  /**
   * Is told of each row, counted from 0, that has a cell which is no value of its column, and that is left out of the batches, of which
   * some then have no rows; without it the first is thrown. What is wrong with the text itself is thrown still.
   */
  readonly onFault?: (fault: FormatError, row: number) => void;
}

/** Options of a writer. */
export interface CsvWriterOptions extends CsvDialect, WriterOptions {
  /** The columns. */
  readonly schema: Schema;
}

/** What a reader or writer goes by. */
export interface CsvConfig {
  /** The name of the format. */
  readonly format: "csv" | "tsv";
  /** The byte between two cells. */
  readonly delimiter: number;
  /** Whether the first row names the columns. */
  readonly header: boolean;
  /** Whether quotes enclose cells. */
  readonly quotes: boolean;
}

/** Resolves what is given; a `TypeError` for a delimiter that is none. */
export function resolveDialect(format: "csv" | "tsv", options: CsvDialect): CsvConfig {
  const { delimiter = format === "tsv" ? "\t" : ",", header = true, quotes = true } = options;
  const byte = delimiter.length === 1 ? delimiter.charCodeAt(0) : 0;
  if (byte === 0 || byte > 126 || delimiter === '"' || delimiter === "\n" || delimiter === "\r") {
    const told = JSON.stringify(delimiter);
    throw new TypeError(
      `a delimiter is one character of ASCII, and no quote or line break; ${told} is given`,
    );
  }
  return { format, delimiter: byte, header, quotes };
}
