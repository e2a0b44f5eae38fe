import { layoutOf } from "@lade/formats/array";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Conversion, convertValues } from "./convert_values.ts";
import { arrayValues, type ElementKind, type Values } from "./values.ts";

const values = (kind: ElementKind, data: Values["data"]): Values => ({ kind, shape: [data.length], data });

Deno.test("float32, int32 and bool stay where they are", () => {
  for (const dtype of ["float32", "int32", "bool"] as const) {
    const { data } = arrayValues("x", {
      dtype,
      shape: [2],
      order: "C",
      data: layoutOf(dtype).view(new ArrayBuffer(8), 0, dtype === "bool" ? 2 : 8),
    });
    const converted = convertValues("x", values(dtype, data));
    assertStrictEquals(converted.data, data);
    assertEquals(converted.dtype, dtype);
  }
});

Deno.test("shorter numbers become those of 32 bits, all exactly", () => {
  const cases: readonly [Values, Float32Array | Int32Array][] = [
    [values("uint8", Uint8Array.of(0, 255)), Int32Array.of(0, 255)],
    [values("int8", Int8Array.of(-128, 127)), Int32Array.of(-128, 127)],
    [values("uint16", Uint16Array.of(0, 65535)), Int32Array.of(0, 65535)],
    [values("int16", Int16Array.of(-32768, 32767)), Int32Array.of(-32768, 32767)],
    [
      values("float16", Float16Array.of(-1.5, 65504, Infinity, NaN)),
      Float32Array.of(-1.5, 65504, Infinity, NaN),
    ],
    [
      values("bfloat16", Uint16Array.of(0x3f80, 0xc040, 0x7f80, 0x8000)),
      Float32Array.of(1, -3, Infinity, -0),
    ],
    [values("number", [0.1, 3]), Float32Array.of(0.1, 3)],
  ];
  for (const [from, to] of cases) assertEquals(convertValues("x", from).data, to, from.kind);
});

Deno.test("any bfloat16 is the upper half of its float32", () => {
  fc.assert(fc.property(fc.uint16Array({ maxLength: 20 }), (bits) => {
    const { data } = convertValues("x", values("bfloat16", bits));
    const view = new DataView(new ArrayBuffer(4));
    const expected = Array.from(bits, (half) => {
      view.setUint16(0, half);
      return view.getFloat32(0);
    });
    assertEquals(Array.from(data as Float32Array), expected);
  }));
});

Deno.test("what would lose values is refused by name unless it is asked for", () => {
  const kinds: readonly [ElementKind, Values["data"]][] = [
    ["int64", BigInt64Array.of(-7n)],
    ["uint64", BigUint64Array.of(7n)],
    ["uint32", Uint32Array.of(7)],
    ["float64", Float64Array.of(7)],
    ["bigint", [7n]],
  ];
  for (const [kind, data] of kinds) {
    const refused =
      `Cannot make a tensor of "label": TensorFlow.js has no ${kind}; say convert: { "label": "int32" }`;
    assertThrows(() => convertValues("label", values(kind, data)), TypeError, refused);
    for (const conversion of ["int32", "float32"] as const) {
      const converted = convertValues("label", values(kind, data), conversion);
      assertEquals([converted.dtype, Array.from<unknown>(converted.data)], [conversion, [Number(data[0])]]);
    }
  }
  assertThrows(
    () => convertValues("", values("int64", BigInt64Array.of(1n))),
    TypeError,
    'Cannot make a tensor of the batch: TensorFlow.js has no int64; say convert: "int32"',
  );
});

Deno.test("int32 takes whole numbers of 32 bits alone", () => {
  const number = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 31 - 1, -0, NaN),
  );
  fc.assert(fc.property(number, (value) => {
    const convert = () => convertValues("n", values("float64", Float64Array.of(value)), "int32").data;
    const fits = Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
    if (fits) assertEquals(Number(convert()[0]) - value, 0);
    else {assertThrows(
        convert,
        RangeError,
        `Cannot make a tensor of "n": ${value} is no whole number of 32 bits`,
      );}
  }));
  for (const value of [2n ** 31n, 2n ** 63n - 1n, -(2n ** 31n) - 1n]) {
    const convert = () => convertValues("n", values("int64", BigInt64Array.of(value)), "int32");
    assertThrows(convert, RangeError, `${value} is no whole number of 32 bits`);
  }
});

Deno.test("bool becomes 0 and 1, and text nothing else", () => {
  const conversions: readonly Conversion[] = ["int32", "float32"];
  for (const conversion of conversions) {
    const { data } = convertValues("x", values("bool", Uint8Array.of(0, 1)), conversion);
    assertEquals(Array.from(data as Int32Array), [0, 1]);
    assertThrows(
      () => convertValues("x", values("string", ["a"]), conversion),
      TypeError,
      `text becomes no ${conversion}`,
    );
  }
  assertEquals(convertValues("x", values("string", ["a"])).data, ["a"]);
});
