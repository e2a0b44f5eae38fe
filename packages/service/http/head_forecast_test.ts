import { assertEquals } from "@std/assert";
import { HeadForecast } from "./head_forecast.ts";

function of(...durations: number[]): HeadForecast {
  const forecast = new HeadForecast();
  for (const duration of durations) forecast.add(duration);
  return forecast;
}

const times = (count: number, ms: number) => Array<number>(count).fill(ms);

Deno.test("HeadForecast says nothing before twenty answers", () => {
  assertEquals([of(...times(19, 100)).ready, of(...times(19, 100)).overdueMs], [false, Infinity]);
  assertEquals([of(...times(20, 100)).ready, of(...times(20, 100)).overdueMs], [true, 200]);
});

Deno.test("HeadForecast waits for the time of 95 of 100, within twice and four times that of half of them", () => {
  assertEquals(of(...times(40, 100), ...times(24, 110)).overdueMs, 200, "all take about as long");
  assertEquals(of(...times(54, 100), ...times(10, 300)).overdueMs, 300, "some take longer");
  assertEquals(of(...times(54, 100), ...times(10, 9_000)).overdueMs, 400, "one in six is far slower");
  assertEquals(of(...times(62, 100), ...times(2, 9_000)).overdueMs, 200, "one in thirty is far slower");
});

Deno.test("HeadForecast waits for 50 ms at least, so that what is near is never asked twice", () => {
  assertEquals(of(...times(64, 1)).overdueMs, 50);
  assertEquals(of(...times(60, 1), ...times(4, 45)).overdueMs, 50);
});

Deno.test("HeadForecast goes by the last 64 answers, and follows a service that becomes slow", () => {
  const forecast = of(...times(64, 50));
  assertEquals(forecast.overdueMs, 100);
  for (let count = 0; count < 40; count++) forecast.add(1_000);
  assertEquals(forecast.overdueMs, 2_000);
  for (let count = 0; count < 64; count++) forecast.add(50);
  assertEquals(forecast.overdueMs, 100);
});

Deno.test("HeadForecast doubles the time after a second request that did not help, until one does", () => {
  const forecast = of(...times(64, 100));
  const seen: number[] = [];
  for (let count = 0; count < 6; count++) {
    forecast.hedged(false);
    seen.push(forecast.overdueMs);
  }
  assertEquals(seen, [400, 800, 1_600, 3_200, 3_200, 3_200]);
  forecast.hedged(true);
  assertEquals(forecast.overdueMs, 200);
});
