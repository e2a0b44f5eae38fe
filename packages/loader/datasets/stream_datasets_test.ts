import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { createLoader } from "../loader/create_loader.ts";
import { SampleError } from "../loader/sample_error.ts";
import { openDataset, type OpenDatasetOptions } from "../open/open_dataset.ts";
import { ascending } from "../testing/range_dataset.ts";
import { STREAM_FILES, type StreamFiles, writeStreamFiles } from "../testing/stream_files.ts";
import { isMapDataset } from "./dataset.ts";

const kind = (suffix: string) => STREAM_FILES.find((files) => files.suffix === suffix) as StreamFiles;

async function idsOf(
  store: MemoryStore,
  files: StreamFiles,
  options: OpenDatasetOptions & { readonly onError?: "skip" } = {},
) {
  const { onError = "fail", ...rest } = options;
  await using dataset = await openDataset(store, "", { index: false, ...rest });
  await using loader = createLoader<unknown, number>(dataset, {
    batchSize: 8,
    onError,
    transform: files.idOf,
  });
  const ids: number[] = [];
  const lost: string[] = [];
  for await (const { data, skipped } of loader) {
    ids.push(...data);
    lost.push(...skipped.map(({ uri, record, rest }) => `${uri} ${record}${rest ? " and the rest" : ""}`));
  }
  return { ids, lost, stats: loader.stats() };
}

for (const files of STREAM_FILES) {
  Deno.test(`${files.suffix}: cut anywhere it is an error with object and record, after what came before, and never an end`, async () => {
    const whole = new MemoryStore();
    await writeStreamFiles(whole, files, [40]);
    const { bytes } = await getBytes(whole, `0${files.suffix}`);
    const isText = /csv|tsv|jsonl/.test(files.suffix) && !/gz|zst/.test(files.suffix);
    for (const share of [0.3, 0.6, 0.9, 0.995]) {
      const store = new MemoryStore();
      const cut = bytes.slice(0, Math.floor(bytes.length * share));
      await store.put(`0${files.suffix}`, cut);
      // Text that ends with a row is whole, and a tar that ends behind a member.
      const ids: number[] = [];
      const error = await assertRejects(async () => {
        await using dataset = await openDataset(store, "", { index: false });
        await using loader = createLoader<unknown, number>(dataset, { transform: files.idOf });
        for await (const { data } of loader) ids.push(...data);
        if (isText) throw new TypeError("text has no end of its own");
      });
      assertEquals(ids, ascending(ids.length));
      if (error instanceof SampleError) {
        assertEquals(error.uri, `memory://memory/0${files.suffix}`);
        assertEquals(error.record, ids.length);
      } else assertStringIncludes(String(error), isText ? "" : files.suffix);
    }
  });
}

Deno.test("a record whose checksum does not fit is skipped alone, and those behind it come", async () => {
  const files = kind(".tfrecord");
  const store = new MemoryStore();
  await writeStreamFiles(store, files, [30, 30]);
  const { bytes } = await getBytes(store, "0.tfrecord");
  const damaged = Uint8Array.from(bytes);
  // Inside of the data of the first record, and of the last one.
  damaged[12] = (damaged[12] ?? 0) ^ 1;
  damaged[bytes.length - 6] = (damaged[bytes.length - 6] ?? 0) ^ 1;
  await store.put("0.tfrecord", damaged);
  const { ids, lost, stats } = await idsOf(store, files, { onError: "skip" });
  assertEquals(ids, ascending(60).filter((id) => id !== 0 && id !== 29));
  assertEquals(lost, ["memory://memory/0.tfrecord 0", "memory://memory/0.tfrecord 29"]);
  assertEquals(stats.skipped, 2);
  const error = await assertRejects(() => idsOf(store, files), SampleError);
  assertEquals([error.record, error.uri], [0, "memory://memory/0.tfrecord"]);
});

Deno.test("a stream that breaks off is skipped with its rest, which is said", async () => {
  const files = kind(".tfrecord.gz");
  const store = new MemoryStore();
  await writeStreamFiles(store, files, [20, 20]);
  const { bytes } = await getBytes(store, "0.tfrecord.gz");
  await store.put("0.tfrecord.gz", bytes.slice(0, bytes.length - 12));
  const { ids, lost } = await idsOf(store, files, { onError: "skip" });
  const before = ids.indexOf(20);
  assert(before >= 0 && before <= 20);
  assertEquals(ids, [...ascending(before), ...ascending(40).slice(20)]);
  assertEquals(lost, [`memory://memory/0.tfrecord.gz ${before} and the rest`]);
});

Deno.test("an object that changed since the listing is an error, and another data set", async () => {
  const files = kind(".csv");
  const store = new MemoryStore();
  await writeStreamFiles(store, files, [20]);
  await using before = await openDataset(store, "");
  // As many bytes, and another tag.
  const { bytes } = await getBytes(store, "0.csv");
  await store.put("0.csv", Uint8Array.from(bytes, (byte) => byte === 0x78 ? 0x79 : byte));
  await using tagged = createLoader(before, { batchSize: 4 });
  await assertRejects(() => tagged[Symbol.asyncIterator]().next(), SampleError, "0.csv");
  await writeStreamFiles(store, files, [21]);
  await using loader = createLoader(before, { batchSize: 4 });
  await assertRejects(() => loader[Symbol.asyncIterator]().next(), SampleError);
  await using after = await openDataset(store, "");
  assert(before.fingerprint !== after.fingerprint);
});

Deno.test("shards are had by number by default, and go through without an index where that is said", async () => {
  const store = new MemoryStore();
  await writeStreamFiles(store, kind(".tfrecord"), [5, 5]);
  await assertRejects(() => openDataset(store, ""), Error, "lade index");
  const { ids, stats } = await idsOf(store, kind(".tfrecord"));
  assertEquals(ids, ascending(10));
  assert(stats.reads >= 2 && stats.bytesRead > 0, "reads are counted");
});

Deno.test("rows have the columns of the schema that is said, or else of the first object", async () => {
  const store = new MemoryStore();
  const put = (key: string, text: string) => store.put(key, new TextEncoder().encode(text));
  await put("a.csv", "id,name\n1,one\n2,\n");
  await put("b.csv", "name,id\nthree,3\n");
  const rows = async (options: OpenDatasetOptions = {}) => {
    await using dataset = await openDataset(store, "", options);
    await using loader = createLoader(dataset, { batchSize: 9 });
    for await (const batch of loader) return batch.keep();
    return [];
  };
  assertEquals(await rows(), [
    { id: 1n, name: "one" },
    { id: 2n, name: null },
    { id: 3n, name: "three" },
  ]);
  const schema = { fields: [{ name: "id", type: { kind: "float32" }, nullable: false }] } as const;
  assertEquals(await rows({ schema }), [{ id: 1 }, { id: 2 }, { id: 3 }]);
  await put("c.csv", "id,name\nmany,4\n");
  await assertRejects(() => rows(), SampleError, 'line 2, column "id"');
  await put("d.jsonl", "{}\n");
  await assertRejects(() => rows(), TypeError, 'rows of csv in "a.csv" and rows of jsonl in "d.jsonl"');
  await assertRejects(() => rows({ kind: "rows" }), TypeError, "of two formats");
  await using files = await openDataset(store, "", { kind: "files" });
  assert(isMapDataset(files));
  await assertRejects(() => openDataset(store, "", { kind: "files", schema }), TypeError, "by a schema");
});
