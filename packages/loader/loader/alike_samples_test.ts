import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import type { NdArray } from "@lade/formats/array";
import { writeNpy } from "@lade/formats/npy";
import type { FixedSample, MapDataset } from "../datasets/dataset.ts";
import { mixDatasets } from "../datasets/mix_datasets.ts";
import { rowsDataset } from "../datasets/rows_dataset.ts";
import { createLoader } from "./create_loader.ts";

type Alike = MapDataset<NdArray> & { readonly fixed: FixedSample };

/** Rows of two numbers that are made one by one. */
function made(length: number, wrong = -1): Alike {
  return {
    length,
    fingerprint: "made",
    uri: "memory://made/",
    fixed: { dtype: "uint8", shape: [2] },
    get: (index) => {
      const data = new Uint8Array(index === wrong ? 3 : 2).fill(index);
      return Promise.resolve({ dtype: "uint8", shape: [data.length], order: "C", data });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

Deno.test("samples that are alike, and are made one by one, come as one array, and their memory is given back", async () => {
  await using loader = createLoader(made(5), { batchSize: 2 });
  const batches: unknown[] = [];
  let first: NdArray | undefined;
  for await (const { data } of loader) {
    first ??= data;
    batches.push([data.shape, [...data.data as Uint8Array]]);
  }
  assertEquals(batches, [[[2, 2], [0, 0, 1, 1]], [[2, 2], [2, 2, 3, 3]], [[1, 2], [4, 4]]]);
  assertEquals(first?.data.byteLength, 0);
  await using failing = createLoader(made(5, 3), { batchSize: 4 });
  await assertRejects(
    async () => {
      for await (const _ of failing);
    },
    Error,
    "it is uint8 of [3] in order C, and the data set says uint8 of [2]",
  );
  await using skipping = createLoader(made(5, 1), { batchSize: 4, onError: "skip" });
  const left: number[][] = [];
  for await (const { data } of skipping) left.push([...data.data as Uint8Array]);
  assertEquals(left, [[0, 0, 2, 2, 3, 3], [4, 4]]);
});

Deno.test("a mixture of rows that are read and others that are made is one array, whichever a batch draws", async () => {
  await using store = new MemoryStore();
  await writeNpy(store, "a.npy", {
    dtype: "uint8",
    shape: [6, 2],
    order: "C",
    data: new Uint8Array(12).fill(9),
  });
  const read = await rowsDataset(store, ["a.npy"]);
  const mixed = mixDatasets([{ dataset: read, weight: 1, name: "read" }, {
    dataset: made(6) as MapDataset<unknown>,
    weight: 1,
    name: "made",
  }]);
  await using loader = createLoader(mixed as unknown as Alike, { batchSize: 4 });
  const shapes: unknown[] = [];
  for await (const { data } of loader) shapes.push(data.shape);
  assertEquals(shapes, [[4, 2], [4, 2], [4, 2]]);
});
