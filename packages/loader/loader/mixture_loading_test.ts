import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { injectFaults } from "@lade/testing";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { MapDataset } from "../datasets/dataset.ts";
import { mixDatasets } from "../datasets/mix_datasets.ts";
import { samplerOf } from "../order/sampler_of.ts";
import { mergeStates } from "../state/merge_states.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { numbersDataset, numbersStore } from "../testing/numbers_dataset.ts";
import { ascending, epoch, range } from "../testing/range_dataset.ts";
import { createLoader } from "./create_loader.ts";
import { SampleError } from "./sample_error.ts";

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

/** A mixture of which a sample is its own number. */
function mixtureOf(parts: readonly { length: number; weight: number; block?: number }[]): MapDataset<number> {
  let first = 0;
  return mixDatasets(parts.map(({ length, weight, block }, part) => {
    const start = first;
    first += length;
    const dataset = {
      ...range(length, (index) => Promise.resolve(start + index)),
      ...(block !== undefined && { blocks: { records: block } }),
    };
    return { dataset, weight, name: `${part}` };
  }));
}

const SHUFFLES: readonly NonNullable<LoaderOptions<unknown>["shuffle"]>[] = [false, "full", true, {
  window: 2,
  lanes: 6,
}];

const RUN = fc.record({
  parts: fc.array(
    fc.record({
      length: fc.integer({ min: 1, max: 60 }),
      weight: fc.integer({ min: 1, max: 9 }),
      block: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  shuffle: fc.constantFrom(...SHUFFLES),
  samplesPerEpoch: fc.integer({ min: 1, max: 150 }),
  seed: fc.nat(),
  legs: fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 4 }),
      batchSize: fc.integer({ min: 1, max: 9 }),
      steps: fc.array(fc.nat(4), { minLength: 4, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

Deno.test("a mixture that stops anywhere and goes on with other worlds and batches draws exactly its epoch", async () => {
  await fc.assert(
    fc.asyncProperty(RUN, async ({ parts, shuffle, samplesPerEpoch, seed, legs }) => {
      const dataset = mixtureOf(parts);
      const options = { shuffle, samplesPerEpoch, seed, epochs: 1 };
      await using whole = createLoader(dataset, options);
      const order = samplerOf(whole.config.loader.order, { seed, epoch: 0 });
      const expected = ascending(samplesPerEpoch).map((position) => order.at(position));
      assertEquals((await epoch(whole)).flat(), expected);
      const drawn: number[] = [];
      let state: LoaderState | undefined;
      for (const { size, batchSize, steps } of legs) {
        const states: LoaderState[] = [];
        for (let rank = 0; rank < size; rank++) {
          await using loader = createLoader(dataset, {
            ...options,
            batchSize,
            world: { rank, size },
            ...(state && { state }),
          });
          const most = Math.min(steps[rank] ?? 0, loader.epoch === 0 ? Infinity : 0);
          let done = 0;
          if (most > 0) {
            for await (const { data } of loader) {
              drawn.push(...data);
              if (++done === most) break;
            }
          }
          // A rank that is through has the state of the epoch's end.
          states.push(
            JSON.parse(JSON.stringify(
              loader.epoch === 0
                ? loader.state()
                : { ...loader.state(), ...ended(state, { size, rank, total: samplesPerEpoch }) },
            )),
          );
        }
        state = mergeStates(states);
      }
      await using rest = createLoader(dataset, { ...options, ...(state && { state }), batchSize: 5 });
      if (rest.epoch === 0) drawn.push(...(await epoch(rest)).flat());
      assertEquals(sorted(drawn), sorted(expected));
    }),
    { numRuns: 60, seed: 1 },
  );
});

/** What a rank's state is behind the last step of epoch 0. */
function ended(
  began: LoaderState | undefined,
  { size, rank, total }: { readonly size: number; readonly rank: number; readonly total: number },
) {
  const { position: from = 0, taken } = began ?? {};
  return { epoch: 0, position: total, of: { size, rank, from, ...(taken !== undefined && { taken }) } };
}

Deno.test("epochs of a mixture go on through each data set, whoever asks", async () => {
  const dataset = mixtureOf([{ length: 100, weight: 1 }, { length: 10, weight: 1 }]);
  const options = { shuffle: "full", samplesPerEpoch: 50, seed: 2 } as const;
  await using loader = createLoader(dataset, { ...options, batchSize: 7 });
  const epochs = [await epoch(loader), await epoch(loader), await epoch(loader), await epoch(loader)].map((
    batches,
  ) => batches.flat());
  const large = epochs.flat().filter((sample) => sample < 100);
  assertEquals(new Set(large.slice(0, 100)).size, Math.min(100, large.length), "none comes again");
  await using other = createLoader(dataset, { ...options, batchSize: 9 });
  other.seek({ epoch: 2 });
  assertEquals((await epoch(other)).flat(), epochs[2]);
});

Deno.test("blocks of a mixture are read once in a time through their data set, by the ranks of a world together", async () => {
  const [one, other, plain] = [await numbersStore(400), await numbersStore(100), await numbersStore(20)];
  const stores = [one, other, plain].map((store) => injectFaults(store, []));
  const rows = [400, 100, 20];
  const dataset = mixDatasets(stores.map((store, part) => ({
    dataset: {
      ...numbersDataset(store, rows[part] ?? 0),
      ...(part < 2 && { blocks: { records: 10 } }),
    },
    weight: rows[part] ?? 0,
    name: `${part}`,
  })));
  const sizes = [1, 4];
  const reads = [];
  for (const size of sizes) {
    const before = stores.map(({ calls }) => calls.length);
    const seen: number[] = [];
    for (let rank = 0; rank < size; rank++) {
      await using loader = createLoader<unknown>(dataset, {
        batchSize: 10,
        world: { rank, size },
        shuffle: { window: 2, lanes: 4 },
        transform: (sample) => Number((sample as Int32Array)[0]),
      });
      for await (const { data } of loader) seen.push(...data as number[]);
    }
    assertEquals(seen.length, 520);
    reads.push(stores.map(({ calls }, part) => calls.length - (before[part] ?? 0)));
    for (const { context } of stores) assertEquals(context.budget.held, 0);
  }
  const [alone = [], together = []] = reads;
  for (const [first = 0, second = 0] of [alone, together]) {
    // 40 and 10 blocks; the ends of lanes, and turns that go a little beyond one time, are read besides.
    assert(first >= 38 && first <= 40 + 12, `${first} reads`);
    assert(second >= 9 && second <= 10 + 12, `${second} reads`);
  }
});

Deno.test("what is drawn seldom keeps its blocks beside what is drawn often", async () => {
  const stores = [injectFaults(await numbersStore(4000), []), injectFaults(await numbersStore(40), [])];
  const dataset = mixDatasets(stores.map((store, part) => ({
    dataset: { ...numbersDataset(store, part === 0 ? 4000 : 40), blocks: { records: 10 } },
    weight: part === 0 ? 100 : 1,
    name: `${part}`,
  })));
  await using loader = createLoader<unknown>(dataset, { batchSize: 40, shuffle: { window: 4, lanes: 1 } });
  for await (const _ of loader);
  const [, seldom] = stores;
  assert((seldom?.calls.length ?? 0) <= 5, `${seldom?.calls.length} reads of 4 blocks`);
});

Deno.test("a mixture of one shape comes as arrays, and its memory goes back", async () => {
  const [one, other] = [await numbersStore(30), await numbersStore(20)];
  const dataset = mixDatasets([
    { dataset: numbersDataset(one, 30), weight: 3, name: "one" },
    { dataset: numbersDataset(other, 20), weight: 1, name: "other" },
  ]);
  await using loader = createLoader<unknown, unknown, { shape: readonly number[]; data: Int32Array }>(
    dataset,
    {
      batchSize: 10,
      shuffle: "full",
    },
  );
  const { order } = loader.config.loader;
  const sampler = samplerOf(order, { seed: 0, epoch: 0 });
  const rows: number[] = [];
  for await (const { data: { shape, data } } of loader) {
    assertEquals(shape, [10, 4]);
    for (let row = 0; row < data.length; row += 4) rows.push(Number(data[row]));
  }
  assertEquals(
    rows,
    ascending(50).map((position) => sampler.at(position)).map((at) => at < 30 ? at : at - 30),
  );
  assertEquals(one.context.budget.held + other.context.budget.held, 0);
  for await (const _ of loader) break;
  assertEquals(one.context.budget.held + other.context.budget.held, 0);
});

Deno.test("a sample of a mixture that cannot be had names its data set", async () => {
  const store = await numbersStore(20);
  await store.delete("n/00001");
  const dataset = mixDatasets([
    { dataset: range(20), weight: 1, name: "sound" },
    { dataset: numbersDataset(store, 20) as unknown as MapDataset<number>, weight: 1, name: "torn" },
  ]);
  await using loader = createLoader(dataset, { batchSize: 4 });
  const error = await assertRejects(
    () => epoch(loader),
    SampleError,
    ' of "torn" ("memory://numbers/n/00001", record 0',
  );
  assertEquals([error.dataset, error.index], ["torn", 30]);
});

Deno.test("random numbers of a sample that is drawn again are others, and the same on any rank", async () => {
  const dataset = mixtureOf([{ length: 5, weight: 1 }, { length: 40, weight: 1 }]);
  const weighted = { weights: ascending(45).map((i) => i === 3 ? 100 : 1) };
  for (const options of [{}, weighted]) {
    const drawn = async (rank: number, size: number) => {
      const source = "weights" in options ? range(45) : dataset;
      await using loader = createLoader(source, {
        ...options,
        samplesPerEpoch: 60,
        world: { rank, size },
        transform: (sample, { random }) => `${sample} ${random()}`,
      });
      return (await epoch(loader)).flat();
    };
    const alone = await drawn(0, 1);
    assertEquals(new Set(alone).size, 60);
    assertEquals([...await drawn(0, 2), ...await drawn(1, 2)].toSorted(), alone.toSorted());
  }
});

Deno.test("weights draw samples with replacement, each as often as its weight says", async () => {
  const weights = [1, 0, 5, 2, 0, 12];
  for (const given of [weights, Float32Array.from(weights), (index: number) => weights[index] ?? 0]) {
    await using loader = createLoader(range(6), { weights: given, samplesPerEpoch: 20_000, batchSize: 512 });
    assertEquals(loader.stepsPerEpoch, 40);
    const counts = new Array<number>(6).fill(0);
    for (const sample of (await epoch(loader)).flat()) counts[sample] = (counts[sample] ?? 0) + 1;
    weights.forEach((weight, sample) => {
      assert(Math.abs((counts[sample] ?? 0) / 1000 - weight) < 0.6, `${sample}: ${counts[sample]}`);
    });
    const again = (await epoch(loader)).flat();
    assertEquals(again.length, 20_000);
  }
});

Deno.test("a state of weights goes on with exactly the rest, and is refused by others", async () => {
  const weights = ascending(30).map((i) => i + 1);
  const options = { weights, seed: 4, samplesPerEpoch: 100, batchSize: 8 };
  await using whole = createLoader(range(30), options);
  const all = (await epoch(whole)).flat();
  const next = (await epoch(whole)).flat();
  assertNotEquals(all, next);
  await using loader = createLoader(range(30), options);
  const drawn: number[] = [];
  for await (const { data, step } of loader) {
    drawn.push(...data);
    if (step === 4) break;
  }
  const state: LoaderState = JSON.parse(JSON.stringify(loader.state()));
  await using rest = createLoader(range(30), { ...options, batchSize: 11, state });
  assertEquals([...drawn, ...(await epoch(rest)).flat()], all);
  assertEquals((await epoch(rest)).flat(), next);
  const others = { weights: weights.toReversed() };
  const refuse = (more: object, words: string) =>
    assertThrows(() => createLoader(range(30), { ...options, ...more, state }), TypeError, words);
  refuse(others, '"weights":"30 ');
  refuse({ samplesPerEpoch: 99 }, "the state is of 100 samples, and an epoch has 99");
});

Deno.test("a state of a mixture is refused by other weights, orders and lengths of an epoch", async () => {
  const parts = [{ length: 20, weight: 1 }, { length: 30, weight: 2 }];
  await using loader = createLoader(mixtureOf(parts), { shuffle: "full", samplesPerEpoch: 40 });
  const state = loader.state();
  const options = { shuffle: "full", samplesPerEpoch: 40, state } as const;
  createLoader(mixtureOf(parts), options);
  const refuse = (dataset: MapDataset<number>, more: LoaderOptions<number>, words: string) =>
    assertThrows(() => createLoader(dataset, { ...options, ...more }), TypeError, words);
  const other = mixtureOf([{ length: 20, weight: 1 }, { length: 30, weight: 3 }]);
  refuse(
    other,
    {},
    'draws data set 1 as {"length":30,"weight":2,"kind":"full"}, and the loader as {"length":30,"weight":3',
  );
  refuse(mixtureOf(parts), { shuffle: false }, "sequential");
  refuse(mixtureOf(parts), { samplesPerEpoch: 41 }, "an epoch has 41");
  refuse(mixtureOf(parts), { shuffle: true, seed: 1 }, "seed");
});

Deno.test("options of mixtures and weights that contradict one another are refused", () => {
  const mixture = mixtureOf([{ length: 20, weight: 1 }, { length: 30, weight: 2 }]);
  const refuse = (dataset: MapDataset<number>, options: LoaderOptions<number>, words: string) =>
    assertThrows(() => createLoader(dataset, options), TypeError, words);
  refuse(range(5), { samplesPerEpoch: 3 }, "of weights and of several data sets");
  refuse(range(5), { weights: [1, 2] }, "by 2 weights: it has 5 samples");
  refuse(range(2), { weights: [1, 2], shuffle: "full" }, "both weights and shuffle");
  refuse(mixture, { weights: ascending(50) }, "each of its data sets has a weight");
  refuse(mixture, { samplesPerEpoch: 0 }, "samplesPerEpoch 0");
  refuse(mixture, { samplesPerEpoch: 3, batchSize: 4, remainder: "drop" }, "the 3 samples are less");
  refuse(mixture, { shuffle: { block: 0 } }, "shuffle.block 0");
  refuse(mixture, { shuffle: "half" as "full" }, '"full"');
  assertThrows(() => createLoader(range(2), { weights: [0, 0] }), RangeError);
});

Deno.test("config says how each data set of a mixture is gone through", async () => {
  const mixture = mixtureOf([{ length: 20, weight: 1, block: 5 }, { length: 30, weight: 2 }]);
  const orderFor = async (shuffle: LoaderOptions<number>["shuffle"]) => {
    await using loader = createLoader(mixture, { ...(shuffle !== undefined && { shuffle }) });
    return loader.config.loader.order;
  };
  const [a, b] = [{ length: 20, weight: 1 }, { length: 30, weight: 2 }];
  const order = { version: 1, kind: "mixed", length: 50 } as const;
  assertEquals(await orderFor(undefined), {
    ...order,
    parts: [{ ...a, kind: "sequential" }, { ...b, kind: "sequential" }],
  });
  const block = { kind: "block", window: 8 } as const;
  assertEquals(await orderFor(true), {
    ...order,
    lanes: 16,
    parts: [{ ...a, ...block, block: 5 }, { ...b, kind: "full" }],
  });
  assertEquals(await orderFor({ block: 3, lanes: 2 }), {
    ...order,
    lanes: 2,
    parts: [{ ...a, ...block, block: 3 }, { ...b, ...block, block: 3 }],
  });
  await using loader = createLoader(mixture, { samplesPerEpoch: 7 });
  assertEquals(loader.config.sources["loader.samplesPerEpoch"], "option");
});
