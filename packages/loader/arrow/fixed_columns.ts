import { byteLengthOf, type DType, layoutOf, type NdArray } from "@lade/formats/array";
import { type Column, columnOf, type Field, type NumericKind } from "@lade/formats/table";
import type { FixedSample } from "../datasets/dataset.ts";
import type { BatchColumns } from "./batch_columns.ts";

/** What elements are stored as where Arrow has no type for them. */
const STORED: Partial<Readonly<Record<DType, NumericKind>>> = {
  // A byte each, as they lie; Arrow's own have a bit.
  bool: "uint8",
  bfloat16: "uint16",
  complex64: "float32",
  complex128: "float64",
  float8_e4m3: "uint8",
  float8_e5m2: "uint8",
  float8_e8m0: "uint8",
  float8_e4m3fnuz: "uint8",
  float8_e5m2fnuz: "uint8",
  float6_e2m3: "uint8",
  float6_e3m2: "uint8",
  float4_e2m1: "uint8",
};

/**
 * One column, `data`, for samples that are all alike: lists of as many numbers, and of single numbers no lists. Its metadata
 * say `shape` (of a sample, a JSON array) and `dtype`; what Arrow has no type for lies in one of as many bits, and a complex
 * number in two. Nothing is copied.
 */
export function fixedColumns({ dtype, shape }: FixedSample): BatchColumns<NdArray> {
  const elements = shape.reduce((product, length) => product * length, 1);
  const bytes = byteLengthOf(dtype, elements);
  if (bytes === undefined) {
    throw new TypeError(`Cannot make columns of ${elements} elements of ${dtype}: they are no whole bytes`);
  }
  const { BYTES_PER_ELEMENT } = layoutOf(dtype).view(new ArrayBuffer(0), 0, 0);
  const width = bytes / BYTES_PER_ELEMENT;
  const type = { kind: STORED[dtype] ?? numericKind(dtype) };
  const item: Field = { name: "item", type, nullable: false };
  const isList = shape.length > 0 || width !== 1;
  const field: Field = isList
    ? { name: "data", type: { kind: "list", item, size: width }, nullable: false }
    : { name: "data", type, nullable: false };
  return {
    schema: { fields: [field] },
    fieldMetadata: { data: { shape: JSON.stringify(shape), dtype } },
    tableOf({ shape: [rows = 0], data }) {
      const column: Column = isList
        ? { field, length: rows, children: [columnOf(item, data)] }
        : columnOf(field, data);
      return { rows, columns: [column] };
    },
  };
}

function numericKind(dtype: DType): NumericKind {
  // Whatever is not in the table above bears Arrow's own name.
  return dtype as NumericKind;
}
