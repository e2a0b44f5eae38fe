import { assert, assertEquals } from "@std/assert";
import { planUnits } from "./plan_units.ts";

/** The chunks' lengths, unit by unit. */
function lengthsOf(...plan: Parameters<typeof planUnits>): number[][] {
  const { chunks, units } = planUnits(...plan);
  return units.map(({ from, to }) => chunks.slice(from, to).map(({ length }) => length));
}

Deno.test("planUnits() reads whole parts by chunks that hold several", () => {
  assertEquals(lengthsOf(100, 40, 40, 10), [[40], [40], [20]]);
  assertEquals(lengthsOf(100, 40, 45, 10), [[40], [40], [20]]);
});

Deno.test("planUnits() reads a part by several chunks where it is larger", () => {
  assertEquals(lengthsOf(100, 8, 8, 20), [[8, 8, 4], [8, 8, 4], [8, 8, 4], [8, 8, 4], [8, 8, 4]]);
  assertEquals(lengthsOf(25, 8, 8, 20), [[8, 8, 4], [5]]);
});

Deno.test("planUnits() brings a first chunk that ends within a part to the part's end", () => {
  assertEquals(lengthsOf(50, 15, 20, 10), [[15, 5], [20], [10]]);
  assertEquals(lengthsOf(17, 15, 20, 10), [[15, 2]]);
});

Deno.test("planUnits() covers every byte once, and units end where parts do, for any sizes", () => {
  for (const size of [1, 7, 64, 1000, 1001]) {
    for (const first of [1, 3, 10, 64].filter((first) => first <= size)) {
      for (const chunkSize of [1, 3, 10, 64, 2000]) {
        for (const partSize of [1, 4, 10, 100, 5000]) {
          const { chunks, units } = planUnits(size, first, chunkSize, partSize);
          let at = 0;
          for (const { offset, length } of chunks) {
            assert(offset === at && length > 0, `${[size, first, chunkSize, partSize]}`);
            at += length;
          }
          assertEquals([at, chunks[0]?.length], [size, first]);
          for (const [i, { from, to }] of units.entries()) {
            assertEquals(from, units[i - 1]?.to ?? 0);
            const end = chunks[to - 1];
            const reached = (end?.offset ?? 0) + (end?.length ?? 0);
            assert(reached % partSize === 0 || reached === size, `${[size, first, chunkSize, partSize]}`);
          }
          assertEquals(units.at(-1)?.to, chunks.length);
        }
      }
    }
  }
});
