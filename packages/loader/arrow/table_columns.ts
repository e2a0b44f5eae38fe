import { batchOf, concatBatches, type TableBatch } from "@lade/formats/table";
import type { SampleTable } from "../datasets/dataset.ts";
import type { BatchColumns } from "./batch_columns.ts";

/**
 * Columns for samples that are rows of a table, as objects of their values, or several rows by columns. They keep the types
 * that the table has.
 */
export function tableColumns({ schema: { fields }, of }: SampleTable): BatchColumns<readonly unknown[]> {
  const schema = { fields };
  return {
    schema,
    fieldMetadata: {},
    tableOf: (data) =>
      of === "batches"
        ? concatBatches(schema, data as readonly TableBatch[])
        : batchOf(schema, data as readonly Readonly<Record<string, unknown>>[]),
  };
}
