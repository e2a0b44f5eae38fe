import type { ObjectStore } from "@lade/core";
import type { TableBatch } from "@lade/formats/table";
import type { MapDataset } from "./dataset.ts";
import type { TableDatasetOptions, TableFormat, TableRow } from "./table_samples.ts";

/**
 * The rows of Parquet or Arrow files as samples, in the order of `keys`. A row group, or record batch, is read and decoded
 * once for all rows that are wanted of it while there is room for it. All files have the same columns. The store stays the
 * caller's.
 */
export async function tableDataset(
  store: ObjectStore,
  keys: readonly string[],
  format: TableFormat,
  options: TableDatasetOptions = {},
): Promise<MapDataset<TableRow> | MapDataset<TableBatch>> {
  const { openTables } = await import("./open_tables.ts");
  // What its samples are is what the options say.
  return await openTables(store, keys, format, options) as MapDataset<TableRow> | MapDataset<TableBatch>;
}
