import { assert, assertEquals, assertRejects } from "@std/assert";
import { injectFaults } from "@lade/testing";
import { numbersDataset, numbersStore } from "../testing/numbers_dataset.ts";
import { ascending } from "../testing/range_dataset.ts";
import { createLoader } from "./create_loader.ts";
import { SampleError } from "./sample_error.ts";

const SHUFFLE = { block: 10, window: 4, lanes: 5 };

Deno.test("samples shuffled by blocks are read a block at a time, each once in an epoch", async () => {
  const plain = await numbersStore(1000);
  const store = injectFaults(plain, []);
  await using loader = createLoader(numbersDataset(store, 1000), { batchSize: 20, shuffle: SHUFFLE });
  for (const epoch of [1, 2]) {
    const rows: number[] = [];
    for await (const { data } of loader) {
      for (let row = 0; row < data.data.length; row += 4) rows.push(Number(data.data[row]));
    }
    assertEquals(rows.toSorted((a, b) => a - b), ascending(1000));
    assertEquals(store.calls.filter(({ operation }) => operation === "get").length, 100 * epoch);
    assertEquals(store.context.budget.held, 0);
  }
  assertEquals(loader.stats().bytesRead, 2 * 1000 * 16);
});

Deno.test("ranks of a world that divides the lanes read blocks of their own", async () => {
  const reads: number[] = [];
  for (const rank of [0, 1, 2, 3, 4]) {
    const store = injectFaults(await numbersStore(1000), []);
    const world = { rank, size: 5 };
    await using loader = createLoader(numbersDataset(store, 1000), {
      globalBatchSize: 100,
      world,
      shuffle: SHUFFLE,
    });
    for await (const _ of loader);
    reads.push(store.calls.filter(({ operation }) => operation === "get").length);
  }
  assertEquals(reads, [20, 20, 20, 20, 20]);
});

Deno.test("blocks are read and held a few at a time", async () => {
  const store = await numbersStore(10_000);
  const options = { batchSize: 20, shuffle: SHUFFLE, pool: { batchesAhead: 2 } };
  await using loader = createLoader(numbersDataset(store, 10_000), options);
  let most = 0;
  for await (const _ of loader) most = Math.max(most, store.context.budget.held);
  // 5 lanes of 6 blocks of 160 bytes, and batches of 320.
  assert(most <= 5 * 6 * 160 + 4 * 320, `${most} bytes were held`);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("of a block that cannot be read whole only the samples that are lost are errors", async () => {
  const store = await numbersStore(200);
  // The last three rows of an object are gone.
  await store.put(
    "n/00007",
    new Uint8Array(Int32Array.from({ length: 28 }, (_, i) => 70 + Math.floor(i / 4)).buffer),
  );
  const options = { batchSize: 25, shuffle: SHUFFLE } as const;
  await using loader = createLoader(numbersDataset(store, 200), { ...options, onError: "skip" });
  const rows: number[] = [];
  const lost: number[] = [];
  for await (const { data, skipped } of loader) {
    for (let row = 0; row < data.data.length; row += 4) rows.push(Number(data.data[row]));
    lost.push(...skipped.map(({ index }) => index));
  }
  assertEquals(lost.toSorted((a, b) => a - b), [77, 78, 79]);
  assertEquals(rows.toSorted((a, b) => a - b), ascending(200).filter((row) => !lost.includes(row)));
  await using strict = createLoader(numbersDataset(store, 200), options);
  await assertRejects(async () => {
    for await (const _ of strict);
  }, SampleError);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("leaving a loop over blocks gives all of them back", async () => {
  const store = await numbersStore(1000);
  await using loader = createLoader(numbersDataset(store, 1000), { batchSize: 20, shuffle: SHUFFLE });
  for await (const _ of loader) break;
  assertEquals(store.context.budget.held, 0);
});

Deno.test("blocks take all the memory there may be, and the batch that is waited for comes all the same", async () => {
  const store = await numbersStore(200);
  const options = { batchSize: 20, shuffle: SHUFFLE, pool: { maxBytes: 1 } };
  await using loader = createLoader(numbersDataset(store, 200), options);
  let rows = 0;
  for await (const { size } of loader) rows += size;
  assertEquals([rows, store.context.budget.held], [200, 0]);
});
