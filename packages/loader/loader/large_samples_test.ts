import { assertEquals } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { MOST_AT_HAND } from "@lade/core/seams";
import { openFileStore } from "@lade/fs";
import { filesDataset } from "../datasets/files_dataset.ts";
import { createLoader } from "./create_loader.ts";

Deno.test("samples that are too large to be at hand are asked for together, and none is waited for before", async () => {
  const root = await Deno.makeTempDir();
  try {
    await using store = await openFileStore(root);
    for (let i = 0; i < 4; i++) await store.put(`${i}`, new Uint8Array(MOST_AT_HAND + 1).fill(i));
    const get = store.get.bind(store);
    let [waiting, most] = [0, 0];
    store.get = async (...call) => {
      most = Math.max(most, ++waiting);
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      waiting--;
      return await get(...call);
    };
    await using dataset = await filesDataset(store, "");
    await using loader = createLoader(dataset, { batchSize: 4, epochs: 1 });
    for await (const { data } of loader) assertEquals(data.map(({ bytes }) => bytes.at(-1)), [0, 1, 2, 3]);
    assertEquals(most, 4);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a sample that is larger than maxBytes is read when it is waited for, and none is read ahead of it", async () => {
  const size = 2 ** 21;
  await using store = new MemoryStore();
  for (let i = 0; i < 4; i++) await store.put(`${i}`, new Uint8Array(size).fill(i));
  const { budget } = store.context;
  await using dataset = await filesDataset(store, "");
  const options = { batchSize: 1, epochs: 1, pool: { maxBytes: 65536, batchesAhead: 4 } };
  await using loader = createLoader(dataset, options);
  const held: number[] = [];
  for await (const { data } of loader) {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    assertEquals(data[0]?.bytes.length, size);
    held.push(budget.held);
  }
  assertEquals(held, [size, size, size, size]);
});
