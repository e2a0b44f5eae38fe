import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { findLongDecimal, writeInt128 } from "./decimal.ts";

Deno.test("findLongDecimal() finds what has more digits, exactly, and passes over rows without a value", () => {
  const near = fc.tuple(fc.nat(38), fc.bigInt({ min: -3n, max: 3n }), fc.boolean()).map(
    ([digits, more, negative]) => (10n ** BigInt(digits) + more) * (negative ? -1n : 1n),
  );
  const any = fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n });
  const values = fc.array(fc.oneof(near, any), { maxLength: 5 });
  fc.assert(fc.property(values, fc.integer({ min: 1, max: 38 }), fc.nat(5), (values, precision, absent) => {
    const bytes = new Uint8Array(values.length * 16);
    values.forEach((value, row) => writeInt128(bytes, row * 16, value));
    const limit = 10n ** BigInt(precision);
    const expected = values.findIndex((value, row) => row !== absent && (value >= limit || value <= -limit));
    assertEquals(findLongDecimal(bytes, precision, (row) => row !== absent), expected);
  }));
});
