import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { fieldsOf } from "./fields_of.ts";

const told = (data: unknown) =>
  Object.fromEntries(
    Array.from(
      fieldsOf(data).values,
      ([name, { kind, shape, data }]) => [name, [kind, shape, Array.from<unknown>(data)]],
    ),
  );

Deno.test("an array is where it lies, by itself or in a record", () => {
  const array = { dtype: "float32", shape: [2, 1], order: "C", data: Float32Array.of(1, 2) } as const;
  assertStrictEquals(fieldsOf(array).values.get("")?.data, array.data);
  const fields = fieldsOf({ image: array, label: array.data });
  assertEquals(fields.isRecord, true);
  assertStrictEquals(fields.values.get("image")?.data, array.data);
  assertStrictEquals(fields.values.get("label")?.data, array.data);
  assertEquals(fields.values.get("label")?.shape, [2]);
});

Deno.test("samples that are alike are put one after the other", () => {
  const row = (from: number) => ({
    dtype: "int32",
    shape: [2],
    order: "C",
    data: Int32Array.of(from, from + 1),
  });
  assertEquals(told([row(1), row(3)]), { "": ["int32", [2, 2], [1, 2, 3, 4]] });
  assertEquals(told([7, 8, 9]), { "": ["number", [3], [7, 8, 9]] });
  assertEquals(told([[1, 2], [3, 4], [5, 6]]), { "": ["number", [3, 2], [1, 2, 3, 4, 5, 6]] });
  const samples = [0, 1].map((i) => ({
    pixels: Uint8Array.of(i, i),
    label: i,
    name: `n${i}`,
    seen: i > 0,
    id: 5n,
  }));
  assertEquals(told(samples), {
    pixels: ["uint8", [2, 2], [0, 0, 1, 1]],
    label: ["number", [2], [0, 1]],
    name: ["string", [2], ["n0", "n1"]],
    seen: ["bool", [2], [0, 1]],
    id: ["bigint", [2], [5n, 5n]],
  });
  assertEquals(told({ label: [1, 2], name: ["a", "b"] }), {
    label: ["number", [2], [1, 2]],
    name: ["string", [2], ["a", "b"]],
  });
});

Deno.test("samples that are not alike are refused, with field and sample", () => {
  const refused = (data: unknown, message: string) => assertThrows(() => fieldsOf(data), TypeError, message);
  refused(
    [{ image: new Uint8Array(4) }, { image: new Uint8Array(5) }],
    'Cannot make a tensor of "image": sample 1 is uint8 of [5], the first uint8 of [4]; make them alike by transform',
  );
  refused([1, "1"], "Cannot make a tensor of the batch: sample 1 is a string, the first a number");
  refused([{ a: 1, b: 2 }, { a: 1 }], 'Cannot make a tensor of "b": sample 1 lacks it');
  refused([{ a: 1 }, { a: 1, b: 2 }], 'Cannot make a tensor of "b": sample 1 has it, and the first does not');
  refused([{ a: 1 }, 1], 'Cannot make a tensor of "a": sample 1 lacks it');
  refused([{}, 1], "Cannot make a tensor of the batch: sample 1");
});

Deno.test("what can become no tensor is refused by name", () => {
  const refused = (data: unknown, message: string) => assertThrows(() => fieldsOf(data), TypeError, message);
  refused({ a: null }, 'Cannot make a tensor of "a": it is null; make numbers or text of it');
  refused({ a: { b: 1 } }, 'Cannot make a tensor of "a": it is an object');
  refused([undefined], "Cannot make a tensor of the batch: it is undefined");
  refused({ a: [] }, 'Cannot make a tensor of "a": it has no values');
  refused([], "Cannot make a tensor of the batch: it has no values");
  refused(new DataView(new ArrayBuffer(1)), "a DataView has no elements of one kind");
  const array = { shape: [1], order: "C", data: Float32Array.of(1) };
  refused(
    { a: { ...array, dtype: "complex64" } },
    'Cannot make a tensor of "a": TensorFlow.js has nothing like complex64',
  );
  refused({ a: { ...array, dtype: "float8_e4m3" } }, "nothing like float8_e4m3");
  refused({ ...array, dtype: "float32", shape: [3] }, "its shape is [3], and 1 elements are there");
  refused({ ...array, dtype: "float32", shape: [1, 1], order: "F" }, "it lies in Fortran order");
});

Deno.test("memory that was given back is told, wherever it lay", () => {
  const view = Uint8Array.of(1);
  const array = { dtype: "uint8", shape: [1], order: "C", data: view };
  view.buffer.transfer();
  for (const data of [array, [array], [view], { view }, [{ view }]]) {
    assertThrows(() => fieldsOf(data), TypeError, "its memory was given back; use a batch before");
  }
});
