import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { mergeStates } from "../state/merge_states.ts";
import { epoch } from "../testing/range_dataset.ts";
import { allNumbers, streamNumbers } from "../testing/stream_numbers.ts";
import { createLoader } from "./create_loader.ts";

const COUNTS = fc.array(fc.nat(40), { minLength: 1, maxLength: 9 });
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

/** An order of a stream of some parts, in as many lanes as there are parts at most. */
const shuffleOf = (parts: number) =>
  fc.oneof(
    fc.constant(false as const),
    fc.record({ window: fc.integer({ min: 1, max: 12 }), lanes: fc.integer({ min: 1, max: parts }) }),
  );

const STREAM = COUNTS.chain((counts) =>
  fc.record({ counts: fc.constant(counts), shuffle: shuffleOf(counts.length), seed: fc.nat(5) })
);

/** Goes through so many batches of a loader, and gives their samples and the state behind them as it is stored. */
async function leg(
  counts: readonly number[],
  options: LoaderOptions<number>,
  batches = Infinity,
): Promise<{ readonly samples: number[]; readonly sizes: number[]; readonly state: LoaderState }> {
  await using loader = createLoader(streamNumbers(counts), { allowEmpty: true, ...options });
  const samples: number[] = [];
  const sizes: number[] = [];
  if (batches > 0) {
    for await (const { data } of loader) {
      samples.push(...data);
      sizes.push(data.length);
      if (sizes.length >= batches) break;
    }
  }
  return { samples, sizes, state: JSON.parse(JSON.stringify(loader.state())) };
}

Deno.test("a stream comes once, in an order of its own in each epoch, in batches that are full but for the last", async () => {
  await fc.assert(
    fc.asyncProperty(STREAM, fc.integer({ min: 1, max: 20 }), async ({ counts, ...order }, batchSize) => {
      await using loader = createLoader(streamNumbers(counts), { ...order, batchSize, allowEmpty: true });
      for (let of = 0; of < 2; of++) {
        const batches = await epoch(loader);
        assertEquals(sorted(batches.flat()), allNumbers(counts));
        assert(batches.slice(0, -1).every(({ length }) => length === batchSize));
        assertEquals(loader.epoch, of + 1);
      }
    }),
    { numRuns: 150, seed: 1 },
  );
});

Deno.test("a stream without a shuffle comes as it lies", async () => {
  const { samples } = await leg([3, 0, 5, 2], { batchSize: 4 });
  assertEquals(samples, allNumbers([3, 0, 5, 2]));
});

Deno.test("a stream goes on anywhere, as often as it is left, in batches of any size, in the same order", async () => {
  const legs = fc.array(
    fc.record({ batchSize: fc.integer({ min: 1, max: 12 }), batches: fc.nat(6) }),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(STREAM, legs, async ({ counts, ...order }, legs) => {
      const whole = await leg(counts, { ...order, batchSize: 7, allowEmpty: true });
      const samples: number[] = [];
      let state: LoaderState | undefined;
      for (const { batchSize, batches } of [...legs, { batchSize: 5, batches: Infinity }]) {
        const done = await leg(counts, { ...order, batchSize, ...(state && { state }) }, batches);
        samples.push(...done.samples);
        state = done.state;
        if (state.epoch > 0) break;
      }
      assertEquals(samples, whole.samples);
      // The epoch behind one that was gone on with is whole, and the same as without the break.
      await using loader = createLoader(streamNumbers(counts), { ...order, batchSize: 7, allowEmpty: true });
      loader.seek({ epoch: 1 });
      const second = await epoch(loader);
      assertEquals(
        (await leg(counts, { ...order, batchSize: 7, ...(state && { state }) })).samples,
        second.flat(),
      );
    }),
    { numRuns: 150, seed: 2 },
  );
});

const WORLDS = COUNTS.chain((counts) =>
  fc.record({
    counts: fc.constant(counts),
    seed: fc.nat(5),
    window: fc.integer({ min: 1, max: 8 }),
    worlds: fc.array(
      fc.record({
        size: fc.integer({ min: 1, max: counts.length }),
        batchSize: fc.integer({ min: 1, max: 6 }),
        batches: fc.array(fc.nat(5), { minLength: 9, maxLength: 9 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
);

Deno.test("a stream is shared by any world, left where each rank is, and gone on with by any other, each sample once", async () => {
  await fc.assert(
    fc.asyncProperty(WORLDS, async ({ counts, seed, window, worlds }) => {
      const order = { seed, shuffle: { window, lanes: counts.length }, steps: 1000 };
      const samples: number[] = [];
      let state: LoaderState | undefined;
      for (const { size, batchSize, batches } of worlds) {
        const ranks = [];
        for (let rank = 0; rank < size; rank++) {
          const world = { rank, size };
          const options = { ...order, batchSize, world, ...(state && { state }) };
          ranks.push(await leg(counts, options, batches[rank]));
        }
        samples.push(...ranks.flatMap(({ samples }) => samples));
        state = mergeStates(ranks.map(({ state }) => state));
        // One that is alone ends its epoch before the steps are done.
        if (state.epoch === 1) break;
      }
      if (state?.epoch !== 1) {
        samples.push(...(await leg(counts, { ...order, batchSize: 3, ...(state && { state }) })).samples);
      }
      assertEquals(sorted(samples), allNumbers(counts));
    }),
    { numRuns: 150, seed: 3 },
  );
});

Deno.test("a step holds the same samples for any number of ranks that divide the lanes, as long as all lanes have some", async () => {
  const counts = Array.from({ length: 12 }, () => 50);
  const shuffle = { window: 7, lanes: 6 };
  const steps = async (size: number) => {
    const ranks = await Promise.all(Array.from({ length: size }, async (_, rank) => {
      await using loader = createLoader(streamNumbers(counts), {
        globalBatchSize: 12,
        world: { rank, size },
        shuffle,
        steps: 50,
        seed: 4,
      });
      return await epoch(loader);
    }));
    return ranks[0]?.map((_, step) => sorted(ranks.flatMap((batches) => batches[step] ?? [])));
  };
  const alone = await steps(1);
  assertEquals(alone?.length, 50);
  for (const size of [2, 3, 6]) assertEquals(await steps(size), alone);
});

Deno.test("every rank makes as many steps as are said, some of them empty, and what is behind them is left out", async () => {
  const counts = [40, 3, 3];
  const of = async (rank: number, steps: number) =>
    await leg(counts, { batchSize: 4, world: { rank, size: 3 }, shuffle: { window: 2, lanes: 3 }, steps });
  const ranks = await Promise.all([0, 1, 2].map((rank) => of(rank, 5)));
  assertEquals(ranks.map(({ sizes }) => sizes).sort(), [[3, 0, 0, 0, 0], [3, 0, 0, 0, 0], [4, 4, 4, 4, 4]]);
  assertEquals(ranks.map(({ state }) => state.epoch), [1, 1, 1]);
  // In lock step all have the same position, and at an epoch's beginning one state is that of all.
  const { sizes } = await leg(counts, { batchSize: 4, steps: 3 });
  assertEquals(sizes, [4, 4, 4]);
});

Deno.test("steps count what was done before a break, with another batch size too", async () => {
  const counts = [100];
  const first = await leg(counts, { batchSize: 10, steps: 8 }, 3);
  assertEquals(first.state.position, 30);
  const rest = await leg(counts, { batchSize: 20, steps: 4, state: first.state });
  assertEquals(rest.sizes, [20, 20, 20]);
  const done = await leg(counts, { batchSize: 10, steps: 3, state: first.state });
  assertEquals(done.sizes, [10, 10, 10]);
  assertEquals(done.samples, allNumbers(counts).map((_, place) => place).slice(0, 30));
});

Deno.test("drop leaves out what fills no whole batch", async () => {
  const { sizes, samples } = await leg([10, 3], { batchSize: 5, remainder: "drop" });
  assertEquals(sizes, [5, 5]);
  assertEquals(samples, allNumbers([10, 3]).slice(0, 10));
  assertEquals((await leg([3], { batchSize: 5, remainder: "drop" })).sizes, []);
});

Deno.test("the order of a stream is the same for ever", async () => {
  const counts = [5, 4, 6, 3];
  const of = async (seed: number) =>
    (await leg(counts, { seed, shuffle: { window: 4, lanes: 2 }, batchSize: 18 })).samples;
  assertEquals(
    await of(1),
    [
      ...[3000001, 2000001, 3000002, 2000002, 3000000, 2000003, 1000000, 2000000, 1000003],
      ...[1, 1000001, 2000005, 1000002, 2000004, 0, 4, 2, 3],
    ],
  );
});

Deno.test("what a stream cannot do is refused, with what can be done", () => {
  const stream = streamNumbers([5, 5, 5, 5]);
  const world = { rank: 0, size: 3 };
  const wrong: [LoaderOptions<number>, string][] = [
    [{ shuffle: "full" }, "lade loader index"],
    [{ shuffle: { block: 3 } }, "it takes window, lanes"],
    [{ shuffle: { window: 0 } }, "shuffle.window 0"],
    [{ remainder: "pad" }, "Cannot fill up"],
    [{ steps: 0 }, "steps 0"],
    [{ weights: [1] }, "Cannot draw samples of a stream"],
    [{ world, shuffle: true }, "with steps, or have samples by number: by lade loader index"],
    [{ world, steps: 4 }, "1 lanes, and each is of one rank; shuffle by { lanes: 3 }"],
    [{ world: { rank: 0, size: 5 }, shuffle: true, steps: 4 }, "it has 4 parts"],
    [{ world, shuffle: true, steps: 4, remainder: "drop" }, "drop a remainder"],
  ];
  for (const [options, words] of wrong) assertThrows(() => createLoader(stream, options), TypeError, words);
  assertThrows(() => createLoader(stream).seek({ step: 1 }), RangeError, "step 1 of a stream");
  assertEquals(createLoader(stream, { shuffle: true }).config.loader.order, {
    version: 1,
    kind: "stream",
    length: 0,
    window: 128,
    lanes: 4,
  });
  assertEquals(
    createLoader(streamNumbers([1], { window: 9 }), { shuffle: true }).config
      .sources["loader.shuffle.window"],
    "data set",
  );
  assertEquals(createLoader(stream).stepsPerEpoch, NaN);
  assertEquals(createLoader(stream, { steps: 7 }).stepsPerEpoch, 7);
});

Deno.test("a state of another stream, order or rank is refused, and one that no stream has", async () => {
  const counts = [30, 30, 30, 30];
  const order = { shuffle: { window: 4, lanes: 4 }, batchSize: 3, steps: 20 };
  const { state } = await leg(counts, order, 5);
  const refused = (options: LoaderOptions<number>, words: string, of = counts) =>
    assertThrows(() => createLoader(streamNumbers(of), options), TypeError, words);
  refused({ ...order, state }, "the data set changed", [30, 30, 30, 31]);
  refused({ ...order, state, seed: 3 }, "seed");
  refused({ ...order, state, shuffle: { window: 5, lanes: 4 } }, "order");
  const lanes = state.lanes ?? [];
  refused({ ...order, state: { ...state, lanes: lanes.slice(1) } }, "3 lanes");
  refused(
    { ...order, state: { ...state, lanes: lanes.with(2, { taken: 3, part: 9, record: 0 }) } },
    "lane 2 is at part 9 of 1",
  );
  refused(
    { ...order, state: { ...state, lanes: lanes.with(2, { taken: 3, part: 0, record: 2 }) } },
    "first window",
  );
  refused(
    { ...order, state: { ...state, lanes: lanes.with(0, { taken: -1, part: 0, record: 2 }) } },
    "taken -1",
  );
  const { lanes: _, ...without } = state;
  refused({ ...order, state: without }, "does not say where the lanes are");
  const { state: ofRank } = await leg(counts, { ...order, world: { rank: 1, size: 2 } }, 2);
  refused({ ...order, state: ofRank }, "rank 1 of 2 alone, and lane 0 is of another one: mergeStates");
  createLoader(streamNumbers(counts), { ...order, world: { rank: 1, size: 2 }, state: ofRank });
});
