import { assertEquals } from "@std/assert";
import { formatInstant, instantAfter, nanosFrom, parseInstant } from "./time_text.ts";

Deno.test("a time is read to the nanosecond, whatever offset it has, and written in UTC", () => {
  const read = (text: string) => {
    const found = parseInstant(text);
    return found && formatInstant(found);
  };
  assertEquals(read("2026-11-30T12:00:00.123456789Z"), "2026-11-30T12:00:00.123456789Z");
  assertEquals(read("2026-11-30T14:00:00.5+02:00"), "2026-11-30T12:00:00.500000000Z");
  assertEquals(read("2026-11-30T07:30:00-04:30"), "2026-11-30T12:00:00.000000000Z");
  assertEquals(read("2026-11-30 12:00:00,25"), "2026-11-30T12:00:00.250000000Z");
  assertEquals(read("1969-12-31T23:59:59.000000001Z"), "1969-12-31T23:59:59.000000001Z");
  for (
    const text of ["", "now", "2026-02-30T00:00:00Z", "2026-11-30T25:00:00Z", "2026-11-30", "1796043256"]
  ) {
    assertEquals(parseInstant(text), undefined, text);
  }
});

Deno.test("instantAfter() and nanosFrom() are exact over seconds, forwards and backwards", () => {
  const start = { seconds: 100, nanos: 999_999_999 };
  assertEquals(instantAfter(start, 1), { seconds: 101, nanos: 0 });
  assertEquals(instantAfter(start, 86_400_000_000_001), { seconds: 86_501, nanos: 0 });
  assertEquals(instantAfter(start, -1_000_000_000), { seconds: 99, nanos: 999_999_999 });
  assertEquals(nanosFrom(start, instantAfter(start, 123_456_789_012)), 123_456_789_012);
});
