import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatFloat } from "./format_float.ts";
import { parseFloatFast, parseFloatText } from "./parse_float.ts";
import { parseIntegerFast, parseIntegerText } from "./parse_integer.ts";
import { parseDateFast, parseMomentFast } from "./parse_moment.ts";
import { formatDate, formatTimestamp } from "../table/date_text.ts";

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function fast(text: string): number {
  return parseFloatFast(bytesOf(`,${text},`), 1, text.length + 1);
}

/** Texts of numbers as others write them: shortest, with too many digits, with exponents, near halves of the last bit. */
function anyNumberText(): fc.Arbitrary<string> {
  const digits = fc.stringMatching(/^\d{1,22}$/);
  const exponent = fc.constantFrom("", "e0", "E+5", "e-7", "e22", "e-22", "e23", "e-300", "e308");
  const between = fc.double({ noNaN: true, noDefaultInfinity: true }).chain((value) =>
    fc.integer({ min: 15, max: 21 }).map((precision) => value.toPrecision(precision))
  );
  return fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.float({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.tuple(fc.constantFrom("", "-", "+"), digits, fc.option(digits), exponent).map((
      [sign, whole, rest, power],
    ) => `${sign}${whole}${rest === null ? "" : `.${rest}`}${power}`),
    between,
  );
}

Deno.test("parseFloatFast(): the double that Number gives, or none", () => {
  let found = 0;
  fc.assert(
    fc.property(anyNumberText(), (text) => {
      const value = fast(text);
      if (Number.isNaN(value)) return;
      found++;
      assertEquals(value, Number(text), text);
    }),
    { numRuns: 20_000 },
  );
  assertEquals(found > 5000, true);
});

Deno.test("parseFloatFast(): numbers as they are mostly written are found, and what is none is not", () => {
  for (
    const text of [
      "0",
      "-0",
      "1.5",
      "0.1234567890123456",
      "123456789.123456789",
      "1e5",
      "1E-5",
      ".5",
      "5.",
      "0e99",
    ]
  ) {
    assertEquals(fast(text), Number(text), text);
  }
  // Seventeen digits, of which the last decides; and one just above half of the last bit.
  for (
    const text of [
      "9007199254740993.1",
      "0.30000000000000004",
      "8.41470984807896507",
      "4503599627370497.5001",
    ]
  ) {
    assertEquals(fast(text), Number(text), text);
  }
  for (
    const text of ["", "-", ".", "e5", "1e", "1e+", "1x", "--1", "1.2.3", "0x1", "1 ", "nan", "1e400000"]
  ) {
    assertEquals(fast(text), NaN, text);
  }
});

Deno.test("parseFloatText(): what formatFloat writes comes back, in all sizes", () => {
  fc.assert(
    fc.property(fc.double(), (value) => assertEquals(parseFloatText(formatFloat(value, "float64")), value)),
  );
  fc.assert(fc.property(fc.float(), (value) => {
    const text = formatFloat(value, "float32");
    assertEquals(Math.fround(parseFloatText(text) ?? 0.3), value, text);
  }));
  fc.assert(fc.property(fc.integer({ min: 0, max: 65535 }), (word) => {
    const [value = 0] = new Float16Array(Uint16Array.of(word).buffer);
    assertEquals(Math.f16round(parseFloatText(formatFloat(value, "float16")) ?? 0.3), value);
  }));
  for (const text of ["", "0x1", "1_0", "1e", "infinit", "٣"]) {
    assertEquals(parseFloatText(text), undefined, text);
  }
});

Deno.test("parseInteger: whole numbers, and what is none", () => {
  fc.assert(fc.property(fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n), (value) => {
    const text = String(value);
    const number = parseIntegerFast(bytesOf(text), 0, text.length);
    if (!Number.isNaN(number)) assertEquals(BigInt(number), value);
    assertEquals(Number.isNaN(number), text.replace("-", "").length > 15);
    assertEquals(parseIntegerText(text, true), value < 2n ** 63n ? value : undefined);
    assertEquals(parseIntegerText(text, false), value >= 0n ? value : undefined);
  }));
  for (const text of ["", "-", "+", "1.0", "1e3", " 1", "a", "0x1", "1".repeat(1000)]) {
    assertEquals(parseIntegerFast(bytesOf(text), 0, text.length), NaN, text);
    assertEquals(parseIntegerText(text, true), undefined, text);
  }
});

Deno.test("parseDateFast(), parseMomentFast(): what formatDate and formatTimestamp write of four-digit years", () => {
  fc.assert(fc.property(fc.integer({ min: -719528, max: 2932896 }), (days) => {
    assertEquals(parseDateFast(bytesOf(`,${formatDate(days)}`), 1), days);
  }));
  const units = fc.constantFrom("s", "ms", "us", "ns");
  fc.assert(fc.property(fc.bigInt(-(10n ** 17n), 10n ** 17n), units, fc.boolean(), (count, unit, zoned) => {
    const perSecond = { s: 1n, ms: 1000n, us: 1000_000n, ns: 1000_000_000n }[unit];
    const bounded = unit === "s" ? count / 1_000_000_000n : count;
    const text = formatTimestamp(bounded, unit, zoned);
    const moment = { seconds: 0, nanoseconds: 0, zoned: !zoned };
    const found = parseMomentFast(bytesOf(text), 0, text.length, moment);
    if (!/^\d{4}-/.test(text)) return assertEquals(found, false);
    const nanoseconds = BigInt(moment.nanoseconds) / (1_000_000_000n / perSecond);
    assertEquals([found, BigInt(moment.seconds) * perSecond + nanoseconds, moment.zoned], [
      true,
      bounded,
      zoned,
    ], text);
  }));
  const moment = { seconds: 0, nanoseconds: 0, zoned: false };
  for (
    const text of [
      "2026-01-01T00:00:00.",
      "2026-01-01x00:00:00",
      "2026-01-01T00:00",
      "2026-01-01T00:00:0a",
      "2026-01-01T24:00:00",
    ]
  ) {
    assertEquals(parseMomentFast(bytesOf(text), 0, text.length, moment), false, text);
  }
});
