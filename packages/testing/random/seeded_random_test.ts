import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { seededRandom, splitmix64, xoshiro128 } from "./seeded_random.ts";

Deno.test("splitmix64() gives the outputs of the reference code", () => {
  const next = splitmix64(1234567n);
  assertEquals(Array.from({ length: 5 }, next), [
    6457827717110365317n,
    3203168211198807973n,
    9817491932198370423n,
    4593380528125082431n,
    16408922859458223821n,
  ]);
});

Deno.test("xoshiro128() gives the outputs of the reference code", () => {
  const next = xoshiro128([1, 2, 3, 4]);
  assertEquals(Array.from({ length: 10 }, next), [
    11520,
    0,
    5927040,
    70819200,
    2031721883,
    1637235492,
    1287239034,
    3734860849,
    3729100597,
    4258142804,
  ]);
});

Deno.test("seededRandom() repeats for a seed and differs between seeds", () => {
  const draw = (seed: number) => Array.from({ length: 8 }, seededRandom(seed));
  assertEquals(draw(42), draw(42));
  assertNotEquals(draw(42), draw(43));
  assertNotEquals(draw(0), draw(-1));
});

Deno.test("seededRandom() spreads evenly over [0, 1)", () => {
  const next = seededRandom(7);
  const buckets = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const value = next();
    assert(value >= 0 && value < 1);
    const bucket = Math.floor(value * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) assertAlmostEquals(count, 10_000, 500);
});
