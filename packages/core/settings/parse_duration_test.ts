import { assertEquals } from "@std/assert";
import { parseDuration } from "./parse_duration.ts";

Deno.test("parseDuration() reads units, their combinations and bare seconds", () => {
  const durations: [text: string, durationMs: number][] = [
    ["90", 90_000],
    ["90s", 90_000],
    ["15m", 900_000],
    ["1h30m", 5_400_000],
    ["7D", 604_800_000],
    ["1d2h3m4s", 93_784_000],
  ];
  for (const [text, durationMs] of durations) assertEquals(parseDuration(text), durationMs, text);
});

Deno.test("parseDuration() refuses what is no duration, and none at all", () => {
  for (
    const text of [
      "",
      "0",
      "0m",
      "m",
      "-5m",
      "1.5h",
      "15 m",
      "15min",
      "5m1h",
      "1w",
      "6M",
      "1d6M",
      "9999999999s",
    ]
  ) {
    assertEquals(parseDuration(text), undefined, text);
  }
});
