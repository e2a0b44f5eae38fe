import type { CallOptions } from "@lade/core";
import type { TableBatch } from "./column.ts";
import type { TableReader } from "./table_reader.ts";

/** Rows of a file that are stored together: a row group, a record batch. */
export interface RowGroup {
  /** Rows. */
  readonly rows: number;
  /** Bytes of memory that they take, as far as the file tells. */
  readonly bytes: number;
}

/** The stored bytes of a group of rows. */
export interface FetchedGroup {
  /** How many there are. */
  readonly bytes: number;
  /** Decodes the rows. */
  decode(): TableBatch;
}

/** Which columns of groups are wanted. */
export interface GroupOptions extends CallOptions {
  /** By name, in this order; all by default. One that is not there is a `TypeError` that names those that are. */
  readonly columns?: readonly string[];
}

/** A table of which each group of rows can be read by itself. */
export interface GroupedTable extends TableReader {
  /** The groups, in the order of the rows. */
  rowGroups(options?: GroupOptions): Promise<readonly RowGroup[]>;
  /** Reads the stored bytes of a group, by its number from 0; a `RangeError` where there is none. */
  fetchGroup(group: number, options?: GroupOptions): Promise<FetchedGroup>;
}
