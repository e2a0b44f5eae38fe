import { assert, assertEquals } from "@std/assert";
import { ratesAt } from "./bandwidth_timetable.ts";
import { parseBandwidth } from "./parse_bandwidth.ts";

const K = 2 ** 10;
const M = 2 ** 20;

function read(text: string) {
  const reading = parseBandwidth(text);
  assert("timetable" in reading, JSON.stringify(reading));
  return reading.timetable;
}

for (
  const [text, up, down] of [
    ["10M", 10 * M, 10 * M],
    ["100MB/s", 1e8, 1e8],
    ["1.5mib", 1.5 * M, 1.5 * M],
    ["10M:off", 10 * M, Infinity],
    ["off:1M", Infinity, M],
    ["512K:1G", 512 * K, 2 ** 30],
    ["off", Infinity, Infinity],
    ["0", Infinity, Infinity],
  ] as const
) {
  Deno.test(`parseBandwidth() reads ${text}`, () => {
    assertEquals(ratesAt(read(text), Date.UTC(2026, 0, 1)), { rates: { up, down }, untilMs: Infinity });
  });
}

for (
  const [text, problem] of [
    ["", "A bandwidth cannot be empty."],
    [" ", "A bandwidth cannot be empty."],
    ["10", '"10" needs a unit: 10K, 10M or 10G bytes a second.'],
    ["10M:5", '"5" needs a unit: 5K, 5M or 5G bytes a second.'],
    ["100B", '"100B" is less than 1K a second.'],
    ["fast", '"fast" is not a rate such as 10M, 100MB/s or off.'],
    ["-1M", '"-1M" is not a rate such as 10M, 100MB/s or off.'],
    ["1M:2M:3M", '"1M:2M:3M" is not a rate up and one down such as 10M:1M.'],
    ["08:00,1M 9", '"9" is not a time and a rate such as 08:00,10M or Mon-08:00,10M.'],
    ["24:00,1M", '"24:00,1M" is not a time and a rate such as 08:00,10M or Mon-08:00,10M.'],
    ["08:60,1M", '"08:60,1M" is not a time and a rate such as 08:00,10M or Mon-08:00,10M.'],
    ["Foo-08:00,1M", '"Foo-08:00,1M" is not a time and a rate such as 08:00,10M or Mon-08:00,10M.'],
    ["08:00,1M 08:00,2M", '"08:00,2M" begins when another one does.'],
    ["08:00,1M Tue-08:00,2M", '"Tue-08:00,2M" begins when another one does.'],
    ["08:00,1", '"1" needs a unit: 1K, 1M or 1G bytes a second.'],
  ] as const
) {
  Deno.test(`parseBandwidth() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(parseBandwidth(text), { problem });
  });
}

Deno.test("a timetable of a day holds on every day, in local time", () => {
  const table = read("08:00,512K 12:00,10M 13:00,512K 18:00,30M:1M 23:00,off");
  for (
    const [hours, minutes, up, down, until] of [
      [7, 59, Infinity, Infinity, 8],
      [8, 0, 512 * K, 512 * K, 12],
      [11, 59, 512 * K, 512 * K, 12],
      [12, 0, 10 * M, 10 * M, 13],
      [13, 30, 512 * K, 512 * K, 18],
      [18, 0, 30 * M, M, 23],
      [23, 0, Infinity, Infinity, 24 + 8],
    ] as const
  ) {
    for (const day of [14, 15, 17]) {
      const at = new Date(2026, 0, day, hours, minutes).getTime();
      const untilMs = new Date(2026, 0, day, until).getTime();
      assertEquals(ratesAt(table, at), { rates: { up, down }, untilMs });
    }
  }
});

Deno.test("a timetable of a week goes on from its end at its beginning", () => {
  // 2026-01-18 is a Sunday.
  const table = read("Mon-00:00,512K Fri-23:59,10M sat-10:00,1M Sun-20:00,off");
  const at = (day: number, hours: number, minutes = 0) => new Date(2026, 0, day, hours, minutes).getTime();
  const rateAt = (timeMs: number) => ratesAt(table, timeMs).rates.up;
  assertEquals(rateAt(at(18, 19, 59)), M);
  assertEquals(rateAt(at(18, 20)), Infinity);
  assertEquals(rateAt(at(19, 0)), 512 * K);
  assertEquals(rateAt(at(23, 23, 58)), 512 * K);
  assertEquals(rateAt(at(23, 23, 59)), 10 * M);
  assertEquals(rateAt(at(24, 10)), M);
  assertEquals(ratesAt(table, at(24, 12)).untilMs, at(25, 20));
  assertEquals(ratesAt(table, at(18, 21)).untilMs, at(19, 0));
});
