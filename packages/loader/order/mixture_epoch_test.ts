import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ROUND } from "./turns.ts";
import { mixtureEpoch } from "./mixture_epoch.ts";
import type { OrderDescription, PartOrder } from "./sampler.ts";

const PART: fc.Arbitrary<PartOrder> = fc.record({
  length: fc.integer({ min: 1, max: 200 }),
  weight: fc.integer({ min: 1, max: 50 }),
  kind: fc.constantFrom("sequential", "full", "block"),
  block: fc.integer({ min: 1, max: 20 }),
  window: fc.integer({ min: 1, max: 5 }),
});

const MIXTURE = fc.record({
  parts: fc.array(PART, { minLength: 1, maxLength: 6 }),
  length: fc.integer({ min: 1, max: 3000 }),
  lanes: fc.integer({ min: 1, max: 20 }),
  seed: fc.maxSafeNat(),
});

function startsOf(parts: readonly PartOrder[]): number[] {
  return parts.map((_, part) => parts.slice(0, part).reduce((sum, { length }) => sum + length, 0));
}

/** The samples of each part, by their numbers in it, as epochs draw them. */
function drawsOf(
  { parts, ...rest }: { parts: readonly PartOrder[]; length: number; lanes: number; seed: number },
  epochs: number,
) {
  const { seed, ...shape } = rest;
  const starts = startsOf(parts);
  const draws = parts.map((): number[] => []);
  const order: OrderDescription = { version: 1, kind: "mixed", parts, ...shape };
  const counted = parts.map(() => 0);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const sampler = mixtureEpoch(order, { seed, epoch });
    for (let position = 0; position < order.length; position++) {
      const sample = sampler.at(position);
      const part = starts.findLastIndex((start) => start <= sample);
      assertEquals(sampler.drawAt(position).part, part);
      draws[part]?.push(sample - (starts[part] ?? 0));
    }
    sampler.draws().forEach((count, part) => counted[part] = (counted[part] ?? 0) + count);
  }
  assertEquals(counted, draws.map(({ length }) => length), "draws() counts them");
  return draws;
}

/** How often a lane draws a part in the first epochs. */
function drawnIn(
  { seed, ...order }: { parts: readonly PartOrder[]; length: number; lanes: number; seed: number },
  part: number,
  { lane, epochs }: { readonly lane: number; readonly epochs: number },
): number {
  const all = { version: 1, kind: "mixed", ...order, length: order.length * epochs } as const;
  const sampler = mixtureEpoch(all, { seed, epoch: 0 });
  let drawn = 0;
  for (let at = lane; at < all.length; at += order.lanes) if (sampler.drawAt(at).part === part) drawn++;
  return drawn;
}

Deno.test("every data set of a mixture is gone through again and again, through all epochs", () => {
  fc.assert(
    fc.property(MIXTURE, (mixture) => {
      drawsOf(mixture, 3).forEach((draws, part) => {
        const { length = 1 } = mixture.parts[part] ?? {};
        if (mixture.lanes === 1) {
          // No sample comes again before all others did.
          for (let from = 0; from < draws.length; from += length) {
            const time = draws.slice(from, from + length);
            assertEquals(new Set(time).size, time.length, `part ${part}, from ${from}`);
          }
          return;
        }
        const counts = new Uint32Array(length);
        for (const sample of draws) counts[sample] = (counts[sample] ?? 0) + 1;
        // Lanes may be some turns apart: what all of them have behind them is whole.
        const { lanes } = mixture;
        const inLanes = Array.from(
          { length: lanes },
          (_, lane) => drawnIn(mixture, part, { lane, epochs: 3 }),
        );
        const [least, most] = [Math.min(...inLanes) * lanes / length, Math.max(...inLanes) * lanes / length];
        for (const count of counts) {
          assert(count >= Math.floor(least) && count <= Math.ceil(most), `${counts}`);
        }
      });
    }),
    { numRuns: 60, seed: 1 },
  );
});

Deno.test("a rank of a world that divides the lanes of a mixture reads blocks of its own", () => {
  const [lanes, block, window, length] = [8, 5, 2, 803];
  const parts: PartOrder[] = [{ length, weight: 3, kind: "block", block, window }, { length: 31, weight: 1 }];
  const order: OrderDescription = { version: 1, kind: "mixed", length: 1000, lanes, parts };
  const readers = new Map<number, Set<number>>();
  const sampler = mixtureEpoch(order, { seed: 5, epoch: 0 });
  for (let position = 0; position < order.length; position++) {
    const sample = sampler.at(position);
    if (sample >= length) continue;
    const number = Math.floor(sample / block);
    readers.set(number, (readers.get(number) ?? new Set()).add(position % lanes));
  }
  assert(readers.size > 140, `${readers.size} blocks`);
  // The first and the last block of a lane are shared with a neighbour.
  const shared = readers.values().filter(({ size }) => size > 1).toArray();
  assert(shared.length <= lanes, `${shared.length} blocks are read in several lanes`);
});

Deno.test("a mixture has each data set as often as its weight says in every round of a lane", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1, 3, 16),
      fc.maxSafeNat(),
      (weights, lanes, seed) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const few = weights.filter((weight) => weight * ROUND >= total);
        if (few.length < weights.length) return;
        const parts = weights.map((weight): PartOrder => ({ length: 50, weight, kind: "full" }));
        const rounds = 3;
        const length = ROUND * lanes * rounds;
        const sampler = mixtureEpoch({ version: 1, kind: "mixed", length, lanes, parts }, { seed, epoch: 1 });
        const lane = seed % lanes;
        // What an epoch begins with need not be a round's first: positions are counted from the first epoch's on.
        for (let round = 0; round < rounds; round++) {
          const counts = weights.map(() => 0);
          for (let i = 0; i < ROUND; i++) {
            const { part } = sampler.drawAt((round * ROUND + i) * lanes + lane);
            counts[part] = (counts[part] ?? 0) + 1;
          }
          weights.forEach((weight, part) => {
            const exact = ROUND * weight / total;
            const count = counts[part] ?? 0;
            assert(Math.abs(count - exact) < 2, `${count} for ${exact} of part ${part} in round ${round}`);
          });
        }
        // Over all rounds no part is further than one draw of a lane from its share.
        sampler.drawsBefore(length).forEach((count, part) => {
          const exact = length * (weights[part] ?? 0) / total;
          assert(Math.abs(count - exact) <= 2 * lanes, `${count} for ${exact}`);
        });
      },
    ),
    { numRuns: 20, seed: 3 },
  );
});

Deno.test("a data set of the least weight is drawn in 8,192 turns, and does not starve", () => {
  const parts: PartOrder[] = [{ length: 10, weight: 4095, kind: "full" }, {
    length: 3,
    weight: 1,
    kind: "full",
  }];
  const length = ROUND * 8;
  const sampler = mixtureEpoch({ version: 1, kind: "mixed", length, parts }, { seed: 4, epoch: 0 });
  for (let from = 0; from + 2 * ROUND <= length; from += ROUND) {
    const [, before = 0] = sampler.drawsBefore(from);
    const [, after = 0] = sampler.drawsBefore(from + 2 * ROUND);
    assert(after > before, `none from ${from}`);
  }
});

Deno.test("an epoch of a mixture goes on where the one before ended", () => {
  const parts: PartOrder[] = [{ length: 10, weight: 1, kind: "sequential" }];
  const order = { version: 1, kind: "mixed", length: 4, parts } as const;
  const epochs = [0, 1, 2, 3].map((epoch) => {
    const sampler = mixtureEpoch(order, { seed: 1, epoch });
    return [0, 1, 2, 3].map((position) => sampler.at(position));
  });
  assertEquals(epochs, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 0, 1], [2, 3, 4, 5]]);
});

Deno.test("data sets of as many samples are not shuffled alike", () => {
  const parts = [1, 2].map((): PartOrder => ({ length: 100, weight: 1, kind: "full" }));
  const [one, other] = drawsOf({ parts, length: 300, lanes: 1, seed: 1 }, 1);
  assertNotEquals(one?.slice(0, 100), other?.slice(0, 100));
});

Deno.test("a mixture has no positions before, between and behind its own", () => {
  const parts: PartOrder[] = [{ length: 10, weight: 1, kind: "full" }];
  const sampler = mixtureEpoch({ version: 1, kind: "mixed", length: 4, parts }, { seed: 1, epoch: 3 });
  for (const position of [-1, 4, 0.5, NaN]) {
    assertThrows(() => sampler.at(position), RangeError, "there are 4");
    assertThrows(() => sampler.drawAt(position), RangeError, "there are 4");
  }
  assertThrows(() => sampler.drawsBefore(5), RangeError);
});

Deno.test("orders of mixtures are those that they always were", () => {
  const parts: PartOrder[] = [
    { length: 1000, weight: 2, kind: "full" },
    { length: 5000, weight: 1, kind: "block", block: 10, window: 4 },
  ];
  const order = { version: 1, kind: "mixed", length: 6000, lanes: 2, parts } as const;
  const head = [0, 1, 2, 3, 4, 5].map((position) => mixtureEpoch(order, { seed: 42, epoch: 1 }).at(position));
  assertEquals(head, [2100, 939, 3589, 4943, 753, 350]);
});
