import { assert, assertEquals, assertThrows } from "@std/assert";
import type { DType } from "@lade/formats/array";
import { formatSchema, hasValue, valueAt } from "@lade/formats/table";
import { bytesColumn } from "./byte_columns.ts";
import { fixedColumns, sampleColumns } from "./mod.ts";

Deno.test("fixedColumns: every dtype lies in the type that has as many bits", () => {
  const told = (dtype: DType, shape: readonly number[]) =>
    formatSchema(fixedColumns({ dtype, shape }).schema);
  const types: Partial<Record<DType, string>> = {
    bool: "uint8",
    int8: "int8",
    int64: "int64",
    uint16: "uint16",
    float16: "float16",
    bfloat16: "uint16",
    float32: "float32",
    float64: "float64",
    float8_e4m3: "uint8",
  };
  for (const [dtype, type] of Object.entries(types)) {
    assertEquals(told(dtype as DType, []), `data: ${type}`);
    assertEquals(told(dtype as DType, [2, 3]), `data: list<${type}, 6>`);
  }
  assertEquals(told("complex64", []), "data: list<float32, 2>");
  assertEquals(told("complex128", [3]), "data: list<float64, 6>");
  assertEquals(told("float4_e2m1", [8]), "data: list<uint8, 4>");
  assertThrows(() => told("float6_e2m3", [3]), TypeError, "no whole bytes");
  assertEquals(fixedColumns({ dtype: "bfloat16", shape: [2, 3] }).fieldMetadata, {
    data: { shape: "[2,3]", dtype: "bfloat16" },
  });
});

Deno.test("sampleColumns: fields that a sample lacks are none, and one that is not known is named", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const { schema, tableOf } = sampleColumns({ key: "a", fields: { jpg: bytes("A"), cls: bytes("1") } });
  assertEquals(formatSchema(schema), "key: string, jpg: binary?, cls: binary?");
  const { columns: [key, jpg, cls] } = tableOf([
    { key: "b", fields: { cls: bytes("2") } },
    { key: "c", fields: { jpg: bytes(""), cls: bytes("3") } },
  ]);
  assertEquals([key?.length, jpg && hasValue(jpg, 0), jpg && hasValue(jpg, 1)], [2, false, true]);
  assertEquals(cls?.validity, undefined);
  assertThrows(
    () => tableOf([{ key: "d\n", fields: { toString: bytes("") } }]),
    TypeError,
    'sample "d\\n": it has a field "toString", and "a", by which the columns are made, has jpg, cls alone',
  );
  const clash = sampleColumns({ key: "a", fields: { key: bytes("k") } });
  assertEquals(formatSchema(clash.schema), "__key__: string, key: binary?");
});

Deno.test("sampleColumns: arrays of several shapes come with them", () => {
  const array = (shape: readonly number[], order: "C" | "F" = "C") => ({
    dtype: "float32",
    shape,
    order,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });
  const { schema, fieldMetadata, tableOf } = sampleColumns(array([1]));
  assertEquals(formatSchema(schema), "data: binary, shape: list<int64>, order: string");
  assertEquals(fieldMetadata, { data: { dtype: "float32" } });
  const { columns: [data, shapes] } = tableOf([array([2, 3]), array([]), array([1, 2, 3], "F")]);
  assertEquals(data?.offsets, Int32Array.of(0, 24, 28, 52));
  assertEquals([0, 1, 2].map((row) => shapes && valueAt(shapes, row)), [[2n, 3n], [], [1n, 2n, 3n]]);
  assertThrows(() => tableOf([{ ...array([1]), dtype: "int32" }]), TypeError, "float32 and int32");
  const named = sampleColumns({ ...array([1]), name: "a" });
  assertEquals(
    formatSchema(named.schema),
    "name: string, data: binary, dtype: string, shape: list<int64>, order: string",
  );
  const whole = { name: "b", dtype: "int32", shape: [2], order: "C", data: Int32Array.of(1, 2) };
  const { columns: [, , dtypes] } = named.tableOf([{ ...array([1]), name: "a" }, whole]);
  assert(dtypes && "pieces" in dtypes);
  const texts = dtypes.pieces as readonly Uint8Array[];
  assertEquals(texts.map((text) => new TextDecoder().decode(text)), ["float32", "int32"]);
  const text = { dtype: "string", length: 1, shape: [1], order: "C", data: new Uint8Array(4) };
  assertThrows(() => sampleColumns(text), TypeError, "arrays of string: numbers are needed");
});

Deno.test("sampleColumns: what is no sample of a data set is refused", () => {
  for (const other of [1, null, "text", { key: "a" }, []]) {
    assertThrows(() => sampleColumns(other), TypeError, "Cannot make columns");
  }
});

Deno.test("bytesColumn: more than 2 GiB in a batch are refused before anything is written", () => {
  const large = new Uint8Array(2 ** 30);
  const field = { name: "bytes", type: { kind: "binary" }, nullable: false } as const;
  assertThrows(() => bytesColumn(field, [large, large]), TypeError, "batches of fewer samples");
  assertEquals(bytesColumn(field, [large, large.subarray(1)]).offsets?.at(-1), 2 ** 31 - 1);
});
