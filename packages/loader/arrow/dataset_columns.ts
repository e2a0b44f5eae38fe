import { quote, redactSecrets } from "@lade/core/text";
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
  const columns = await columnsAt(dataset, 0, signal);
  await checkParts(dataset, columns, signal);
  return { ...columns, tableOf: (data) => columns.tableOf(data as readonly unknown[]) };
}

async function columnsAt(
  dataset: MapDataset<unknown>,
  index: number,
  signal: AbortSignal,
): Promise<BatchColumns<readonly unknown[]>> {
  return sampleColumns(await dataset.get(index, { index, epoch: 0, random: Math.random, signal }));
}

/** Throws a `TypeError` where the data sets of a mixture have not the same columns. */
async function checkParts(
  dataset: MapDataset<unknown>,
  { schema, fieldMetadata }: BatchColumns<readonly unknown[]>,
  signal: AbortSignal,
): Promise<void> {
  const { parts: [first, ...others] = [] } = dataset;
  let start = first?.length ?? 0;
  const told = JSON.stringify([schema, fieldMetadata]);
  for (const { name, length } of others) {
    const other = await columnsAt(dataset, start, signal);
    start += length;
    if (JSON.stringify([other.schema, other.fieldMetadata]) === told) continue;
    const [one, two] = [schema, other.schema].map(({ fields }) => fields.map(({ name }) => name).join(", "));
    throw new TypeError(
      `Cannot make one table of ${quoted(first?.name ?? "")} (${one}) and ${
        quoted(name)
      } (${two}): their columns differ`,
    );
  }
}

function quoted(name: string): string {
  return quote(redactSecrets(name));
}
