import type { RowValue } from "@lade/formats/table";
import type { ListedOptions } from "./listed_shards.ts";

/** A row of a table: its values by the names of the columns. */
export type TableRow = Readonly<Record<string, RowValue>>;

/** The formats whose rows are samples. */
export type TableFormat = "parquet" | "arrow";

/** How such a data set is opened. */
export interface TableDatasetOptions extends ListedOptions {
  /** What messages call it. */
  readonly uri?: string;
  /** Columns that are read; all by default. */
  readonly fields?: readonly string[];
  /** Takes each row group, or record batch, as one sample, by columns, rather than each row. */
  readonly wholeGroups?: boolean;
  /** Ends the opening. */
  readonly signal?: AbortSignal;
}
