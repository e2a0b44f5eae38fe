import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { HedgeBudget } from "./hedge_budget.ts";
import { RangeHedges } from "./range_hedges.ts";

const MIB = 2 ** 20;

/** Ranges in fake time. A rate is in bytes per millisecond; 1,000 bring a MiB in a second. */
function setUp() {
  const clock = new FakeClock();
  const budget = new HedgeBudget(clock);
  for (let count = 0; count < 200; count++) budget.noteRequest();
  const hedges = new RangeHedges(budget, clock);
  const hedged: string[] = [];
  /** A range whose bytes come at `rate`, from now on, until it is ended. */
  const begin = (name: string, rate: (ms: number) => number, length = 8 * MIB) => {
    const startMs = clock.monotonicMs();
    const arrivals = () => {
      const waitedMs = clock.monotonicMs() - startMs;
      return { bytes: Math.min(length, Math.floor(rate(waitedMs))), waitedMs };
    };
    const end = hedges.watch({
      length,
      arrivals,
      hedge: (leave) => {
        hedged.push(name);
        leave.settle(true);
      },
    });
    return end;
  };
  return { budget, begin, clock, hedged, hedges };
}

const steady = (rate: number) => (ms: number) => rate * ms;

Deno.test("RangeHedges finds the range that is far slower than its peers", async () => {
  const { begin, clock, hedged } = setUp();
  const ends = [0, 1, 2, 3].map((index) => begin(`fast ${index}`, steady(1_000)));
  ends.push(begin("slow", steady(200)), begin("third", steady(300)));
  await clock.advance(200);
  assertEquals(hedged, [], "too early to tell");
  await clock.advance(200);
  assertEquals(hedged, ["slow"]);
  await clock.advance(2_000);
  assertEquals(hedged, ["slow"], "once only");
  for (const end of ends) end();
  assertEquals(clock.pending, 0);
});

Deno.test("RangeHedges finds a range that comes to a halt, from then on", async () => {
  const { begin, clock, hedged } = setUp();
  const ends = [0, 1, 2].map((index) => begin(`fast ${index}`, steady(1_000)));
  ends.push(begin("halt", (ms) => 1_000 * Math.min(ms, 1_000)));
  await clock.advance(1_000);
  assertEquals(hedged, []);
  await clock.advance(1_000);
  assertEquals(hedged, ["halt"]);
  for (const end of ends) end();
});

Deno.test("RangeHedges leaves all alone where all are slow, or come to a halt", async () => {
  for (const rate of [steady(2), (ms: number) => 1_000 * Math.min(ms, 700)]) {
    const { begin, clock, hedged } = setUp();
    const ends = [0, 1, 2, 3, 4, 5].map((index) => begin(`${index}`, rate));
    await clock.advance(300);
    ends.push(begin("late", (ms) => rate(ms + 300) - rate(300)));
    await clock.advance(5_000);
    assertEquals(hedged, []);
    for (const end of ends) end();
  }
});

Deno.test("RangeHedges compares the last range with those it has met", async () => {
  const { begin, clock, hedged } = setUp();
  const end = begin("slow", steady(100));
  for (let count = 0; count < 3; count++) {
    const other = begin("fast", steady(100_000));
    await clock.advance(90);
    other();
  }
  assertEquals(hedged, []);
  await clock.advance(5_000);
  assertEquals(hedged, ["slow"]);
  end();
  const alone = begin("alone", steady(100));
  await clock.advance(5_000);
  assertEquals(hedged, ["slow"], "it has met none");
  alone();
});

Deno.test("RangeHedges needs three peers", async () => {
  const { begin, clock, hedged } = setUp();
  const ends = [begin("1", steady(1_000)), begin("2", steady(1_000)), begin("slow", steady(10))];
  await clock.advance(3_000);
  assertEquals(hedged, []);
  ends.push(begin("3", steady(1_000)));
  await clock.advance(500);
  assertEquals(hedged, ["slow"]);
  for (const end of ends) end();
});

Deno.test("RangeHedges leaves a range alone whose last bytes are there soon", async () => {
  const { begin, clock, hedged } = setUp();
  const ends = [0, 1, 2].map((index) => begin(`${index}`, steady(1_000)));
  ends.push(begin("short", steady(200), 130_000), begin("long", steady(200), 250_000));
  await clock.advance(400);
  assertEquals(hedged, ["long"]);
  for (const end of ends) end();
});

Deno.test("RangeHedges counts only the time in which bytes are waited for", async () => {
  const { clock, hedged, hedges, begin } = setUp();
  const ends = [0, 1, 2].map((index) => begin(`${index}`, steady(1_000)));
  // The reader takes 100,000 bytes each second, and waits 100 ms for them.
  const startMs = clock.monotonicMs();
  const arrivals = () => {
    const seconds = Math.floor((clock.monotonicMs() - startMs) / 1_000);
    return { bytes: seconds * 100_000, waitedMs: seconds * 100 };
  };
  ends.push(hedges.watch({ length: 8 * MIB, arrivals, hedge: () => void hedged.push("reader") }));
  ends.push(
    hedges.watch({ length: MIB, arrivals: () => undefined, hedge: () => void hedged.push("unknown") }),
  );
  await clock.advance(7_000);
  assertEquals(hedged, []);
  for (const end of ends) end();
});

Deno.test("RangeHedges asks for no more than its budget grants", async () => {
  const { begin, budget, clock, hedged } = setUp();
  budget.noteThrottled();
  const ends = [0, 1, 2].map((index) => begin(`${index}`, steady(1_000), 100 * MIB));
  ends.push(begin("slow", steady(10)));
  await clock.advance(9_000);
  assertEquals([hedged, budget.issued], [[], 0]);
  for (let count = 0; count < 20; count++) budget.noteRequest();
  await clock.advance(2_000);
  assertEquals([hedged, budget.issued], [["slow"], 1]);
  for (const end of ends) end();
});
