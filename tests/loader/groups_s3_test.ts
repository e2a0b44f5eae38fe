import { assert, assertEquals } from "@std/assert";
import { createParquetWriter } from "@lade/formats/parquet";
import { batchOf, parseSchema } from "@lade/formats/table";
import { createLoader, openDataset } from "@lade/loader";
import { ascending } from "../../packages/loader/testing/range_dataset.ts";
import { SparseStore } from "../../packages/formats/testing/sparse_store.ts";
import { openFake } from "../s3/open_fake.ts";

const ROWS = 4000;
const GROUP = 500;

Deno.test("rows of Parquet from S3: a request for each row group of an epoch, whatever the batches are", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const schema = parseSchema("id: int32, noise: binary");
  for (const file of [0, 1]) {
    await using writer = await createParquetWriter(store, `t/${file}.parquet`, { schema, groupRows: GROUP });
    const rows = ascending(ROWS / 2).map((row) => {
      const id = file * ROWS / 2 + row;
      return { id, noise: Uint8Array.from({ length: 100 }, (_, i) => id * 31 + i * (id % 7)) };
    });
    await writer.write(batchOf(schema, rows));
    await writer.close();
  }
  await using dataset = await openDataset(store, "t/");
  const gets = () => fake.requests.filter(({ method }) => method === "GET").length;
  for (const shuffle of [false, { block: GROUP, window: 2, lanes: 2 }] as const) {
    for (const batchSize of [7, 64, 1000]) {
      const before = gets();
      const transform = (row: unknown) => (row as { id: number }).id;
      await using loader = createLoader<unknown, number>(dataset, { batchSize, shuffle, transform });
      const ids: number[] = [];
      for await (const { data } of loader) ids.push(...data);
      assertEquals(ids.toSorted((a, b) => a - b), ascending(ROWS));
      assertEquals(gets() - before, ROWS / GROUP, `${batchSize} ${JSON.stringify(shuffle)}`);
      const { reads, bytesRead } = loader.stats();
      const stored = (await Array.fromAsync(store.list("t/"))).reduce((sum, { size }) => sum + size, 0);
      assertEquals(reads, ROWS / GROUP);
      // The footers were read once, when it was opened.
      assert(bytesRead < stored && bytesRead > stored * 0.9, `${bytesRead} of ${stored}`);
      assertEquals(store.context.budget.held, 0);
    }
  }
});

Deno.test("rows of a Zarr array of a tebibyte: those that are wanted are read, and no more", async () => {
  const [rows, width] = [2 ** 28, 1024];
  const metadata = {
    zarr_format: 3,
    node_type: "array",
    shape: [rows, width],
    data_type: "float32",
    chunk_grid: { name: "regular", configuration: { chunk_shape: [rows, width] } },
    chunk_key_encoding: { name: "default" },
    fill_value: 0,
    codecs: [{ name: "bytes", configuration: { endian: "little" } }],
  };
  const store = new SparseStore({ "a.zarr/c/0/0": { size: rows * width * 4 } });
  await store.put("a.zarr/zarr.json", new TextEncoder().encode(JSON.stringify(metadata)));
  const { ObjectTable, zarrDataset } = await import("@lade/loader");
  const objects = new ObjectTable();
  objects.add({ key: "a.zarr/c/0/0", size: rows * width * 4, etag: "sparse" });
  objects.add({ key: "a.zarr/zarr.json", size: (await store.head("a.zarr/zarr.json")).size });
  await using dataset = await zarrDataset(store, objects);
  // Rows of one chunk that is stored as it is are shuffled by blocks of a MiB, not of all of it.
  assertEquals([dataset.length, dataset.blocks?.records], [rows, 256]);
  await using loader = createLoader<unknown>(dataset, {
    batchSize: 10,
    shuffle: "full",
    pool: { batchesAhead: 0 },
  });
  let steps = 0;
  for await (const _ of loader) if (++steps === 3) break;
  assert(store.bytesAsked <= 5 * 10 * width * 4, `${store.bytesAsked} bytes were asked for`);
  assertEquals(store.context.budget.held, 0);
});
