import type { Column, Schema } from "@lade/formats/table";

/** How the batches of a loader are laid out as a table. */
export interface BatchColumns<B> {
  /** The columns, which are the same for all batches. */
  readonly schema: Schema;
  /** What is said of each column, by its name. */
  readonly fieldMetadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * The samples of a batch, a row for each, in columns over the batch's own memory. A sample that does not fit the columns
   * is a `TypeError` that names it.
   */
  tableOf(data: B): { readonly rows: number; readonly columns: readonly Column[] };
}
