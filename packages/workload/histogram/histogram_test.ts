import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Histogram } from "./histogram.ts";

const VALUES = fc.array(
  fc.oneof(
    fc.nat({ max: 5000 }),
    fc.nat({ max: 2 ** 31 - 1 }),
    fc.integer({ min: 2 ** 31, max: 2 ** 33 }),
    fc.maxSafeNat(),
  ),
  { minLength: 1, maxLength: 300 },
);
const PERCENTS = [0, 1, 50, 90, 99, 99.9, 99.99, 100];

function of(values: readonly number[], precisionBits?: number): Histogram {
  const histogram = new Histogram(precisionBits === undefined ? {} : { precisionBits });
  for (const value of values) histogram.record(value);
  return histogram;
}

function stateOf(histogram: Histogram) {
  const { count, min, max, sum } = histogram;
  return { count, min, max, sum, buckets: [...histogram.buckets()] };
}

Deno.test("a percentile is that of nearest rank, at most its precision too large, and never above the greatest", () => {
  fc.assert(fc.property(VALUES, fc.integer({ min: 1, max: 16 }), (values, bits) => {
    const histogram = of(values, bits);
    const sorted = values.toSorted((a, b) => a - b);
    for (const percent of PERCENTS) {
      // In whole numbers: hundredths of a per cent.
      const rank = Math.max(1, Math.ceil(Math.round(percent * 100) * values.length / 10_000));
      const exact = sorted[rank - 1] ?? 0;
      const found = histogram.percentile(percent) ?? NaN;
      const most = Math.min(sorted.at(-1) ?? 0, exact * (1 + 2 ** -bits));
      if (!(found >= exact && found <= most)) throw new Error(`p${percent}: ${found} for ${exact}`);
    }
  }));
});

Deno.test("count, least, greatest and sum are exact, and each bucket is as narrow as is said", () => {
  fc.assert(fc.property(VALUES, (values) => {
    const histogram = of(values);
    assertEquals(histogram.count, values.length);
    assertEquals(histogram.min, values.reduce((a, b) => Math.min(a, b)));
    assertEquals(histogram.max, values.reduce((a, b) => Math.max(a, b)));
    assertEquals(histogram.sum, values.reduce((a, b) => a + b));
    assertEquals(histogram.mean, histogram.sum / values.length);
    let last = -1;
    let counted = 0;
    for (const { least, most, count } of histogram.buckets()) {
      assertEquals(count, values.filter((value) => value >= least && value <= most).length);
      if (least <= last || (most - least + 1) * 2 ** 10 > Math.max(least, 2 ** 10)) {
        throw new Error(`${least}`);
      }
      [last, counted] = [most, counted + count];
    }
    assertEquals(counted, values.length);
  }));
});

Deno.test("a merge is as good as having recorded everything, into a coarser one too", () => {
  fc.assert(fc.property(VALUES, VALUES, fc.integer({ min: 1, max: 10 }), (some, others, bits) => {
    const merged = of(some.map((value) => value % 2 ** 40), bits);
    const other = of(others.map((value) => value % 2 ** 40));
    merged.merge(other);
    assertEquals(
      stateOf(merged),
      stateOf(of([...some, ...others].map((value) => value % 2 ** 40), bits)),
    );
  }));
  const twice = of([1, 5000]);
  twice.merge(twice);
  assertEquals(stateOf(twice), stateOf(of([1, 5000, 1, 5000])));
});

Deno.test("an empty histogram has no values, and one merged with it stays as it is", () => {
  const empty = new Histogram();
  assertEquals([empty.count, empty.sum, empty.min, empty.max, empty.mean, empty.percentile(50)], [
    0,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const one = of([7]);
  one.merge(empty);
  assertEquals(stateOf(one), stateOf(of([7])));
});

Deno.test("percentages of a thousand values are the ranks that they name, and fractions are rounded", () => {
  const histogram = of(Array.from({ length: 1000 }, (_, index) => index + 1));
  assertEquals([0, 0.1, 50, 99, 99.9, 100].map((percent) => histogram.percentile(percent)), [
    1,
    1,
    500,
    990,
    999,
    1000,
  ]);
  assertEquals(of([1.4, 1.5]).sum, 3);
});

Deno.test("what can not be counted, merged or asked for is refused", () => {
  const histogram = new Histogram();
  for (const value of [-1, NaN, Infinity, 2 ** 53]) assertThrows(() => histogram.record(value), RangeError);
  for (const percent of [-1, 100.1, NaN]) assertThrows(() => histogram.percentile(percent), RangeError);
  for (const precisionBits of [0, 17, 1.5]) assertThrows(() => new Histogram({ precisionBits }), RangeError);
  assertThrows(() => histogram.merge(new Histogram({ precisionBits: 7 })), RangeError, "7 bits");
  assertEquals(histogram.count, 0);
});

Deno.test("what is restored from a state counts on as the histogram did", () => {
  fc.assert(fc.property(VALUES, fc.integer({ min: 1, max: 16 }), (values, bits) => {
    const histogram = of(values, bits);
    const restored = Histogram.restore(JSON.parse(JSON.stringify(histogram.toState())));
    assertEquals(stateOf(restored), stateOf(histogram));
    restored.merge(histogram);
    assertEquals(restored.count, 2 * values.length);
  }));
  assertEquals(Histogram.restore(new Histogram().toState()).percentile(50), undefined);
});

Deno.test("a state that no histogram has is refused", () => {
  const state = of([5, 7000]).toState();
  const wrong = [
    { count: 3 },
    { sum: -1 },
    { min: 8000 },
    { max: 1 },
    { max: NaN },
    { precisionBits: 99 },
    { buckets: [[5, 1], [-1, 1]] as const },
    { buckets: [[5, 1.5], [6, 0.5]] as const },
    { buckets: [] },
  ];
  for (const change of wrong) assertThrows(() => Histogram.restore({ ...state, ...change }), RangeError);
});
