import type { NdArray } from "@lade/formats/array";
import type { Transform } from "../config/loader_options.ts";
import { type Dataset, isMapDataset, isStreamMixture, type MapDataset } from "../datasets/dataset.ts";
import { needDataset } from "../datasets/need_dataset.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { arrayColumns } from "./array_columns.ts";
import { fixedColumns } from "./fixed_columns.ts";
import { firstColumns } from "./first_columns.ts";
import { partColumns } from "./part_columns.ts";
import { checkSameColumns } from "./same_columns.ts";
import { streamColumns } from "./stream_columns.ts";
import { tableColumns } from "./table_columns.ts";

/** What columns are made with. */
export interface ColumnOptions {
  /** Ends reading the first sample. */
  readonly signal?: AbortSignal;
  /** The transformation of the loader; the first sample is given to it. */
  readonly transform?: Transform<unknown, unknown>;
  /** Samples that may be passed over, since they cannot be had, for one that says the columns; none by default. */
  readonly maxSkipped?: number;
}

const NO_COLUMNS: BatchColumns<unknown> = {
  schema: { fields: [] },
  fieldMetadata: {},
  tableOf: () => ({ rows: 0, columns: [] }),
};

/**
 * Columns for the batches that a loader without `collate` makes of a data set: by {@linkcode fixedColumns} where all samples
 * are alike, by {@linkcode tableColumns} where they are of a table, by {@linkcode arrayColumns} where they are several arrays,
 * else by `sampleColumns`, for which the first sample is read, as it is for samples that are transformed: the columns
 * are the same for any order, rank and position. A data set without samples has none, unless it says them.
 */
export async function datasetColumns(
  dataset: Dataset<unknown>,
  { signal = new AbortController().signal, transform, maxSkipped = 0 }: ColumnOptions = {},
): Promise<BatchColumns<unknown>> {
  needDataset("make columns of", dataset);
  if (isStreamMixture(dataset)) {
    const { mixtureColumns } = await import("./mixture_columns.ts");
    return await mixtureColumns(dataset, { signal, maxSkipped, ...(transform && { transform }) });
  }
  if (!isMapDataset(dataset)) {
    const columns = await streamColumns(dataset, { signal, maxSkipped, ...(transform && { transform }) });
    return columns
      ? { ...columns, tableOf: (data) => columns.tableOf(data as readonly unknown[]) }
      : NO_COLUMNS;
  }
  const { fixed, plan, groups, table, toldTable, arrays, length } = dataset;
  if (toldTable && !transform) {
    const columns = partColumns(tableColumns(toldTable));
    return { ...columns, tableOf: (data) => columns.tableOf(data as readonly unknown[]) };
  }
  if (fixed && (plan || groups) && !transform) {
    const columns = fixedColumns(fixed);
    return { ...columns, tableOf: (data) => columns.tableOf(data as NdArray) };
  }
  if ((table || arrays) && !transform) {
    const columns = table ? tableColumns(table) : arrayColumns(arrays ?? []);
    return { ...columns, tableOf: (data) => columns.tableOf(data as readonly unknown[]) };
  }
  if (length === 0) return NO_COLUMNS;
  const options = { signal, maxSkipped, ...(transform && { transform }) };
  const columnsFrom = (first: number, end: number) => firstColumns(dataset, { first, end }, options);
  const columns = await columnsFrom(0, dataset.parts?.[0]?.length ?? length);
  await checkParts(dataset, columns, columnsFrom);
  return { ...columns, tableOf: (data) => columns.tableOf(data as readonly unknown[]) };
}

/** Throws a `TypeError` where the data sets of a mixture have not the same columns. */
async function checkParts(
  { parts: [first, ...others] = [] }: MapDataset<unknown>,
  columns: BatchColumns<readonly unknown[]>,
  columnsFrom: (first: number, end: number) => Promise<BatchColumns<unknown>>,
): Promise<void> {
  let start = first?.length ?? 0;
  for (const { name, length } of others) {
    const other = await columnsFrom(start, start + length);
    start += length;
    checkSameColumns({ name: first?.name ?? "", columns }, { name, columns: other });
  }
}
