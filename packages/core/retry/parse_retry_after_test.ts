import { assertEquals } from "@std/assert";
import { parseRetryAfter } from "./parse_retry_after.ts";

const now = Date.UTC(2026, 0, 1);
const parse = (headers: Record<string, string>) => parseRetryAfter(new Headers(headers), now);

Deno.test("parseRetryAfter() reads seconds", () => {
  assertEquals(parse({ "retry-after": "120" }), 120_000);
  assertEquals(parse({ "retry-after": "0" }), 0);
});

Deno.test("parseRetryAfter() reads a date, which may be past", () => {
  assertEquals(parse({ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }), 30_000);
  assertEquals(parse({ "retry-after": "Wed, 31 Dec 2025 23:00:00 GMT" }), 0);
});

Deno.test("parseRetryAfter() reads the services' own headers in milliseconds first", () => {
  assertEquals(parse({ "x-amz-retry-after": "1500", "retry-after": "9" }), 1_500);
  assertEquals(parse({ "retry-after-ms": "250" }), 250);
});

Deno.test("parseRetryAfter() ignores what it does not understand", () => {
  for (
    const value of [
      "",
      "-1",
      "1.5",
      "soon",
      "1e9",
      "99999999999",
      "2026-01-01",
      "Thu, 99 Foo 2026 00:00:30 GMT",
    ]
  ) {
    assertEquals(parse({ "retry-after": value, "x-amz-retry-after": "soon" }), undefined, value);
  }
  assertEquals(parse({}), undefined);
});
