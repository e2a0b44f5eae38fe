import { assertEquals, assertThrows } from "@std/assert";
import { numbersDataset, numbersStore } from "../testing/numbers_dataset.ts";
import { range } from "../testing/range_dataset.ts";
import type { MapDataset, SampleContext } from "./dataset.ts";
import { mixDatasets, type MixInput } from "./mix_datasets.ts";

const CONTEXT: SampleContext = {
  index: 0,
  epoch: 0,
  random: () => 0,
  signal: new AbortController().signal,
};

const named = (uri: string, dataset: MapDataset<number>): MapDataset<number> => ({ ...dataset, uri });

Deno.test("mixDatasets() numbers samples through all data sets, and says which each is of", async () => {
  await using mixture = mixDatasets([
    { dataset: named("memory://a/", range(3)), weight: 1 },
    { dataset: named("memory://b/", range(4)), weight: 2, name: "bee" },
  ]);
  assertEquals([mixture.length, mixture.uri], [7, "memory://a/ and 1 more"]);
  assertEquals(await Promise.all([0, 2, 3, 6].map((index) => mixture.get(index, CONTEXT))), [0, 2, 0, 3]);
  assertEquals([mixture.partAt(2), mixture.partAt(3)], [{ name: "memory://a/", index: 2 }, {
    name: "bee",
    index: 0,
  }]);
  assertEquals(mixture.locate?.(5), { uri: "memory://b/", dataset: "bee" });
  assertEquals(mixture.parts.map(({ name, weight, length }) => [name, weight, length]), [
    ["memory://a/", 1, 3],
    ["bee", 2, 4],
  ]);
  for (const index of [-1, 7, 0.5]) assertThrows(() => mixture.partAt(index), RangeError, "there are 7");
});

Deno.test("mixDatasets() draws each data set as often as it has samples where none has a weight", () => {
  const { parts } = mixDatasets([
    { dataset: named("memory://a/", range(3)) },
    { dataset: named("memory://b/", range(4)) },
  ]);
  assertEquals(parts.map(({ weight }) => weight), [3, 4]);
});

Deno.test("mixDatasets() plans the reads of all data sets, and is fixed where all are alike", async () => {
  const [one, other] = [await numbersStore(30), await numbersStore(20)];
  const inputs = [
    { dataset: numbersDataset(one, 30), name: "one" },
    { dataset: numbersDataset(other, 20), name: "other" },
  ];
  const plain = mixDatasets(inputs);
  assertEquals(plain.fixed, { dtype: "int32", shape: [4] });
  const told = mixDatasets(inputs, { tell: true });
  assertEquals(told.fixed, undefined);
  for (const mixture of [plain, told]) {
    const plan = await mixture.plan?.([31, 5, 40]);
    assertEquals(plan?.reads.map(({ store, key, offset }) => [store === one, key, offset]).sort(), [
      [false, "n/00000", 16],
      [false, "n/00001", 0],
      [true, "n/00000", 80],
    ]);
    const samples = [0, 1, 2].map((place) =>
      plan?.decode(place, new Uint8Array(Int32Array.of(place, 1, 1, 1).buffer))
    );
    const arrays = [0, 1, 2].map((place) => Int32Array.of(place, 1, 1, 1));
    const expected = mixture === plain
      ? arrays
      : arrays.map((sample, place) => ({ part: place === 1 ? "one" : "other", sample }));
    assertEquals(samples as unknown, expected);
  }
  assertEquals(await told.get(35, CONTEXT), { part: "other", sample: Int32Array.of(5, 5, 5, 5) });
  assertEquals(told.locate?.(35)?.dataset, "other");
  const uneven = { ...numbersDataset(other, 20), fixed: { dtype: "int32", shape: [2, 2] } } as const;
  assertEquals(mixDatasets([...inputs.slice(0, 1), { dataset: uneven, name: "u" }]).fixed, undefined);
});

Deno.test("mixDatasets() disposes of each data set once", async () => {
  const disposed: string[] = [];
  const dataset = (uri: string) => ({
    ...named(uri, range(3)),
    [Symbol.asyncDispose]: () => Promise.resolve(void disposed.push(uri)),
  });
  const [a, b] = [dataset("memory://a/"), dataset("memory://b/")];
  {
    await using _ = mixDatasets([{ dataset: a, name: "1" }, { dataset: b }, { dataset: a, name: "2" }], {
      tell: true,
    });
  }
  assertEquals(disposed, ["memory://a/", "memory://b/"]);
});

Deno.test("mixDatasets() refuses what makes no sense, and names it", () => {
  const a = { dataset: named("memory://a/", range(3)), weight: 1 };
  const b = named("memory://b/", range(4));
  const wrong: [readonly MixInput<number>[], string][] = [
    [[], "no data sets"],
    [[a, { dataset: b }], '"memory://b/": it has no weight, and others have'],
    [[a, { dataset: named("memory://b/", range(0)), weight: 1 }], '"memory://b/": it has no samples'],
    [[a, { dataset: a.dataset, weight: 1 }], 'called "memory://a/"'],
    [[a, { dataset: mixDatasets([{ dataset: b }]), weight: 1 }], '"memory://b/": it is a mixture itself'],
  ];
  for (const [inputs, words] of wrong) assertThrows(() => mixDatasets(inputs), TypeError, words);
  for (const weight of [0, -1, NaN, Infinity, 1 / 5000]) {
    assertThrows(() => mixDatasets([a, { dataset: b, weight }]), RangeError, "1/4096 of all weights");
  }
});
