import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { parseExample } from "@lade/formats/example";
import { injectFaults } from "@lade/testing";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { PackFormat } from "../manifest/pack_plan.ts";
import { createLoader } from "../loader/create_loader.ts";
import { openDataset, type OpenDatasetOptions } from "../open/open_dataset.ts";
import { ascending, epoch } from "../testing/range_dataset.ts";
import { STREAM_FILES, writeStreamFiles } from "../testing/stream_files.ts";
import { packDataset } from "./pack_dataset.ts";
import { packObjects } from "./pack_objects.ts";

const COUNTS = [40, 3, 0, 55, 22];
const WINDOWS = { window: 16, lanes: 3 };

async function samples(
  store: ObjectStore,
  options: LoaderOptions<unknown> = {},
  opening: OpenDatasetOptions = {},
): Promise<unknown[]> {
  await using dataset = await openDataset(store, "", opening);
  await using loader = createLoader<unknown, unknown>(dataset, {
    ...options,
    batchSize: 7,
    transform: (sample) => structuredClone(sample),
  });
  return (await epoch(loader)).flat();
}

/** Every object but the tags that a manifest has, which are other ones wherever bytes are written. */
async function contents(store: ObjectStore): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for await (const { key } of store.list("")) {
    const { bytes } = await getBytes(store, key);
    const isManifest = key.endsWith(".tsv");
    all[key] = isManifest ? new TextDecoder().decode(bytes).replaceAll(/\t.*\t/g, "\t\t") : bytes.toHex();
  }
  return all;
}

for (const files of STREAM_FILES) {
  const { suffix, idOf } = files;
  const isRows = /csv|tsv|jsonl/.test(suffix);
  const format: PackFormat = isRows
    ? suffix.startsWith(".csv") ? "arrow" : "parquet"
    : suffix.includes("tar")
    ? "tar"
    : "tfrecord";
  for (const shuffle of [false, WINDOWS] as const) {
    Deno.test(`${suffix} is packed in the order of its stream${shuffle ? ", shuffled" : ""}, and goes on after any failure`, async () => {
      await using from = new MemoryStore();
      await writeStreamFiles(from, files, COUNTS);
      const wanted = (await samples(from, { shuffle, seed: 3 }, { index: false })).map(idOf);
      const options = { index: false, shuffle, seed: 3, format, shardSize: format === "tar" ? 9000 : 1700 };
      const source = { store: from, key: "" };
      const clean = injectFaults(new MemoryStore(), []);
      const packed = await packObjects(source, { store: clean, key: "" }, options);
      assertEquals([packed.samples, packed.skipped, packed.resumed, packed.shards > 3], [120, 0, 0, true]);
      assertEquals((await samples(clean)).map(idOf), wanted);
      const whole = await contents(clean);
      for (const operation of ["put", "createWriter"] as const) {
        const calls = clean.calls.filter((call) => call.operation === operation).length;
        for (let nth = 1; nth <= calls; nth += 4) {
          const plain = new MemoryStore();
          const fault = { kind: "throw", error: new Error("killed") } as const;
          const faulty = injectFaults(plain, [{ operation, nth, fault }]);
          await assertRejects(
            () => packObjects(source, { store: faulty, key: "" }, options),
            Error,
            "killed",
          );
          const again = await packObjects(source, { store: plain, key: "" }, options);
          assertEquals(again.samples, 120);
          if (nth > 6) assertEquals(again.resumed > 0, true);
          assertEquals(await contents(plain), whole);
        }
      }
    });
  }
}

Deno.test("a pack that skips leaves samples out, counts them, and goes on behind the same sample", async () => {
  const [records] = STREAM_FILES;
  if (!records) throw new TypeError("there are no records");
  await using from = new MemoryStore();
  await from.put("a.tfrecord", await records.make(ascending(60)));
  await from.put("b.tfrecord", await records.make(ascending(120).slice(60)));
  const { bytes } = await getBytes(from, "a.tfrecord");
  // A byte of the data of two records.
  for (const id of [20, 41]) {
    const at = bytes.toHex().indexOf(new TextEncoder().encode(`${id} x`).toHex()) / 2;
    bytes[at + 3] = 65;
  }
  await from.put("a.tfrecord", bytes);
  const source = { store: from, key: "" };
  const options = { index: false, shardSize: 900, onError: "skip" } as const;
  const all = ascending(120).filter((id) => id !== 20 && id !== 41);
  const clean = injectFaults(new MemoryStore(), []);
  const packed = await packObjects(source, { store: clean, key: "" }, options);
  assertEquals([packed.samples, packed.skipped], [118, 2]);
  assertEquals((await samples(clean)).map(records.idOf), all);
  assertEquals(await packObjects(source, { store: clean, key: "" }, options), { ...packed, resumed: 118 });
  const whole = await contents(clean);
  const calls = clean.calls.filter(({ operation }) => operation === "createWriter").length;
  for (let nth = 1; nth <= calls; nth++) {
    const plain = new MemoryStore();
    const fault = { kind: "throw", error: new Error("killed") } as const;
    const faulty = injectFaults(plain, [{ operation: "createWriter", nth, fault }]);
    await assertRejects(() => packObjects(source, { store: faulty, key: "" }, options), Error, "killed");
    const again = await packObjects(source, { store: plain, key: "" }, options);
    assertEquals([again.samples, again.skipped], [118, 2]);
    assertEquals(await contents(plain), whole);
  }
  const few = { ...options, maxSkipped: 1 };
  const to = { store: new MemoryStore(), key: "" };
  await assertRejects(() => packObjects(source, to, few), Error, "maxSkipped allows no more");
  await assertRejects(
    () => packObjects(source, { store: new MemoryStore(), key: "" }, { index: false }),
    Error,
    "CRC-32C",
  );
});

Deno.test("a pack whose last sample is lost before it goes on is an error, never one sample more or less", async () => {
  await using store = new MemoryStore();
  let isLost = false;
  const stream = {
    uri: "memory://s/",
    fingerprint: "s",
    parts: 1,
    async *open(_part: number, from: number) {
      for (let record = from; record < 64; record++) {
        await Promise.resolve();
        if (isLost && record >= 10) throw new Error("lost");
        yield new Uint8Array(100).fill(record);
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const options = { shardSize: 1200, onError: "skip", maxSkipped: 100 } as const;
  const fault = { kind: "throw", error: new Error("killed") } as const;
  const faulty = injectFaults(store, [{ operation: "createWriter", nth: 6, fault }]);
  await assertRejects(() => packDataset(stream, faulty, "", options), Error, "killed");
  isLost = true;
  await assertRejects(
    () => packDataset(stream, store, "", options),
    UnavailableError,
    "cannot be had any more",
  );
  isLost = false;
  assertEquals((await packDataset(stream, store, "", options)).samples, 64);
});

Deno.test("rows of a table are packed with their columns and types, to TFRecord as tf.Examples", async () => {
  await using from = new MemoryStore();
  await from.put(
    "t.csv",
    new TextEncoder().encode("id,name,when,x\n1,a,2026-01-01,0.5\n2,,2026-01-02,\n3,c,,1.5\n"),
  );
  const source = { store: from, key: "t.csv" };
  for (const format of [undefined, "parquet", "arrow"] as const) {
    await using to = new MemoryStore();
    const packed = await packObjects(source, { store: to, key: "" }, { ...(format && { format }) });
    assertEquals([packed.format, packed.samples, packed.shards], [format ?? "parquet", 3, 1]);
    assertEquals(await samples(to), await samples(from));
  }
  await using to = new MemoryStore();
  const schema = {
    fields: [{ name: "id", type: { kind: "int64" }, nullable: false }, {
      name: "name",
      type: { kind: "string" },
      nullable: true,
    }],
  } as const;
  await from.put("u.csv", new TextEncoder().encode("id,name\n1,a\n2,\n"));
  await packObjects({ store: from, key: "u.csv" }, { store: to, key: "" }, { schema, format: "tfrecord" });
  const [one, two] = (await samples(to)).map((bytes) => parseExample(bytes as Uint8Array));
  assertEquals([one, two].map((example) => Object.keys(example?.features ?? {})), [["id", "name"], ["id"]]);
});

Deno.test("what cannot be packed so is refused before anything is written, with what can", async () => {
  await using from = new MemoryStore();
  for (const files of STREAM_FILES.filter(({ suffix }) => [".tfrecord.gz", ".csv"].includes(suffix))) {
    await from.put(`t${files.suffix}`, await files.make(ascending(5)));
  }
  await from.put("float.csv", new TextEncoder().encode("x\n0.5\n"));
  await from.put("empty.tfrecord.gz", await (STREAM_FILES[1] as (typeof STREAM_FILES)[number]).make([]));
  await using to = new MemoryStore();
  const refused = async (key: string, words: string, options: Parameters<typeof packObjects>[2] = {}) => {
    const packing = () => packObjects({ store: from, key }, { store: to, key: "p/" }, options);
    await assertRejects(packing, TypeError, words);
    assertEquals(await Array.fromAsync(to.list("")), []);
  };
  await refused("t.csv", "are packed to parquet, arrow or tfrecord, not to tar", { format: "tar" });
  await refused("t.csv", "not arrays of one shape", { format: "npy" });
  await refused("t.csv", "rows of a table have no bytes of their own", { records: "bytes" });
  await refused("float.csv", 'column "x" of float64 can be no feature', { format: "tfrecord" });
  await refused("t.csv", "every sample for itself needs an index", { shuffle: "full" });
  await refused("t.tfrecord.gz", "no rows of a table, which are what parquet holds", { format: "parquet" });
  await refused("empty.tfrecord.gz", "it has no samples");
});
