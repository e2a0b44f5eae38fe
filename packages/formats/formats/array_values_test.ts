import { assertEquals } from "@std/assert";
import { arrayValues } from "./array_values.ts";

Deno.test("arrayValues() tells every kind of element as a single value", () => {
  assertEquals(arrayValues("bool", Uint8Array.of(0, 1)), [false, true]);
  assertEquals(arrayValues("int64", BigInt64Array.of(-1n)), [-1n]);
  assertEquals(arrayValues("float32", Float32Array.of(0.1, NaN)), [0.1, NaN]);
  assertEquals(arrayValues("float64", Float64Array.of(0.1)), [0.1]);
  assertEquals(arrayValues("float16", Float16Array.of(0.1)), [0.1]);
  assertEquals(arrayValues("complex64", Float32Array.of(1, -2, 0.1, 0)), ["1-2j", "0.1+0j"]);
  assertEquals(arrayValues("bfloat16", Uint16Array.of(0x3f80, 0xc049, 0x7f80, 0x7fc0, 0x0001)), [
    1,
    -3.140625,
    Infinity,
    NaN,
    2 ** -133,
  ]);
  // The largest of each, the least above zero, and what is no number (OCP 8-bit floating point).
  assertEquals(arrayValues("float8_e4m3", Uint8Array.of(0x7e, 0x01, 0x7f, 0x80)), [448, 2 ** -9, NaN, -0]);
  assertEquals(arrayValues("float8_e5m2", Uint8Array.of(0x7b, 0x01, 0x7c, 0x7f)), [
    57344,
    2 ** -16,
    Infinity,
    NaN,
  ]);
  assertEquals(arrayValues("float8_e8m0", Uint8Array.of(127, 0, 255)), [1, 2 ** -127, NaN]);
  assertEquals(arrayValues("float4_e2m1", Uint8Array.of(0x12)), [Uint8Array.of(0x12)]);
});
