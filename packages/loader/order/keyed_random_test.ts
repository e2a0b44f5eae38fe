import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { randomBits, randomKey, randomSequence, randomUnit } from "./keyed_random.ts";

Deno.test("randomKey() depends on every number, their order and how many they are", () => {
  const keys = [[], [0], [0, 0], [1], [-1], [2 ** 32], [2 ** 32 + 1], [1, 2], [2, 1], [2 ** 53 - 1], [
    1 - 2 ** 53,
  ]]
    .map((parts) => randomKey(...parts).join());
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("randomKey() refuses what is no whole number", () => {
  for (const part of [0.5, NaN, Infinity, 2 ** 53]) assertThrows(() => randomKey(1, part), RangeError);
});

Deno.test("randomBits() sets each bit as often as not, whatever bit of key or index changes", () => {
  for (const start of [0, 2 ** 31, 2 ** 40]) {
    const set = new Uint32Array(32), flipped = new Uint32Array(32);
    const tries = 20_000;
    for (let i = 0; i < tries; i++) {
      const key = randomKey(7, Math.floor(i / 100));
      const bits = randomBits(key, start + i), next = randomBits(key, start + i + 1);
      for (let bit = 0; bit < 32; bit++) {
        set[bit] = (set[bit] ?? 0) + (bits >>> bit & 1);
        flipped[bit] = (flipped[bit] ?? 0) + ((bits ^ next) >>> bit & 1);
      }
    }
    for (const counts of [set, flipped]) {
      // Five standard deviations.
      for (const count of counts) assert(Math.abs(count - tries / 2) < 5 * Math.sqrt(tries) / 2, `${count}`);
    }
  }
});

Deno.test("randomUnit() is at least 0 and below 1, and the same each time", () => {
  const key = randomKey(1);
  const values = Array.from({ length: 10_000 }, (_, index) => randomUnit(key, index));
  assert(values.every((value) => value >= 0 && value < 1));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  assert(Math.abs(mean - 0.5) < 0.015, `${mean}`);
  const next = randomSequence(key);
  assertEquals(values.slice(0, 5), Array.from({ length: 5 }, () => next()));
  assertNotEquals(randomUnit(key, 2 ** 50), randomUnit(key, 2 ** 50 + 1));
});

Deno.test("random numbers are those that they always were", () => {
  assertEquals([...randomKey(0, 0, 1)], GOLDEN.key);
  assertEquals([0, 1, 2 ** 33].map((index) => randomBits(randomKey(42, 3), index)), GOLDEN.bits);
  assertEquals(randomUnit(randomKey(42, 3), 9), GOLDEN.unit);
});

const GOLDEN = {
  key: [114851390, 3241617683, 3572223104, 2609133138],
  bits: [1505537377, 3228582595, 3686079173],
  unit: 0.18600300401314385,
};
