import type { Field } from "@lade/formats/table";
import type { PartSample } from "../datasets/mix_datasets.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { textColumn } from "./byte_columns.ts";

const PART: Field = { name: "part", type: { kind: "string" }, nullable: false };

/** Columns of samples that tell which data set of a mixture they are of: `part`, and those of the samples themselves. */
export function partColumns(
  { schema, fieldMetadata, tableOf }: BatchColumns<readonly unknown[]>,
): BatchColumns<readonly unknown[]> {
  const isTaken = schema.fields.some(({ name }) => name === PART.name);
  const part: Field = isTaken ? { ...PART, name: "__part__" } : PART;
  return {
    schema: { fields: [part, ...schema.fields] },
    fieldMetadata,
    tableOf(data) {
      const told = data as readonly PartSample<unknown>[];
      const { rows, columns } = tableOf(told.map(({ sample }) => sample));
      return { rows, columns: [textColumn(part, told.map(({ part }) => part)), ...columns] };
    },
  };
}
