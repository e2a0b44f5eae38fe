import type { NdArray } from "@lade/formats/array";
import type { MapDataset } from "../datasets/dataset.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { arrayColumns } from "./array_columns.ts";
import { fixedColumns } from "./fixed_columns.ts";
import { sampleColumns } from "./sample_columns.ts";
import { tableColumns } from "./table_columns.ts";

/**
 * Columns for the batches that a loader without `transform` and `collate` makes of a data set: by {@linkcode fixedColumns}
 * where all samples are alike, by {@linkcode tableColumns} where they are of a table, by
 * {@linkcode arrayColumns} where they are several arrays, else by {@linkcode sampleColumns}, for
 * which the first sample is read: the columns are the same for any order, rank and position. A data set without samples has
 * none, unless it says them.
 */
export async function datasetColumns(
  dataset: MapDataset<unknown>,
  { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
): Promise<BatchColumns<unknown>> {
  const { fixed, plan, groups, table, arrays, length } = dataset;
  if (fixed && (plan || groups)) {
    const columns = fixedColumns(fixed);
    return { ...columns, tableOf: (data) => columns.tableOf(data as NdArray) };
  }
  if (table || arrays) {
    const columns = table ? tableColumns(table) : arrayColumns(arrays ?? []);
    return { ...columns, tableOf: (data) => columns.tableOf(data as readonly unknown[]) };
  }
  if (length === 0) {
    return { schema: { fields: [] }, fieldMetadata: {}, tableOf: () => ({ rows: 0, columns: [] }) };
  }
  const columns = sampleColumns(await dataset.get(0, { index: 0, epoch: 0, random: Math.random, signal }));
  return { ...columns, tableOf: (data) => columns.tableOf(data as readonly unknown[]) };
}
