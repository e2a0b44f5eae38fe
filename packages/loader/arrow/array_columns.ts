import { byteLengthOf, layoutOf, type NdArray } from "@lade/formats/array";
import type { NamedArray } from "../datasets/dataset.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { fixedColumns } from "./fixed_columns.ts";

/**
 * A column for each array, as {@linkcode fixedColumns} makes it, for samples that have an array of one shape by each name.
 * They are copied together once.
 */
export function arrayColumns(arrays: readonly NamedArray[]): BatchColumns<readonly unknown[]> {
  const columns = arrays.map(({ name, dtype, shape }) => {
    const { schema: { fields: [field] }, fieldMetadata: { data: metadata = {} }, tableOf } = fixedColumns({
      dtype,
      shape,
    });
    const elements = shape.reduce((product, length) => product * length, 1);
    const bytes = byteLengthOf(dtype, elements) ?? 0;
    const gather = (samples: readonly Readonly<Record<string, NdArray>>[]): NdArray => {
      const all = new Uint8Array(bytes * samples.length);
      samples.forEach(({ [name]: array }, row) => {
        if (!array) return;
        const { buffer, byteOffset, byteLength } = array.data;
        all.set(new Uint8Array(buffer, byteOffset, byteLength), row * bytes);
      });
      const data = layoutOf(dtype).view(all.buffer, 0, all.length);
      return { dtype, shape: [samples.length, ...shape], order: "C", data };
    };
    return { name, field, metadata, tableOf, gather };
  });
  const fields = columns.flatMap(({ name, field }) => field ? [{ ...field, name }] : []);
  return {
    schema: { fields },
    fieldMetadata: Object.fromEntries(columns.map(({ name, metadata }) => [name, metadata])),
    tableOf(data) {
      const samples = data as readonly Readonly<Record<string, NdArray>>[];
      return {
        rows: samples.length,
        columns: columns.flatMap(({ tableOf, gather }, place) => {
          const [column] = tableOf(gather(samples)).columns;
          const field = fields[place];
          return column && field ? [{ ...column, field }] : [];
        }),
      };
    },
  };
}
