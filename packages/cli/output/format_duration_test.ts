import { assertEquals } from "@std/assert";
import { formatDuration, formatRemaining, formatTimeLeft } from "./format_duration.ts";

Deno.test("formatDuration() writes seconds below a minute and clock time above", () => {
  const table: [number, string][] = [
    [0, "0.00 s"],
    [420, "0.42 s"],
    [996, "1.0 s"],
    [9_949, "9.9 s"],
    [9_960, "10 s"],
    [59_400, "59 s"],
    [59_600, "1:00"],
    [185_000, "3:05"],
    [3_723_000, "1:02:03"],
    [360_000_000, "100:00:00"],
  ];
  for (const [durationMs, text] of table) assertEquals(formatDuration(durationMs), text);
});

Deno.test("formatRemaining() writes whole seconds, never none", () => {
  const table: [number, string][] = [[0, "1 s"], [1_001, "2 s"], [9_500, "10 s"], [61_000, "1:01"]];
  for (const [durationMs, text] of table) assertEquals(formatRemaining(durationMs), text);
});

Deno.test("formatTimeLeft() says that the end is waited for when nothing is left to send", () => {
  assertEquals([formatTimeLeft(0), formatTimeLeft(1), formatTimeLeft(4_000)], [
    "finishing",
    "1 s left",
    "4 s left",
  ]);
});
