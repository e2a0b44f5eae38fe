import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemoryStore, type ObjectStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import type { NdArray } from "@lade/formats/array";
import { openZarrArray } from "@lade/formats/zarr";
import { injectFaults } from "@lade/testing";
import fc from "fast-check";
import { BYTES, encode, sharded, v3 } from "../../formats/testing/zarr_objects.ts";
import { createLoader } from "../loader/create_loader.ts";
import { SampleError } from "../loader/sample_error.ts";
import { ascending } from "../testing/range_dataset.ts";
import { ObjectTable } from "./object_table.ts";
import { zarrDataset } from "./zarr_dataset.ts";
import type { ZarrDatasetOptions } from "./zarr_options.ts";

const CODECS = { plain: [BYTES], gzip: [BYTES, { name: "gzip", configuration: { level: 1 } }] };

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

/** Writes an array of uint16 whose row i is i everywhere, in chunks of so many rows; chunks of which nothing is left out are not there. */
async function write(
  store: ObjectStore,
  { root = "a.zarr/", rows = 20, width = 3, step = 6, codec = "plain", without = [] }: {
    root?: string;
    rows?: number;
    width?: number;
    step?: number;
    codec?: keyof typeof CODECS;
    without?: readonly number[];
  } = {},
): Promise<void> {
  const metadata = v3({
    shape: [rows, width],
    chunks: [step, width],
    type: "uint16",
    codecs: CODECS[codec],
    fill: 999,
  });
  await store.put(`${root}zarr.json`, metadata);
  for (let chunk = 0; chunk * step < rows; chunk++) {
    if (without.includes(chunk)) continue;
    const data = Uint16Array.from({ length: step * width }, (_, i) => chunk * step + Math.floor(i / width));
    const bytes = new Uint8Array(data.buffer);
    await store.put(`${root}c/${chunk}/0`, codec === "plain" ? bytes : await gzip(bytes));
  }
}

async function open(store: ObjectStore, prefix = "a.zarr/", options: ZarrDatasetOptions = {}) {
  return await zarrDataset(store, await ObjectTable.of(store.list(prefix)), options);
}

async function idsOf(loader: AsyncIterable<{ data: unknown }>): Promise<number[]> {
  const ids: number[] = [];
  for await (const { data } of loader) {
    const { shape: [rows = 0, width = 0], data: values } = data as NdArray;
    for (let row = 0; row < rows; row++) {
      const own = [...values.subarray(row * width, (row + 1) * width)].map(Number);
      assert(own.every((value) => value === own[0]), `${own}`);
      ids.push(own[0] ?? -1);
    }
  }
  return ids;
}

for (const codec of ["plain", "gzip"] as const) {
  Deno.test(`zarrDataset: rows of ${codec} chunks come in any order, each chunk read once where it can be`, async () => {
    await using plain = new MemoryStore();
    await write(plain, { codec });
    await write(plain, { codec, root: "b.zarr/" });
    const store = injectFaults(plain, []);
    await using dataset = await open(store, "");
    assertEquals([dataset.length, dataset.plan !== undefined], [40, codec === "plain"]);
    assertEquals(dataset.fixed, { dtype: "uint16", shape: [3] });
    const expected = [...ascending(20), ...ascending(20)];
    for (const shuffle of [false, "full", { block: 6, window: 2, lanes: 2 }] as const) {
      const before = store.calls.filter(({ operation }) => operation === "get").length;
      await using loader = createLoader<unknown>(dataset, { batchSize: 5, shuffle });
      const ids = await idsOf(loader);
      const gets = store.calls.filter(({ operation }) => operation === "get").length - before;
      assertEquals(ids.toSorted((a, b) => a - b), expected.toSorted((a, b) => a - b));
      if (!shuffle) assertEquals(ids, expected);
      if (!shuffle && codec === "gzip") {
        assertEquals(gets, 8);
        const stored = (await Array.fromAsync(plain.list(""))).filter(({ key }) => key.includes("/c/"));
        assertEquals(loader.stats().bytesRead, stored.reduce((sum, { size }) => sum + size, 0));
      }
      assertEquals(store.context.budget.held, 0);
    }
  });

  Deno.test(`zarrDataset: a ${codec} chunk that changed since it was listed is an error, never another row`, async () => {
    await using store = new MemoryStore();
    await write(store, { codec });
    await using dataset = await open(store);
    const { size } = await store.head("a.zarr/c/1/0");
    await store.put("a.zarr/c/1/0", new Uint8Array(size));
    await using loader = createLoader<unknown>(dataset, { batchSize: 5 });
    const error = await assertRejects(() => idsOf(loader), SampleError);
    assert(error.cause instanceof PreconditionFailedError, `${error.cause}`);
    assertEquals([error.record, error.group], [6, "rows 6 to 12"]);
    // One that is gone is not taken for the fill value.
    await store.delete("a.zarr/c/0/0");
    await assertRejects(() => idsOf(createLoader<unknown>(dataset, { batchSize: 5 })), SampleError);
  });
}

Deno.test("zarrDataset: a chunk that is not there is the fill value, and is not asked for", async () => {
  await using plain = new MemoryStore();
  await write(plain, { without: [1] });
  const store = injectFaults(plain, []);
  await using dataset = await open(store);
  assertEquals([dataset.plan, dataset.blocks?.records], [undefined, 6 * Math.round(2 ** 20 / 30)]);
  const before = store.calls.length;
  await using loader = createLoader<unknown>(dataset, { batchSize: 7 });
  const ids = await idsOf(loader);
  assertEquals(ids, ascending(20).map((row) => row >= 6 && row < 12 ? 999 : row));
  assertEquals(store.calls.slice(before).map(({ key }) => key), [
    "a.zarr/c/0/0",
    "a.zarr/c/2/0",
    "a.zarr/c/3/0",
  ]);
  await write(plain);
  await using whole = await open(plain);
  assert(whole.fingerprint !== dataset.fingerprint);
});

Deno.test("zarrDataset: rows are those of the format's reader, for any chunks and shards", async () => {
  const setups = fc.record({
    rows: fc.integer({ min: 1, max: 9 }),
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
    step: fc.integer({ min: 1, max: 4 }),
    across: fc.integer({ min: 1, max: 4 }),
    big: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(setups, async ({ rows, shape, step, across, big }) => {
      await using store = new MemoryStore();
      const chunks = [step, ...shape.map((length) => Math.min(length, across))];
      const codecs = [big ? { name: "bytes", configuration: { endian: "big" } } : BYTES];
      await store.put("a.zarr/zarr.json", v3({ shape: [rows, ...shape], chunks, type: "int32", codecs }));
      const size = chunks.reduce((product, length) => product * length, 4);
      const counts = [rows, ...shape].map((length, axis) => Math.ceil(length / (chunks[axis] ?? 1)));
      let places: number[][] = [[]];
      for (const count of counts) {
        places = places.flatMap((place) => ascending(count).map((at) => [...place, at]));
      }
      for (const [seed, place] of places.entries()) {
        if (seed % 5 === 4) continue;
        const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 13 + seed * 31) % 251);
        await store.put(`a.zarr/c/${place.join("/")}`, bytes);
      }
      const array = await openZarrArray(store, "a.zarr");
      await using dataset = await open(store);
      await using loader = createLoader<unknown>(dataset, { batchSize: 2 });
      const found: unknown[] = [];
      for await (const { data } of loader) {
        const batch = data as unknown as NdArray;
        assertEquals(batch.shape.slice(1), shape);
        found.push(...batch.data);
      }
      assertEquals(found, [...(await array.read()).data]);
    }),
    { numRuns: 80 },
  );
});

Deno.test("zarrDataset: the rows of each chunk come together", async () => {
  await using store = new MemoryStore();
  await write(store, { codec: "gzip" });
  await using dataset = await open(store, "a.zarr/", { wholeChunks: true });
  assertEquals([dataset.length, dataset.fixed, dataset.blocks], [4, undefined, undefined]);
  await using loader = createLoader<unknown>(dataset, { batchSize: 1 });
  const shapes: (readonly number[])[] = [];
  for await (const { data } of loader) shapes.push(...(data as NdArray[]).map(({ shape }) => shape));
  assertEquals(shapes, [[6, 3], [6, 3], [6, 3], [2, 3]]);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("zarrDataset: of a group the only array is read, or the one that is named", async () => {
  await using store = new MemoryStore();
  await store.put("g.zarr/zarr.json", encode({ zarr_format: 3, node_type: "group" }));
  await assertRejects(() => open(store, ""), TypeError, "a group without arrays");
  await write(store, { root: "g.zarr/x/" });
  assertEquals((await open(store, "")).length, 20);
  await write(store, { root: "g.zarr/y/", rows: 7 });
  await assertRejects(() => open(store, ""), TypeError, 'choose one by fields: "x", "y"');
  assertEquals((await open(store, "", { fields: ["y"] })).length, 7);
  await assertRejects(
    () => open(store, "", { fields: ["x", "y"] }),
    TypeError,
    "2 of its arrays are asked for",
  );
  await assertRejects(() => open(store, "g.zarr/y/", { fields: ["y"] }), TypeError, "has no fields");
});

Deno.test("zarrDataset: rows of shards are those of their chunks", async () => {
  await using store = new MemoryStore();
  // A shard of two chunks of which the second one is not there.
  const index = new BigUint64Array([0n, 4n, 2n ** 64n - 1n, 2n ** 64n - 1n]);
  const { withCrc } = await import("../../formats/testing/zarr_objects.ts");
  const shard = new Uint8Array([1, 1, 2, 2, ...withCrc(new Uint8Array(index.buffer))]);
  await store.put(
    "a.zarr/zarr.json",
    v3({ shape: [4, 2], chunks: [4, 2], codecs: [sharded([2, 2], [BYTES])], fill: 7 }),
  );
  await store.put("a.zarr/c/0/0", shard);
  await using dataset = await open(store);
  assertEquals([dataset.groups?.count, dataset.plan], [1, undefined]);
  await using loader = createLoader<unknown>(dataset, { batchSize: 3 });
  assertEquals(await idsOf(loader), [1, 2, 7, 7]);
});
