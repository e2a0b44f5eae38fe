import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { cutNumber } from "./cut_number.ts";

Deno.test("cutNumber() leaves out digits behind the point, and nothing that tells the size", () => {
  for (
    const [value, shown] of [
      [1.5, "1.5"],
      [3.0473151625692845, "3.04731…"],
      [-3.0473151625692845, "-3.0473…"],
      [1.5432112e-7, "1.54…e-7"],
      [-1.5432112e-7, "-1.5…e-7"],
      [-1.5432112e-300, "-1…e-300"],
      [0.000001234567, "1.23…e-6"],
      [0.001234567, "0.00123…"],
      [1234567.25, "1.23…e+6"],
      [-123456789.25, "-1.2…e+8"],
      [12345.678, "12345.6…"],
      [123456789, "123456789"],
      [-Infinity, "-Infinity"],
    ] as const
  ) {
    assertEquals(cutNumber(String(value), 8), shown);
  }
});

Deno.test("cutNumber() shows the number to the digits that it has room for", () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.integer({ min: 8, max: 30 }), (value, room) => {
    const shown = cutNumber(String(value), room);
    if (Number.isInteger(value) || !Number.isFinite(value)) return;
    assert(shown.length <= room, shown);
    // What is left out is less than one of the last digit shown.
    const [, mantissa = "", exponent = ""] = /^([^e…]*)…?(e.*)?$/.exec(shown) ?? [];
    const step = Number(`1e-${mantissa.split(".")[1]?.length ?? 0}`) * Number(`1${exponent}`);
    const rounding = Math.abs(value) * 1e-15;
    assert(Math.abs(Number(mantissa + exponent) - value) <= step + rounding, `${value} as ${shown}`);
  }));
});
