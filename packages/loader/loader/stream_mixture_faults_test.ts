import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createStoreContext } from "@lade/core/backend";
import { FakeClock } from "@lade/testing";
import type { LoaderOptions } from "../config/loader_options.ts";
import { mixDatasets } from "../datasets/mix_datasets.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { mergeStates } from "../state/merge_states.ts";
import { leg, mixtureOf } from "../testing/numbers_mixture.ts";
import { epoch, range } from "../testing/range_dataset.ts";
import { streamNumbers } from "../testing/stream_numbers.ts";
import { createLoader } from "./create_loader.ts";
import { SampleError } from "./sample_error.ts";

Deno.test("what a mixture with streams cannot do is refused before anything is read, with what can be done", () => {
  let opened = 0;
  const stream = (counts: readonly number[]) => streamNumbers(counts, { onOpen: () => opened++ });
  const mix = (counts = [3, 3]) =>
    mixDatasets<number>([
      { dataset: stream(counts), weight: 1, name: "a" },
      { dataset: range(5), weight: 1, name: "b" },
    ]);
  const load = (options: LoaderOptions<number>, counts?: number[]) => () => {
    createLoader(mix(counts), { samplesPerEpoch: 10, ...options });
  };
  const cases: readonly [LoaderOptions<number>, string][] = [
    [{ samplesPerEpoch: undefined as never }, '"a" has, so say with samplesPerEpoch how many'],
    [{ samplesPerEpoch: 0 }, "samplesPerEpoch 0: a whole number from 1 up"],
    [{ samplesPerEpoch: NaN }, "samplesPerEpoch NaN: a whole number"],
    [
      { shuffle: "full" },
      '"a" can only be gone through, and every sample for itself needs an index or a pack',
    ],
    [{ shuffle: { lanes: 3 } }, 'in 3 lanes: each needs objects of its own, and "a" has 2'],
    [{ shuffle: { windows: 3 } as never }, '"windows": it takes block, window, lanes'],
    [{ shuffle: { window: 0 } }, "shuffle.window 0"],
    [{ weights: [1, 2] }, "each of its data sets has a weight"],
    [{ steps: 3 }, "samplesPerEpoch says how many it draws"],
    [{ remainder: "pad" }, "remainder is short or drop"],
    [{ remainder: "drop", batchSize: 11 }, "nothing is left"],
    [
      { world: { rank: 0, size: 2 } },
      "it has 1 lane, and each is of one rank; shuffle by { lanes: 2 } or more",
    ],
    [
      { world: { rank: 0, size: 3 }, shuffle: true },
      '3 ranks cannot share it: each needs objects of its own, and "a" has 2',
    ],
  ];
  for (const [options, words] of cases) assertThrows(load(options), TypeError, words);
  const of = (parts: Parameters<typeof mixDatasets<number>>[0]) => () => mixDatasets<number>(parts);
  const both = { dataset: stream([1]), weight: 1 };
  const mixes: readonly [() => unknown, string][] = [
    [
      of([{ dataset: stream([1]) }, { dataset: range(3), name: "b" }]),
      "it has no weight, and nobody knows how many samples it has",
    ],
    [
      of([both, { dataset: range(3), name: "b" }]),
      'Cannot mix "b": it has no weight, and nobody knows how many samples "memory://stream/" has',
    ],
    [of([both, { dataset: stream([]), weight: 1, name: "b" }]), 'Cannot mix "b": it has no samples'],
    [of([both, { dataset: mix(), weight: 1, name: "b" }]), 'Cannot mix "b": it is a mixture itself'],
    [of([both, both]), "Cannot mix two data sets called"],
    ...[0, -1, NaN, Infinity, 1e308, 1e-9].map((weight): [() => unknown, string] => [
      of([{ ...both, weight: 1e308 }, { dataset: range(3), weight, name: "b" }]),
      "1/4096 of all weights",
    ]),
  ];
  const wrong: readonly [unknown, string][] = [
    [null, "it is { dataset, weight, name }"],
    [{ ...both, wieght: 3 }, 'takes dataset, weight, name, and there is "wieght"'],
    [{ dataset: 5, weight: 1 }, "what dataset names is none"],
    [{ ...both, weight: "3" }, 'its weight is "3", and no number'],
    [{ ...both, name: 3 }, "its name is 3"],
  ];
  for (const [input, words] of wrong) assertThrows(of([input as typeof both]), TypeError, words);
  const once = { ...both, dataset: { ...stream([1]), comesOnce: true } };
  assertThrows(of([once, { ...once, name: "b" }]), TypeError, 'Cannot mix "b" with itself: it comes once');
  for (const [make, words] of mixes) assertThrows(make, Error, words);
  assertEquals(opened, 0);
});

Deno.test("a state of another mixture, order, world or form is refused, with what differs", async () => {
  const parts = [{ counts: [13, 4, 6], isStream: true, weight: 1 }, {
    counts: [9],
    isStream: false,
    weight: 2,
  }];
  const options = { samplesPerEpoch: 20, shuffle: { window: 3, lanes: 3 }, batchSize: 2 };
  const { state } = await leg(parts, options, 3);
  const { mixture = { before: 0, lanes: [] } } = state;
  const [lane] = mixture.lanes;
  const refused = (given: unknown, words: string, more: LoaderOptions<number> = {}, changed = parts) =>
    assertThrows(
      () => createLoader(mixtureOf(changed), { ...options, ...more, state: given as LoaderState }),
      TypeError,
      words,
    );
  refused(
    state,
    'data set 0, "part 0", changed: its fingerprint was numbers 13,4,6, and is numbers 13,4,7',
    {},
    [
      { counts: [13, 4, 7], isStream: true, weight: 1 },
      ...parts.slice(1),
    ],
  );
  refused(state, "the state is of seed 0, and the loader has 1", { seed: 1 });
  refused(state, "the state is of 20 samples, and an epoch has 30", { samplesPerEpoch: 30 });
  refused(state, "draws data set 0 as", { shuffle: { window: 4, lanes: 3 } });
  refused(state, "draws data set 1 as", {}, [...parts.slice(0, 1), {
    counts: [9],
    isStream: false,
    weight: 3,
  }]);
  refused({ ...state, mixture: undefined }, "does not say where the lanes are");
  refused({ ...state, mixture: null }, "does not say where the lanes are");
  refused(
    { ...state, mixture: { ...mixture, lanes: [lane] } },
    "the state is of 1 lanes, and the loader has 3",
  );
  refused(
    { ...state, mixture: { ...mixture, lanes: [lane, null, lane] } },
    "lane 1 is of another one: mergeStates",
  );
  refused({ ...state, mixture: { ...mixture, before: 1 } }, "the state is at draw 7, and its lanes drew 6");
  const with0 = (changed: object) => ({
    ...state,
    mixture: { ...mixture, lanes: [{ ...lane, ...changed }, ...mixture.lanes.slice(1)] },
  });
  refused(with0({ draws: -1 }), "the state of lane 0 has draws -1");
  refused(with0({ streams: [null, null] }), "says of data set 0 what is none");
  refused(with0({ streams: [{ time: 0, lanes: [] }, null] }), "says of data set 0 what is not of 1 lanes");
  refused(with0({ streams: [lane?.streams[0], {}] }), "says where data set 1 is, whose samples have numbers");
  refused(
    with0({ streams: [{ time: 0, lanes: [{ taken: 1, part: 9, record: 0 }] }, null] }),
    "says of data set 0 what is at part 9 of 1",
  );
  refused({ ...state, taken: "AA==" }, "positions that were taken");
  const one = await leg(parts, { ...options, world: { rank: 0, size: 3 } }, 1);
  refused(one.state, "the state is of rank 0 of 3 alone, and lane 1 is of another one");
  assertThrows(() => mergeStates([one.state]), TypeError, "rank 1, 2 are missing");
});

Deno.test("a mixture whose stream has no samples in its objects says so, and does not look for them for ever", async () => {
  await using loader = createLoader(
    mixDatasets<number>([
      { dataset: streamNumbers([0, 0]), weight: 1, name: "empty" },
      { dataset: range(5), weight: 1 },
    ]),
    { samplesPerEpoch: 10, batchSize: 5 },
  );
  await assertRejects(
    () => epoch(loader),
    TypeError,
    'Cannot draw from "empty": its objects have no samples',
  );
  assertEquals(loader.state().position, 0);
});

Deno.test("a sample of a mixture with streams that cannot be had is told at its batch, by data set and place", async () => {
  const broken = () =>
    mixDatasets<number>([
      {
        dataset: streamNumbers([6, 6, 6], {
          fault: (part, record) => part === 1 && record === 2 ? new TypeError("no more") : undefined,
        }),
        weight: 1,
        name: "stream",
      },
      {
        dataset: range(7, (index) =>
          index === 5 ? Promise.reject(new TypeError("bad")) : Promise.resolve(index)),
        weight: 1,
        name: "numbers",
      },
    ]);
  const options = { samplesPerEpoch: 60, batchSize: 4 };
  await using loader = createLoader(broken(), options);
  let batches = 0;
  const error = await assertRejects(async () => {
    for await (const _ of loader) batches++;
  }, SampleError);
  assert(["stream", "numbers"].includes(error.dataset ?? ""));
  assertEquals(loader.state().position, batches * 4);
  assertEquals(Math.floor(error.position / 4), batches);
  // What was skipped leaves holes, whoever goes on where.
  const failures: string[] = [];
  const whole: number[] = [];
  let state: LoaderState | undefined;
  for (let most = 1; most < 9; most++) {
    await using part = createLoader(broken(), {
      ...options,
      epochs: 1,
      onError: "skip",
      ...(state && { state }),
    });
    if (part.epoch > 0) break;
    let count = 0;
    for await (const { data, skipped } of part) {
      whole.push(...data);
      failures.push(
        ...skipped.map(({ dataset, uri, record, index, rest = false }) =>
          `${dataset} ${uri} ${record} ${index} ${rest}`
        ),
      );
      if (++count === most) break;
    }
    state = part.state();
  }
  const at = "stream memory://stream/1 2 7 true", other = "numbers memory://range/ undefined 5 false";
  assertEquals([...new Set(failures)].toSorted(), [other, at]);
  assertEquals(whole.length + failures.length, 60);
});

Deno.test("samples of a mixture with streams are transformed by random numbers of their position, in workers or not", async () => {
  const parts = [{ counts: [13, 4, 6], isStream: true, weight: 1 }, {
    counts: [9],
    isStream: false,
    weight: 2,
  }];
  const code = "export default (sample, { random, index }) => [sample, index, random(), random()]";
  const module = `data:text/javascript,${encodeURIComponent(code)}`;
  const made = async (options: LoaderOptions<number, unknown>) => {
    await using loader = createLoader(mixtureOf(parts), {
      ...{ samplesPerEpoch: 40, shuffle: { window: 3 }, batchSize: 6, epochs: 1 },
      ...options,
    });
    return (await epoch(loader)).flat();
  };
  const here = await made({ transform: (sample, { random, index }) => [sample, index, random(), random()] });
  assertEquals(await made({ transform: { module }, pool: { workers: 2 } }), here);
  assertEquals(await made({ transform: { module }, pool: { workers: 0 } }), here);
  assertEquals(new Set(here.map((sample) => (sample as number[])[2])).size, 40);
});

Deno.test("a mixture with streams leaves nothing open, and no memory, however its loop ends", async () => {
  let open = 0;
  const dataset = mixDatasets<number>([
    {
      dataset: streamNumbers([40, 30, 20], { onOpen: () => open++, onLeave: () => open-- }),
      weight: 1,
      name: "stream",
    },
    { dataset: range(50), weight: 1, name: "numbers" },
  ]);
  const context = createStoreContext();
  const options = { samplesPerEpoch: 100, shuffle: true, batchSize: 4, context } as const;
  const stop = new AbortController();
  await using left = createLoader(dataset, { ...options, signal: stop.signal });
  for await (const _ of left) break;
  assertEquals([open, context.budget.held], [0, 0]);
  await assertRejects(
    async () => {
      for await (const _ of left) stop.abort(new TypeError("enough"));
    },
    TypeError,
    "enough",
  );
  assertEquals([open, context.budget.held], [0, 0]);
  {
    await using whole = createLoader(dataset, options);
    // Between epochs what is read stays where it is.
    for (let of = 0; of < 2; of++) assertEquals((await epoch(whole)).length, 25);
  }
  assertEquals([open, context.budget.held], [0, 0]);
});

Deno.test("what a mixture reads stays open for a second between epochs, and what comes once for good", async () => {
  for (const comesOnce of [false, true]) {
    const clock = new FakeClock();
    let opened = 0;
    const stream = { ...streamNumbers([5000], { onOpen: () => opened++ }), comesOnce };
    const mixture = mixDatasets<number>([
      { dataset: stream, weight: 1, name: "stream" },
      { dataset: range(5), weight: 1, name: "numbers" },
    ]);
    const context = createStoreContext({ clock });
    await using loader = createLoader(mixture, { samplesPerEpoch: 20, batchSize: 5, context });
    for (let of = 0; of < 2; of++) await epoch(loader);
    assertEquals(opened, 1);
    await clock.advance(1001);
    await epoch(loader);
    assertEquals(opened, comesOnce ? 1 : 2);
  }
});
