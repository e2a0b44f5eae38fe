import { assertEquals, assertThrows } from "@std/assert";
import { decodeHex } from "../testing/hex.ts";
import { planSafetensors, type PlanSafetensorsOptions } from "./plan_safetensors.ts";
import type { TensorSpec } from "./tensor_place.ts";

/** `save({b, a, "é☃", e}, metadata)` of the reference implementation 0.8.0, without the data. */
const JSON_TEXT =
  '{"__metadata__":{"k":"v \\"1\\"\\n"},"é☃":{"dtype":"I64","shape":[],"data_offsets":[0,8]},' +
  '"a":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]},"e":{"dtype":"F16","shape":[0,2],"data_offsets":[24,24]},' +
  '"b":{"dtype":"U8","shape":[3],"data_offsets":[24,27]}}       ';

const SPECS: readonly TensorSpec[] = [
  { name: "b", dtype: "uint8", shape: [3] },
  { name: "a", dtype: "float32", shape: [2, 2] },
  { name: "é☃", dtype: "int64", shape: [] },
  { name: "e", dtype: "float16", shape: [0, 2] },
];

function textOf(header: Uint8Array): string {
  return new TextDecoder().decode(header.subarray(8));
}

Deno.test("planSafetensors: the header is the reference implementation's, byte for byte", () => {
  const { header, tensors, size } = planSafetensors(SPECS, { metadata: { k: 'v "1"\n' } });
  assertEquals(textOf(header), JSON_TEXT);
  assertEquals(header.subarray(0, 8), decodeHex("0801000000000000"));
  assertEquals(size, 272 + 27);
  assertEquals(tensors.map(({ name, offset, length }) => [name, offset, length]), [
    ["é☃", 272, 8],
    ["a", 280, 16],
    ["e", 296, 0],
    ["b", 296, 3],
  ]);
});

Deno.test("planSafetensors: all dtypes in the reference implementation's order, names by their UTF-8 bytes", () => {
  const names =
    "uint64 int64 float64 complex64 float32 uint32 int32 bfloat16 float16 uint16 int16 float8_e5m2fnuz " +
    "float8_e4m3fnuz float8_e8m0 float8_e4m3 float8_e5m2 int8 uint8 float6_e3m2 float6_e2m3 float4_e2m1 bool";
  const dtypes = names.split(" ") as TensorSpec["dtype"][];
  const { tensors } = planSafetensors(
    dtypes.toSorted().map((dtype) => ({ name: dtype, dtype, shape: [4] })),
  );
  assertEquals(tensors.map(({ name }) => name), dtypes);
  assertEquals(tensors.slice(-5).map(({ length }) => length), [4, 3, 3, 2, 4]);
  // U+FF61 is before U+1F600 in UTF-8, and behind its first code unit.
  const sorted = planSafetensors(["😀", "｡", "z", "a"].map((name) => ({ name, dtype: "bool", shape: [] })));
  assertEquals(sorted.tensors.map(({ name }) => name), ["a", "z", "｡", "😀"]);
});

Deno.test("planSafetensors: data begin at a page where they are large, and where it is asked for", () => {
  for (
    const [shape, options, start] of [
      [[2 ** 20], {}, 4096],
      [[2 ** 20 - 1], {}, 80],
      [[2 ** 20], { alignment: 8 }, 80],
      [[1], { alignment: 512 }, 512],
    ] as [number[], PlanSafetensorsOptions, number][]
  ) {
    const { header, tensors: [tensor] } = planSafetensors([{ name: "w", dtype: "bool", shape }], options);
    assertEquals([header.length, tensor?.offset], [start, start]);
    assertEquals(new DataView(header.buffer).getBigUint64(0, true), BigInt(start - 8));
    assertEquals(textOf(header).trimEnd().at(-1), "}");
  }
});

Deno.test("planSafetensors: no tensors are a file too", () => {
  const { header, size } = planSafetensors([]);
  assertEquals([textOf(header), size], ["{}      ", 16]);
});

Deno.test("planSafetensors: what the format does not have is a TypeError", () => {
  const one = { name: "w", dtype: "float32", shape: [2] } as const;
  for (
    const [specs, message] of [
      [[one, one], 'tensor "w": two tensors have this name'],
      [[one, { ...one, dtype: "int8" }], 'tensor "w": two tensors have this name'],
      [[{ ...one, name: "__metadata__" }], "no such name"],
      [[{ ...one, name: "\ud800" }], "no such name"],
      [[{ ...one, dtype: "complex128" }], "the format has no complex128"],
      [[{ ...one, dtype: "float4_e2m1", shape: [3] }], "no whole number of bytes"],
      [[{ ...one, shape: [-1] }], "no whole number of bytes"],
      [[{ ...one, shape: [2 ** 52, 4] }], "no whole number of bytes"],
    ] as [TensorSpec[], string][]
  ) {
    assertThrows(() => planSafetensors(specs), TypeError, message);
  }
  assertThrows(
    () => planSafetensors([], { metadata: { a: 1 as unknown as string } }),
    TypeError,
    '"a" is no text',
  );
  for (const alignment of [0, 4, 12, NaN, 2 ** 21]) {
    assertThrows(() => planSafetensors([], { alignment }), RangeError, "a power of two");
  }
});

Deno.test("planSafetensors: a header beyond the format's limit is a RangeError", () => {
  const metadata = { long: "x".repeat(100_000_000) };
  assertThrows(() => planSafetensors([], { metadata }), RangeError, "100000000 at most");
});
