import { isMapDataset, type MixtureMember, type StreamMixture } from "../datasets/dataset.ts";
import { arrayColumns } from "./array_columns.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { firstColumns, type FirstOptions } from "./first_columns.ts";
import { partColumns } from "./part_columns.ts";
import { checkSameColumns, type NamedColumns } from "./same_columns.ts";
import { streamColumns } from "./stream_columns.ts";
import { tableColumns } from "./table_columns.ts";

/**
 * Columns of a mixture of which some data sets can only be gone through: those that all of them have, by their tables or
 * their first samples. A `TypeError` names two that differ.
 */
export async function mixtureColumns(
  { members }: StreamMixture<unknown>,
  options: FirstOptions,
): Promise<BatchColumns<unknown>> {
  let first: (NamedColumns & { readonly columns: BatchColumns<readonly unknown[]> }) | undefined;
  for (const { name, dataset } of members) {
    const columns = await columnsOf(dataset, options);
    if (!columns) continue;
    first ??= { name, columns };
    checkSameColumns(first, { name, columns });
  }
  if (!first) throw new TypeError("Cannot make columns of a mixture: none of its data sets has a sample");
  const { columns } = first;
  return { ...columns, tableOf: (data) => columns.tableOf(data as readonly unknown[]) };
}

async function columnsOf(
  dataset: MixtureMember<unknown>["dataset"],
  options: FirstOptions,
): Promise<BatchColumns<readonly unknown[]> | undefined> {
  if (dataset.toldTable && !options.transform) return partColumns(tableColumns(dataset.toldTable));
  if (!isMapDataset(dataset)) return await streamColumns(dataset, options);
  if (!options.transform) {
    if (dataset.table) return tableColumns(dataset.table);
    if (dataset.arrays) return arrayColumns(dataset.arrays);
  }
  return await firstColumns(dataset, { first: 0, end: dataset.length }, options);
}
