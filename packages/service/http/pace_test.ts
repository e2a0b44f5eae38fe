import { assertEquals } from "@std/assert";
import { Pace } from "./pace.ts";

Deno.test("Pace finds too few bytes in a window of waiting", () => {
  const pace = new Pace(10_000, 10);
  pace.begin(0);
  for (let second = 1; second < 10; second++) pace.move(1, second * 1_000);
  assertEquals(pace.verdict(9_999), undefined);
  assertEquals(pace.verdict(10_000), { detail: "only 9 bytes moved in 10 s", waitedMs: 10_000 });
  pace.move(91, 10_001);
  assertEquals([pace.verdict(20_000), pace.verdict(20_001)?.waitedMs], [undefined, 10_000]);
});

Deno.test("Pace counts no time in which nothing is waited for, and nothing from before a reset", () => {
  const pace = new Pace(10_000, 10);
  for (let hour = 0; hour < 9; hour++) {
    pace.begin(hour * 3_600_000);
    pace.end(hour * 3_600_000 + 1_000);
    assertEquals(pace.verdict(hour * 3_600_000 + 1_800_000), undefined);
  }
  pace.begin(9 * 3_600_000);
  assertEquals(pace.verdict(9 * 3_600_000 + 1_000)?.waitedMs, 10_000);
  pace.reset();
  assertEquals(pace.verdict(9 * 3_600_000 + 1_000), undefined);
});

Deno.test("Pace tells how long bytes were waited for in all, however they moved, since it started over", () => {
  const pace = new Pace(1_000, 10);
  pace.begin(0);
  pace.move(100, 300);
  pace.move(100, 500);
  assertEquals(pace.totalMs, 500);
  pace.end(600);
  pace.begin(1_000);
  pace.end(1_050);
  assertEquals(pace.totalMs, 650);
  pace.reset();
  assertEquals(pace.totalMs, 0);
});
