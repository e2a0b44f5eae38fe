import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { mergeStates } from "../state/merge_states.ts";
import { APART, type Leg, leg, lengthOf, mixtureOf, samplesOf } from "../testing/numbers_mixture.ts";
import { ascending, epoch } from "../testing/range_dataset.ts";
import { createLoader } from "./create_loader.ts";

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

const COUNTS = fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 3, maxLength: 6 })
  .filter((counts) => lengthOf(counts) > 0);

/** With one stream at least. */
const PARTS = fc.tuple(
  fc.record({ counts: COUNTS, isStream: fc.constant(true), weight: fc.integer({ min: 1, max: 9 }) }),
  fc.array(fc.record({ counts: COUNTS, isStream: fc.boolean(), weight: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 3,
  }),
).map(([first, others]) => [first, ...others].toSorted((a, b) => a.weight - b.weight));

const SHUFFLES: readonly NonNullable<LoaderOptions<unknown>["shuffle"]>[] = [false, true, {
  window: 5,
  lanes: 3,
}, { window: 3 }];

Deno.test("a mixture with streams draws each data set by its weight, each sample once before any comes again", async () => {
  await fc.assert(
    fc.asyncProperty(PARTS, fc.nat(), fc.integer({ min: 1, max: 200 }), async (parts, seed, length) => {
      const options = { seed, samplesPerEpoch: length, batchSize: 7, epochs: 3, shuffle: seed % 2 === 0 };
      const { samples, batches } = await leg(parts, options, Infinity);
      assertEquals(samples.length, 3 * length);
      assert(batches.every((batch) => batch.length > 0));
      const total = parts.reduce((sum, { weight }) => sum + weight, 0);
      parts.forEach((part, place) => {
        const own = samples.filter((sample) => Math.floor(sample / APART) === place);
        const all = samplesOf(part, place);
        for (let from = 0; from < own.length; from += all.length) {
          const time = own.slice(from, from + all.length);
          assertEquals(new Set(time).size, time.length);
          if (time.length === all.length) assertEquals(sorted(time), all);
        }
        // As exactly as the first draws of a round are: its order is shuffled.
        if (samples.length > 400) {
          const share = part.weight / total;
          assert(Math.abs(own.length / samples.length - share) < 0.15);
        }
      });
    }),
    { numRuns: 60, seed: 1 },
  );
});

Deno.test("a mixture with streams has exact proportions in each 4,096 draws of a lane", async () => {
  const parts = [
    { counts: [40, 3], isStream: true, weight: 3 },
    { counts: [100], isStream: false, weight: 1 },
  ];
  const { samples } = await leg(parts, { samplesPerEpoch: 4096, batchSize: 64, epochs: 1 }, Infinity);
  assertEquals(samples.filter((sample) => sample < APART).length, 3072);
});

const RUN = fc.record({
  parts: PARTS,
  shuffle: fc.constantFrom(...SHUFFLES),
  seed: fc.nat(5),
  samplesPerEpoch: fc.integer({ min: 1, max: 90 }),
});

Deno.test("a mixture with streams goes on anywhere, as often as it is left, in batches of any size, over epochs", async () => {
  const legs = fc.array(fc.record({ batchSize: fc.integer({ min: 1, max: 12 }), batches: fc.nat(9) }), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(RUN, legs, async ({ parts, ...options }, legs) => {
      const epochs = 3;
      const whole = await leg(parts, { ...options, epochs, batchSize: 7 }, Infinity);
      const samples: number[] = [];
      let state: LoaderState | undefined;
      for (const { batchSize, batches } of [...legs, { batchSize: 5, batches: Infinity }]) {
        const done = await leg(
          parts,
          { ...options, epochs, batchSize, ...(state && { state }) },
          batches,
        );
        samples.push(...done.samples);
        state = done.state;
      }
      assertEquals(samples, whole.samples);
      assertEquals(whole.samples.length, epochs * options.samplesPerEpoch);
    }),
    { numRuns: 150, seed: 2 },
  );
});

Deno.test("a mixture with streams is shared by any world, left where each rank is, and gone on with by any other", async () => {
  const worlds = fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 3 }),
      batchSize: fc.integer({ min: 1, max: 6 }),
      batches: fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(RUN, worlds, async ({ parts, seed, samplesPerEpoch }, worlds) => {
      const options = { seed, samplesPerEpoch, shuffle: { window: 4, lanes: 3 }, epochs: 1 };
      const samples: number[] = [];
      let state: LoaderState | undefined;
      for (const { size, batchSize, batches } of worlds) {
        const ranks: Leg[] = [];
        // No rank ends its epoch while others are in it.
        const left = samplesPerEpoch - (state?.position ?? 0);
        const most = Math.max(0, Math.ceil(left / (batchSize * size)) - 1);
        for (let rank = 0; rank < size; rank++) {
          const world = { rank, size };
          const given = { ...options, batchSize, world, ...(state && { state }) };
          ranks.push(await leg(parts, given, Math.min(most, batches[rank] ?? 0)));
        }
        samples.push(...ranks.flatMap(({ samples }) => samples));
        state = mergeStates(ranks.map(({ state }) => state));
        assertEquals(state.position, samples.length);
      }
      const last = await leg(parts, { ...options, batchSize: 3, ...(state && { state }) }, Infinity);
      samples.push(...last.samples);
      assertEquals(samples.length, samplesPerEpoch);
      // What was drawn of a lane is the beginning of what it draws alone, wherever ranks stood apart.
      const counts = last.state.mixture?.lanes.map((lane) => lane?.draws ?? 0) ?? [];
      const alone = await Promise.all(counts.map(async (count, rank) => {
        const world = { rank, size: 3 };
        const order = { ...options, samplesPerEpoch: 300, world, batchSize: 1 };
        return (await leg(parts, order, count)).samples;
      }));
      assertEquals(sorted(samples), sorted(alone.flat()));
    }),
    { numRuns: 120, seed: 3 },
  );
});

Deno.test("a step of a mixture with streams holds the same samples for any number of ranks that divide the lanes", async () => {
  await fc.assert(
    fc.asyncProperty(PARTS, fc.integer({ min: 1, max: 70 }), async (parts, samplesPerEpoch) => {
      const objects = parts.map((part) => ({ ...part, counts: [...part.counts, 3, 4, 5, 6, 7, 8] }));
      const steps = async (size: number) => {
        const ranks = await Promise.all(
          ascending(size).map(async (rank) => {
            const world = { rank, size };
            const order = { shuffle: { window: 7, lanes: 6 }, seed: 4, epochs: 3, samplesPerEpoch };
            return (await leg(objects, { ...order, globalBatchSize: 12, world }, Infinity)).batches;
          }),
        );
        assertEquals(new Set(ranks.map(({ length }) => length)).size, 1);
        return ranks[0]?.map((_, step) => sorted(ranks.flatMap((batches) => batches[step] ?? [])));
      };
      const alone = await steps(1);
      for (const size of [2, 3, 6]) assertEquals(await steps(size), alone);
    }),
    { numRuns: 40, seed: 4 },
  );
});

Deno.test("a mixture with streams that drops a remainder leaves no sample out of the epochs behind it", async () => {
  const parts = [{ counts: [13, 4], isStream: true, weight: 1 }, {
    counts: [9],
    isStream: false,
    weight: 1,
  }];
  const options = { samplesPerEpoch: 10, seed: 3, epochs: 4 };
  const dropped = await leg(parts, { ...options, batchSize: 4, remainder: "drop" }, Infinity);
  assertEquals(dropped.batches.map(({ length }) => length), [4, 4, 4, 4, 4, 4, 4, 4]);
  const whole = await leg(parts, { ...options, batchSize: 4 }, Infinity);
  assertEquals(dropped.samples, whole.samples.slice(0, 32));
});

Deno.test("a mixture with streams goes to the beginning of its epoch, and of all, and nowhere it has not been", async () => {
  const parts = [{ counts: [13, 4, 6], isStream: true, weight: 1 }, {
    counts: [9],
    isStream: false,
    weight: 2,
  }];
  await using loader = createLoader(mixtureOf(parts), { samplesPerEpoch: 20, shuffle: true, batchSize: 3 });
  const first = await epoch(loader);
  const second = await epoch(loader);
  assertThrows(() => loader.seek({ epoch: 1 }), RangeError, "begins where the one before ended");
  assertThrows(() => loader.seek({ step: 2 }), RangeError, "Cannot seek step 2");
  const third: unknown[] = [];
  for await (const { data } of loader) {
    third.push([...data]);
    if (third.length === 2) break;
  }
  loader.seek({ epoch: 2 });
  assertEquals((await epoch(loader)).slice(0, 2), third);
  loader.seek({ epoch: 0 });
  assertEquals([await epoch(loader), await epoch(loader)], [first, second]);
});

Deno.test("the order of a mixture with streams is the same for ever", async () => {
  const parts = [
    { counts: [4, 3, 5], isStream: true, weight: 2 },
    { counts: [9], isStream: false, weight: 1 },
    { counts: [2, 2], isStream: true, weight: 1 },
  ];
  const told = async (options: LoaderOptions<number>) =>
    (await leg(parts, { seed: 7, samplesPerEpoch: 16, epochs: 1, ...options }, Infinity)).samples
      .map((sample) =>
        `${Math.floor(sample / APART)}:${sample % APART % 1e6 + Math.floor(sample % APART / 1e6) * 10}`
      )
      .join(" ");
  assertEquals(await told({}), "2:0 0:0 2:1 2:10 0:1 1:0 0:2 1:1 1:2 0:3 1:3 1:4 1:5 2:11 2:0 0:10");
  assertEquals(
    await told({ shuffle: { window: 3 } }),
    "2:11 0:20 2:1 2:10 0:1 1:6 0:11 1:8 1:7 0:21 1:5 1:0 1:2 2:0 2:0 0:2",
  );
});
