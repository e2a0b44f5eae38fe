import { assert, assertEquals } from "@std/assert";
import type { ObjectStore } from "@lade/core";
import { createRecordWriter, indexKeyOf, writeIndex } from "@lade/formats/tfrecord";
import { createLoader, openDataset } from "@lade/loader";
import { ascending } from "../../packages/loader/testing/range_dataset.ts";
import { openFake } from "../s3/open_fake.ts";

const RECORD = 1000;
/** Bytes that a record takes with its length and checksums. */
const FRAME = RECORD + 16;

/** Writes shards of so many records each, which tell their number, and their indexes. */
async function writeRecords(store: ObjectStore, counts: readonly number[]): Promise<void> {
  let id = 0;
  for (const [shard, count] of counts.entries()) {
    const key = `r/${shard}.tfrecord`;
    await using writer = await createRecordWriter(store, key);
    for (let record = 0; record < count; record++) {
      const bytes = new Uint8Array(RECORD);
      new DataView(bytes.buffer).setUint32(0, id++);
      await writer.write(bytes);
    }
    const { index } = await writer.close();
    if (index) await writeIndex(store, indexKeyOf(key), index);
  }
}

const idOf = (record: unknown) => {
  const { buffer, byteOffset } = record as Uint8Array;
  return new DataView(buffer, byteOffset).getUint32(0);
};

Deno.test("record shards on S3 that are shuffled by blocks: a request for each block, and no other", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const counts = [700, 900];
  const records = 1600;
  await writeRecords(store, counts);
  await using dataset = await openDataset(store, "r/");
  for (const block of [10, 16, 50]) {
    for (const size of [1, 2]) {
      fake.requests.splice(0);
      const ids: number[] = [];
      for (const rank of ascending(size)) {
        const shuffle = { block, window: 4, lanes: 4 };
        const options = { batchSize: 32, shuffle, world: { rank, size }, epochs: 1, transform: idOf };
        await using loader = createLoader<unknown, number>(dataset, options);
        for await (const { data } of loader) ids.push(...data);
      }
      assertEquals(ids.toSorted((a, b) => a - b), ascending(records));
      assert(ids.some((id, place) => id !== place));
      const operations = fake.requests.map(({ operation }) => operation);
      assertEquals(operations.filter((operation) => operation !== "GetObject"), []);
      // One more for each shard that begins in the middle of a block, and for each lane that does.
      const blocks = records * FRAME / (block * FRAME);
      const split = counts.length - 1 + 3;
      assert(
        operations.length >= blocks && operations.length <= Math.max(1.05 * blocks, blocks + split),
        `${operations.length} requests for ${blocks} blocks of ${block} on ${size} ranks`,
      );
      if (block === 10) assert(operations.length <= 1.05 * blocks, `${operations.length} for ${blocks}`);
    }
  }
  assertEquals(store.context.budget.held, 0);
});

Deno.test("by default a block of records is about 1 MiB, and an epoch on S3 has as many requests as there are MiB", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  await writeRecords(store, [4000, 4000]);
  await using dataset = await openDataset(store, "r/");
  fake.requests.splice(0);
  await using loader = createLoader<unknown, number>(dataset, {
    batchSize: 500,
    shuffle: true,
    transform: idOf,
    epochs: 1,
  });
  let samples = 0;
  for await (const { data } of loader) samples += data.length;
  const { block = 0 } = loader.config.loader.order;
  const perBlock = 8_000 / block;
  assert(block * FRAME > 0.9 * 2 ** 20 && block * FRAME < 1.1 * 2 ** 20, `${block} records`);
  assertEquals(samples, 8_000);
  const { length } = fake.requests;
  // The last block is short, and one lies in both shards.
  assert(length <= 1.05 * Math.ceil(perBlock) + 1, `${length} requests for ${perBlock} blocks`);
});

Deno.test("small objects on S3: one listing, then one GET for each, and no HEAD, in any order and batch", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  for (const id of ascending(60)) await store.put(`s/${id}`, new Uint8Array(100 + id).fill(id));
  fake.requests.splice(0);
  await using dataset = await openDataset(store, "s/");
  // Whether there is a manifest is asked for, too.
  assertEquals(fake.requests.map(({ operation }) => operation), ["GetObject", "ListObjectsV2"]);
  for (const shuffle of [false, "full"] as const) {
    for (const batchSize of [1, 7, 64]) {
      fake.requests.splice(0);
      await using loader = createLoader(dataset, { batchSize, shuffle, epochs: 2 });
      for (const epoch of [1, 2]) {
        for await (const _ of loader);
        assertEquals(fake.requests.length, 60 * epoch);
      }
      assertEquals(fake.requests.filter(({ operation }) => operation !== "GetObject"), []);
    }
  }
});
