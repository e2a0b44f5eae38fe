import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  formatDate,
  formatTime,
  formatTimestamp,
  parseDate,
  parseTime,
  parseTimestamp,
} from "./date_text.ts";
import { formatDecimal, parseDecimal, readInt128, writeInt128 } from "./decimal.ts";

const UNIT = fc.constantFrom("s", "ms", "us", "ns");

Deno.test("dates: those of Date, and back, over all of an int32", () => {
  fc.assert(fc.property(fc.integer({ min: -1e8, max: 1e8 }), (days) => {
    assertEquals(formatDate(days), new Date(days * 86400e3).toISOString().slice(0, -14));
  }));
  fc.assert(fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (days) => {
    assertEquals(parseDate(formatDate(days)), days);
  }));
  for (
    const text of ["2026-2-01", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-32", "1900-02-29", "", "x"]
  ) {
    assertEquals(parseDate(text), undefined, text);
  }
});

Deno.test("timestamps: every count of 64 bits comes back, in every unit", () => {
  fc.assert(fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), UNIT, fc.boolean(), (count, unit, zoned) => {
    const text = formatTimestamp(count, unit, zoned);
    assertEquals(parseTimestamp(text, unit), { count, zoned }, text);
  }));
  assertEquals(
    parseTimestamp("2026-01-01 01:00+02:00", "s")?.count,
    BigInt(Date.UTC(2025, 11, 31, 23) / 1000),
  );
  assertEquals(parseTimestamp("2026-01-01T00:00:00.100", "s"), undefined);
  assertEquals(parseTimestamp("2026-01-01T00:00:00.1000000000", "ns")?.zoned, false);
  assertEquals(parseTimestamp("2026-01-01T24:00:00", "s"), undefined);
  assertEquals(parseTimestamp("2026-01-01T00:00:60", "s"), undefined);
});

Deno.test("times: every one of a day comes back", () => {
  fc.assert(fc.property(fc.bigInt(0n, 86399n), fc.bigInt(0n, 999n), (seconds, rest) => {
    const count = seconds * 1000n + rest;
    assertEquals(parseTime(formatTime(count, "ms"), "ms"), count);
  }));
});

Deno.test("decimals: every whole number of 38 digits comes back, at every scale", () => {
  const most = 10n ** 38n - 1n;
  fc.assert(fc.property(fc.bigInt(-most, most), fc.integer({ min: -38, max: 38 }), (whole, scale) => {
    assertEquals(parseDecimal(formatDecimal(whole, scale), 38, scale), whole);
    const bytes = new Uint8Array(20);
    writeInt128(bytes, 3, whole);
    assertEquals(readInt128(bytes, 3), whole);
  }));
  assertEquals(formatDecimal(-5n, 2), "-0.05");
  assertEquals(formatDecimal(5n, -2), "500");
  assertEquals(parseDecimal("+.5", 3, 2), 50n);
  assertEquals(parseDecimal("00012.50", 4, 2), 1250n);
  for (const text of ["", ".", "-", "1e3", " 1", "0x1", "1.001", "100.00"]) {
    assertEquals(parseDecimal(text, 4, 2), undefined, text);
  }
});
