import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { randomKey } from "./keyed_random.ts";
import { permutation } from "./permutation.ts";

Deno.test("permutation() brings each number once, and placeOf() finds it", () => {
  for (const length of [0, 1, 2, 3, 100, 65_535, 65_536, 65_537, 100_000, 131_072, 131_073]) {
    const order = permutation(length, randomKey(5, length));
    const seen = new Uint8Array(length);
    for (let place = 0; place < length; place++) {
      const number = order.at(place);
      seen[number] = (seen[number] ?? 0) + 1;
      if (place % 97 === 0) assertEquals(order.placeOf(number), place);
    }
    assert(seen.every((times) => times === 1), `${length}`);
  }
});

Deno.test("permutation() of any length stays within it and can be undone", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.maxSafeNat(),
      fc.maxSafeNat(),
      (length, seed, any) => {
        // A table of each length takes long to make.
        fc.pre(length > 65_536);
        const order = permutation(length, randomKey(seed));
        for (const place of [0, length - 1, any % length]) {
          const number = order.at(place);
          assert(Number.isInteger(number) && number >= 0 && number < length);
          assertEquals(order.placeOf(number), place);
        }
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});

Deno.test("permutation() has no place and no number outside", () => {
  for (const length of [10, 100_000]) {
    const order = permutation(length, randomKey(1));
    for (const outside of [-1, length, 0.5, NaN]) {
      assertThrows(() => order.at(outside), RangeError);
      assertThrows(() => order.placeOf(outside), RangeError);
    }
  }
  assertThrows(() => permutation(-1, randomKey(1)), RangeError);
  assertThrows(() => permutation(2 ** 53, randomKey(1)), RangeError);
});

Deno.test("permutation() of few numbers brings every order as often", () => {
  const counts = new Map<string, number>();
  const keys = 24_000;
  for (let seed = 0; seed < keys; seed++) {
    const order = permutation(4, randomKey(seed));
    const name = [0, 1, 2, 3].map((place) => order.at(place)).join();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assertEquals(counts.size, 24);
  assert(chiSquare([...counts.values()], keys / 24) < 60);
});

Deno.test("permutation() of many numbers: where the first lies, and how far neighbours are apart, is even", () => {
  const length = 100_003, keys = 40_000, bins = 50;
  const measures: Record<string, (order: ReturnType<typeof permutation>) => number> = {
    first: (order) => order.at(0),
    last: (order) => order.at(length - 1),
    neighbours: (order) => (order.at(1000) - order.at(1001) + length) % length,
    far: (order) => (order.at(5) - order.at(70_000) + length) % length,
  };
  for (const [name, measure] of Object.entries(measures)) {
    const counts = new Array<number>(bins).fill(0);
    for (let seed = 0; seed < keys; seed++) {
      const bin = Math.floor(measure(permutation(length, randomKey(seed))) * bins / length);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    // 49 degrees of freedom: one in 10,000 is above 95.
    assert(chiSquare(counts, keys / bins) < 95, `${name}: ${chiSquare(counts, keys / bins)}`);
  }
});

Deno.test("permutations are those that they always were", () => {
  const head = (length: number) => {
    const order = permutation(length, randomKey(42, 0, 1));
    return [0, 1, 2, 3, 4].map((place) => order.at(place));
  };
  assertEquals(head(10), GOLDEN[10]);
  assertEquals(head(1e6), GOLDEN[1e6]);
  assertEquals(head(1e12), GOLDEN[1e12]);
});

function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

const GOLDEN = {
  10: [8, 1, 3, 5, 9],
  [1e6]: [279375, 447287, 270831, 261691, 522819],
  [1e12]: [345441877391, 319558072273, 556214942126, 643985502831, 989075514335],
};
