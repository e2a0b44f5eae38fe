import { Buffer } from "node:buffer";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core";
import { FormatError } from "@lade/formats/errors";
import { indexObject } from "@lade/formats/index";
import { createRecordWriter } from "@lade/formats/tfrecord";
import { openFileStore } from "@lade/fs";
import { FakeClock } from "@lade/testing";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { DataLoader } from "../loader/data_loader.ts";
import { createLoader } from "../loader/create_loader.ts";
import { SampleError } from "../loader/sample_error.ts";
import { openByNumber } from "../testing/open_by_number.ts";

const RECORDS = 88;
const SIZE = 900_000;

/** Two files of records that each are full of their number, enough of them for a reader. */
async function withShards(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "lade-" });
  try {
    await using store = await openFileStore(directory);
    for (const file of [0, 1]) {
      await using writer = await createRecordWriter(store, `${file}.tfrecord`);
      for (let id = file; id < RECORDS; id += 2) await writer.write(new Uint8Array(SIZE).fill(id));
      await writer.close();
      await indexObject(store, `${file}.tfrecord`);
    }
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** An epoch: the number of each record, all bytes of which were looked at. */
async function epoch(loader: DataLoader<readonly unknown[]>, onBatch = () => {}): Promise<number[]> {
  const ids: number[] = [];
  for await (const { data } of loader) {
    for (const record of data as readonly Uint8Array[]) {
      const id = record[0] ?? -1;
      ids.push(Buffer.compare(record, Buffer.alloc(SIZE, id)) === 0 ? id : -1);
    }
    onBatch();
    // Work of the caller, in which messages of the thread come in.
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
  return ids;
}

const ORDERS: readonly NonNullable<LoaderOptions<unknown>["shuffle"]>[] = [false, "full", {
  block: 3,
  window: 2,
  lanes: 4,
}];

Deno.test("a second thread reads records of shards, in blocks too, and changes nothing of what comes", async () => {
  await withShards(async (directory) => {
    const context = createStoreContext({ clock: new FakeClock() });
    await using store = await openFileStore(directory, { context });
    await using dataset = await openByNumber(store, "");
    for (const shuffle of ORDERS) {
      const options = { batchSize: 4, seed: 5, shuffle };
      await using loader = createLoader<unknown>(dataset, options);
      let ids: number[] = [];
      for (let time = 0; time < 50 && loader.stats().readerBytes === 0; time++) ids = await epoch(loader);
      assert(loader.stats().readerBytes > 0, "the second thread read nothing");
      await using alone = createLoader<unknown>(dataset, { ...options, pool: { batchesAhead: 2 } });
      alone.seek({ epoch: loader.epoch - 1 });
      assertEquals(await epoch(alone), ids);
      assertEquals(ids.toSorted((a, b) => a - b), Array.from({ length: RECORDS }, (_, id) => id));
      assertEquals(alone.stats().readerBytes, 0);
    }
    assertEquals(context.budget.held, 0);
  });
});

Deno.test("a damaged record is found by either thread, and no other one is", async () => {
  await withShards(async (directory) => {
    const file = await Deno.open(`${directory}/1.tfrecord`, { write: true });
    await file.seek(10 * (SIZE + 16) + 500_000, Deno.SeekMode.Start);
    await file.write(Uint8Array.of(77));
    file.close();
    const context = createStoreContext({ clock: new FakeClock() });
    await using store = await openFileStore(directory, { context });
    await using dataset = await openByNumber(store, "");
    const lost: string[] = [];
    await using loader = createLoader<unknown>(dataset, {
      batchSize: 4,
      shuffle: "full",
      seed: 5,
      onError: ({ uri, record, cause }) => {
        lost.push(`${uri.slice(uri.lastIndexOf("/"))} ${record} ${cause instanceof FormatError}`);
        return "skip";
      },
    });
    const before = loader.stats().readerBytes;
    for (let time = 0; time < 50 && loader.stats().readerBytes === before; time++) await epoch(loader);
    // Whoever comes to read it: this thread, or the other one.
    for (let time = 0; time < 6; time++) {
      lost.length = 0;
      const ids = await epoch(loader);
      assertEquals(lost, ["/1.tfrecord 10 true"]);
      const others = Array.from({ length: RECORDS }, (_, id) => id).filter((id) => id !== 21);
      assertEquals(ids.toSorted((a, b) => a - b), others);
    }
    assert(loader.stats().readerBytes > RECORDS * SIZE, "the second thread read too little");
  });
});

Deno.test("a shard that changes while a second thread reads is an error, and never another record", async () => {
  await withShards(async (directory) => {
    const context = createStoreContext({ clock: new FakeClock() });
    await using store = await openFileStore(directory, { context });
    await using dataset = await openByNumber(store, "");
    await using loader = createLoader<unknown>(dataset, { batchSize: 4, shuffle: true, seed: 5 });
    for (let time = 0; time < 50 && loader.stats().readerBytes === 0; time++) await epoch(loader);
    let batches = 0;
    const error = await assertRejects(
      () =>
        epoch(loader, () => {
          if (++batches === 3) {
            Deno.writeFileSync(`${directory}/1.tfrecord`, new Uint8Array(1), { append: true });
          }
        }),
      SampleError,
    );
    assertEquals(error.uri.endsWith("/1.tfrecord"), true);
    assertEquals(context.budget.held, 0);
  });
});
