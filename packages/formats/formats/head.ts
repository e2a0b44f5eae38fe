import type { CallOptions } from "@lade/core";
import type { Schema } from "../table/schema.ts";
import type { RowValue } from "../table/value_at.ts";
import type { OpenedFormat } from "./open_format.ts";

/** What of an object's beginning is wanted. */
export interface HeadOptions extends CallOptions {
  /** Rows, records or members, at most. */
  readonly count: number;
  /** The columns wanted of a table; all by default. */
  readonly columns?: readonly string[];
  /** What the columns of a table are, where the format does not say it. */
  readonly schema?: Schema;
}

/** The beginning of an object, as rows of named values. */
export interface Head {
  /** The names of the values of each row, where all rows have the same. */
  readonly columns?: readonly string[];
  /** The rows. */
  readonly rows: AsyncIterable<HeadRow>;
}

/** One row of a {@linkcode Head}: values by name. Numbers of 16 and 32 bits are the shortest ones that they are read from. */
export type HeadRow = readonly (readonly [name: string, value: RowValue])[];

/** Opens the beginning of one object. */
export type OpenHead = (opened: OpenedFormat, options: HeadOptions) => Head | Promise<Head>;
