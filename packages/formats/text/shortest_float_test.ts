import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { shortestFloat } from "./shortest_float.ts";

Deno.test("shortestFloat() is read as the same number of so many bits, and is no longer than it has to be", () => {
  fc.assert(fc.property(fc.float(), (value) => {
    assertEquals(Object.is(Math.fround(shortestFloat(value, "float32")), value), true);
  }));
  for (const text of ["0.1", "3.14", "1e+30", "16777216", "1.1754944e-38"]) {
    assertEquals(String(shortestFloat(Math.fround(Number(text)), "float32")), String(Number(text)));
  }
  assertEquals(shortestFloat(Math.f16round(0.1), "float16"), 0.1);
  assertEquals(shortestFloat(Math.fround(0.1), "float64"), Math.fround(0.1));
  for (const value of [NaN, Infinity, -Infinity, -0]) {
    assertEquals(Object.is(shortestFloat(value, "float32"), value), true);
  }
});
