import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Remainder, Steps } from "./shares.ts";

/** All places that a rank takes in a step, padding last. */
function placesOf(steps: Steps, step: number): { places: number[]; padding: number[] } {
  const { first, count, stride, padding } = steps.shareOf(step);
  return {
    places: Array.from({ length: count }, (_, i) => first + i * stride),
    padding: Array.from({ length: padding }, (_, i) => steps.paddingAt(step, i)),
  };
}

const SHAPES = fc.record({
  length: fc.nat(300),
  globalBatch: fc.integer({ min: 1, max: 40 }),
  size: fc.integer({ min: 1, max: 9 }),
  remainder: fc.constantFrom<Remainder>("short", "drop", "pad"),
});

Deno.test("Steps: all ranks have as many, and together each place once", () => {
  fc.assert(
    fc.property(SHAPES, ({ length, globalBatch, size, remainder }) => {
      const ranks = Array.from(
        { length: size },
        (_, rank) => new Steps(length, { globalBatch, world: { rank, size }, remainder }),
      );
      const taken: number[] = [];
      for (let step = 0; step < (ranks[0]?.count ?? 0); step++) {
        const shares = ranks.map((steps) => placesOf(steps, step));
        const places = shares.flatMap(({ places }) => places);
        // What a step holds does not depend on the world.
        const end = Math.min((step + 1) * globalBatch, length);
        assertEquals(
          places.toSorted((a, b) => a - b),
          Array.from({ length: end - step * globalBatch }, (_, i) => step * globalBatch + i),
        );
        taken.push(...places);
        const padding = shares.flatMap(({ padding }) => padding);
        assertEquals(padding.length, remainder === "pad" ? globalBatch - places.length : 0);
        if (padding.length <= length) {
          assertEquals(
            padding.toSorted((a, b) => a - b),
            padding.map((_, i) => i),
          );
        }
      }
      assertEquals(new Set(ranks.map(({ count }) => count)).size, 1);
      const whole = remainder === "drop" ? length - length % globalBatch : length;
      assertEquals(taken.length, whole);
    }),
    { numRuns: 500, seed: 1 },
  );
});

Deno.test("Steps: a last step that is short gives some ranks none", () => {
  const of = (rank: number) => new Steps(9, { globalBatch: 8, world: { rank, size: 4 }, remainder: "short" });
  assertEquals([0, 1, 2, 3].map((rank) => of(rank).shareOf(1).count), [1, 0, 0, 0]);
  assertEquals(of(3).count, 2);
});

Deno.test("Steps: numbers that make no sense are refused", () => {
  const world = { rank: 0, size: 1 };
  const make = (length: number, globalBatch: number, w = world) => () =>
    new Steps(length, { globalBatch, world: w, remainder: "short" });
  for (
    const made of [
      make(-1, 1),
      make(1, 0),
      make(1, 0.5),
      make(1, 1, { rank: 1, size: 1 }),
      make(1, 1, { rank: -1, size: 1 }),
      make(1, 1, { rank: 0, size: 0 }),
    ]
  ) {
    assertThrows(made, RangeError);
  }
  const steps = make(10, 5)();
  for (const step of [-1, 2, 0.5]) assertThrows(() => steps.shareOf(step), RangeError);
});
