import type { CallOptions } from "@lade/core";
import type { FormatName } from "@lade/formats";
import type { ScanOptions, Schema } from "@lade/formats/table";

/** How a table is opened. */
export interface OpenTableOptions extends CallOptions {
  /** The format; told by the object's name and bytes by default. */
  readonly format?: FormatName;
  /** What the columns are, where the format does not say it; inferred from the first rows by default. */
  readonly schema?: Schema;
}

/** What of a table is read at once. */
export interface ReadTableOptions extends OpenTableOptions, Pick<ScanOptions, "columns" | "rows"> {}

/** What of a table is read batch by batch. */
export interface ScanTableOptions extends OpenTableOptions, ScanOptions {}
