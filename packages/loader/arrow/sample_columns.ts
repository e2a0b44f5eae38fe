import { isNdArray, type NpyArray } from "@lade/formats/npy";
import type { Sample } from "@lade/formats/webdataset";
import { columnOf, type Field } from "@lade/formats/table";
import type { FileSample } from "../datasets/files_dataset.ts";
import type { PartSample } from "../datasets/mix_datasets.ts";
import type { TensorSample } from "../datasets/tensor_samples.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { bytesColumn, textColumn } from "./byte_columns.ts";
import { partColumns } from "./part_columns.ts";

const KEY: Field = { name: "key", type: { kind: "string" }, nullable: false };
const BYTES: Field = { name: "bytes", type: { kind: "binary" }, nullable: false };
const NAME: Field = { name: "name", type: { kind: "string" }, nullable: false };
const DATA: Field = { name: "data", type: { kind: "binary" }, nullable: false };
const DIMENSION: Field = { name: "item", type: { kind: "int64" }, nullable: false };
const SHAPE: Field = { name: "shape", type: { kind: "list", item: DIMENSION }, nullable: false };
const DTYPE: Field = { name: "dtype", type: { kind: "string" }, nullable: false };
const ORDER: Field = { name: "order", type: { kind: "string" }, nullable: false };

/**
 * Columns for samples that are not all alike, by what one of them is:
 *
 * | samples | columns |
 * | --- | --- |
 * | whole objects | `key`, `bytes` |
 * | records | `bytes` |
 * | of webdataset | `key` (`__key__` where a field is called so), and one for each field that `example` has, without a value where a sample lacks it |
 * | arrays of one dtype and several shapes | `data` (its bytes; the metadata say `dtype`), `shape`, `order` (`C` or `F`) |
 * | arrays with names | `name`, `data`, `dtype`, `shape`, `order` |
 * | of a mixture that tells | `part` (`__part__` where a column is called so), and those of the sample itself |
 *
 * Bytes are not copied. Other samples are a `TypeError`.
 */
export function sampleColumns(example: unknown): BatchColumns<readonly unknown[]> {
  if (example instanceof Uint8Array) return recordColumns();
  if (typeof example === "object" && example !== null) {
    if ("fields" in example && "key" in example) return fieldColumns(example as Sample);
    if ("bytes" in example && "key" in example) return fileColumns();
    if ("part" in example && "sample" in example) {
      return partColumns(sampleColumns((example as PartSample<unknown>).sample));
    }
    if ("data" in example && "shape" in example) return arrayColumns(example as NpyArray);
  }
  throw new TypeError(
    "Cannot make columns of these samples: they are no objects, records, webdataset samples or arrays",
  );
}

// The samples of a batch are what the example is: a loader has samples of one kind.

function recordColumns(): BatchColumns<readonly unknown[]> {
  return {
    schema: { fields: [BYTES] },
    fieldMetadata: {},
    tableOf: (data) => ({ rows: data.length, columns: [bytesColumn(BYTES, data as readonly Uint8Array[])] }),
  };
}

function fileColumns(): BatchColumns<readonly unknown[]> {
  return {
    schema: { fields: [KEY, BYTES] },
    fieldMetadata: {},
    tableOf(data) {
      const files = data as readonly FileSample[];
      const keys = textColumn(KEY, files.map(({ key }) => key));
      return { rows: files.length, columns: [keys, bytesColumn(BYTES, files.map(({ bytes }) => bytes))] };
    },
  };
}

function fieldColumns(example: Sample): BatchColumns<readonly unknown[]> {
  const names = Object.keys(example.fields);
  const key: Field = names.includes("key") ? { ...KEY, name: "__key__" } : KEY;
  const fields = names.map((name): Field => ({ name, type: { kind: "binary" }, nullable: true }));
  const known = new Set(names);
  return {
    schema: { fields: [key, ...fields] },
    fieldMetadata: {},
    tableOf(data) {
      const samples = data as readonly Sample[];
      for (const { key, fields } of samples) {
        const other = Object.keys(fields).find((name) => !known.has(name));
        if (other === undefined) continue;
        throw new TypeError(
          `Cannot make a row of sample ${JSON.stringify(key)}: it has a field ${JSON.stringify(other)}, and \
${JSON.stringify(example.key)}, by which the columns are made, has ${names.join(", ")} alone`,
        );
      }
      const columns = fields.map((field) =>
        bytesColumn(
          field,
          samples.map(({ fields }) => Object.hasOwn(fields, field.name) ? fields[field.name] : undefined),
        )
      );
      return { rows: samples.length, columns: [textColumn(key, samples.map(({ key }) => key)), ...columns] };
    },
  };
}

function arrayColumns(example: NpyArray): BatchColumns<readonly unknown[]> {
  if (!isNdArray(example)) {
    throw new TypeError(`Cannot make columns of arrays of ${example.dtype}: numbers are needed`);
  }
  const { dtype } = example;
  // Tensors of a file are of several types, of which the first one tells nothing.
  const isNamed = "name" in example;
  return {
    schema: { fields: isNamed ? [NAME, DATA, DTYPE, SHAPE, ORDER] : [DATA, SHAPE, ORDER] },
    fieldMetadata: isNamed ? {} : { data: { dtype } },
    tableOf(data) {
      const arrays = data as readonly NpyArray[];
      const other = arrays.find((array) => array.dtype !== dtype);
      if (other && !isNamed) {
        throw new TypeError(`Cannot make a column of arrays of ${dtype} and ${other.dtype}`);
      }
      const bytes = arrays.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      const offsets = new Int32Array(arrays.length + 1);
      arrays.forEach(({ shape }, row) => {
        offsets[row + 1] = (offsets[row] ?? 0) + shape.length;
      });
      const lengths = BigInt64Array.from(arrays.flatMap(({ shape }) => shape.map(BigInt)));
      const shapes = {
        field: SHAPE,
        length: arrays.length,
        offsets,
        children: [columnOf(DIMENSION, lengths)],
      };
      const orders = textColumn(ORDER, arrays.map(({ order }) => order));
      const contents = bytesColumn(DATA, bytes);
      if (!isNamed) return { rows: arrays.length, columns: [contents, shapes, orders] };
      const names = textColumn(NAME, arrays.map((array) => (array as TensorSample).name));
      const dtypes = textColumn(DTYPE, arrays.map((array) => array.dtype));
      return { rows: arrays.length, columns: [names, contents, dtypes, shapes, orders] };
    },
  };
}
