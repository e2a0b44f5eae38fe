import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { crc32c } from "@lade/codec/checksum";
import { getBytes, MemoryStore } from "@lade/core";
import { NotFoundError, PermissionDeniedError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import { FormatError, StaleIndexError } from "../errors/format_error.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { putRecords } from "../testing/gather_records.ts";
import { SparseStore } from "../testing/sparse_store.ts";
import { indexKeysOf, indexObjects, readIndex, writeIndex } from "./index_file.ts";
import { RecordIndex } from "./record_index.ts";
import { openRecords } from "./record_file.ts";
import { writeFoot, writeHead } from "./record_frame.ts";

const RECORDS = Array.from({ length: 20 }, (_, index) => new Uint8Array(index * 5).fill(index));

async function indexed(records: readonly Uint8Array[] = RECORDS): Promise<MemoryStore> {
  const store = new MemoryStore();
  await putRecords(store, "a.tfrecord", records);
  await indexObjects(store, ["a.tfrecord"]);
  return store;
}

Deno.test("openRecords: records in any order, twice too, and spans of them", async () => {
  await using store = await indexed();
  const file = await openRecords(store, "a.tfrecord");
  assertEquals(file.length, 20);
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(19), { maxLength: 30 }), async (wanted) => {
    assertEquals(await file.read(wanted), wanted.map((record) => RECORDS[record] ?? new Uint8Array(1)));
  }));
  const seen: Uint8Array[] = [];
  let first: number | undefined;
  for await (const batch of file.batches({ from: 3, to: 17 })) {
    first ??= batch.first;
    for (const record of batch) seen.push(record.slice());
  }
  assertEquals([first, seen], [3, RECORDS.slice(3, 17)]);
  for await (const _ of file.batches({ from: 20 })) throw new Error("there is none");
  await assertRejects(() => file.read([20]), RangeError, "Cannot find record 20: there are 20");
  await assertRejects(
    async () => {
      for await (const _ of file.batches({ from: 3, to: 21 }));
    },
    RangeError,
    "there are 20",
  );
});

Deno.test("openRecords: a record of 10 GB costs the start, the index and one range", async () => {
  const length = 2 ** 20;
  const count = 10_000;
  const frame = new Uint8Array(length + 16);
  writeHead(frame, 0, length);
  writeFoot(frame, length + 12, crc32c(frame.subarray(12, length + 12)));
  const offset = 7000 * frame.length;
  await using store = new SparseStore({
    "k": { size: count * frame.length, pieces: [{ offset, bytes: frame }], byteAt: () => 0 },
  });
  const bounds = Float64Array.from({ length: count + 1 }, (_, record) => record * frame.length);
  await writeIndex(store, "k.idx", new RecordIndex(bounds));
  const file = await openRecords(store, "k");
  assertEquals(await file.read([7000]), [new Uint8Array(length)]);
  assertEquals(store.ranges, [{ offset: 0, length: 65_536 }, { offset, length: frame.length }]);
});

Deno.test("openRecords: records near one another are one request", async () => {
  await using inner = await indexed(Array.from({ length: 1000 }, () => new Uint8Array(1000)));
  await using store = injectFaults(inner, []);
  const file = await openRecords(store, "a.tfrecord");
  const gets = () => store.calls.filter(({ operation }) => operation === "get").length;
  const before = gets();
  await file.read([500, 501, 502, 900, 503, 899]);
  assertEquals(gets() - before, 2);
});

Deno.test("openRecords: an index that is not of the object is stale, and the error names what renews it", async () => {
  await using store = await indexed();
  await putRecords(store, "a.tfrecord", RECORDS.slice(1));
  const error = await assertRejects(
    () => openRecords(store, "a.tfrecord"),
    StaleIndexError,
    "its records end at byte",
  );
  assertEquals(error.advice, `lade index ${store.uri}/a.tfrecord renews it`);
  // As long as before, and cut otherwise.
  await putRecords(store, "a.tfrecord", [new Uint8Array(5), new Uint8Array(0), ...RECORDS.slice(2)]);
  const file = await openRecords(store, "a.tfrecord");
  await assertRejects(() => file.read([0]), StaleIndexError, "record 0 has 5 bytes, and 0 by the index");
  await assertRejects(() => file.read([1]), FormatError, "where the index is another object's, lade index");
  await store.put("a.tfrecord.idx", new TextEncoder().encode("0 x\n"));
  await assertRejects(() => openRecords(store, "a.tfrecord"), StaleIndexError, 'line 1 is not "offset size"');
});

Deno.test("openRecords: without an index it says how to make one, or finds the records itself", async () => {
  await using store = new MemoryStore();
  await putRecords(store, "k", RECORDS);
  await assertRejects(() => openRecords(store, "k"), FormatError, `lade index ${store.uri}/k makes one`);
  const file = await openRecords(store, "k", { index: "build" });
  assertEquals(await file.read([19]), [RECORDS[19] ?? new Uint8Array(0)]);
  await assertRejects(() => openRecords(store, "k", { index: { key: "elsewhere" } }), NotFoundError);
  await putRecords(store, "k", RECORDS.slice(5));
  await assertRejects(() => openRecords(store, "k", { index: file.index }), StaleIndexError);
});

Deno.test("readIndex: names of DALI and of PyPI's tfrecord are found", async () => {
  assertEquals(indexKeysOf("d/a.tfrecord"), [
    "d/a.tfrecord.idx",
    "d/a.idx",
    "d/a.tfindex",
    "d/a.tfrecord.tfindex",
  ]);
  assertEquals(indexKeysOf("d/a-00000-of-00002"), ["d/a-00000-of-00002.idx", "d/a-00000-of-00002.tfindex"]);
  for (const key of indexKeysOf("a.tfrecord")) {
    await using store = new MemoryStore();
    assertEquals(await readIndex(store, "a.tfrecord", 159), undefined);
    await store.put(key, new TextEncoder().encode("0 109\n109 50\n"));
    const found = await readIndex(store, "a.tfrecord", 159);
    assertEquals([found?.key, found?.index.length], [key, 2]);
  }
});

Deno.test("RecordFile: damage of a record that is read by number is found", async () => {
  await using sound = await indexed(RECORDS.slice(0, 4));
  const { bounds } = (await openRecords(sound, "a.tfrecord")).index;
  const { bytes } = await getBytes(sound, "a.tfrecord");
  await assertDamageIsFound(bytes, {
    read: async (store, key) => {
      const file = await openRecords(store, key, { index: new RecordIndex(bounds) });
      await file.read([0, 1, 2, 3]);
    },
  });
});

Deno.test("indexObjects: many at once; the first failure ends all", async () => {
  await using store = new MemoryStore();
  const keys = Array.from({ length: 12 }, (_, index) => `s/${index}`);
  for (const key of keys) await putRecords(store, key, RECORDS);
  const made: string[] = [];
  await indexObjects(store, keys, {
    onIndex: ({ of, key, index }) => made.push(`${of} ${key} ${index.length}`),
  });
  assertEquals(made.sort(), keys.map((key) => `${key} ${key}.idx 20`).sort());
  await store.put("s/5", new Uint8Array(20));
  await assertRejects(() => indexObjects(store, keys), FormatError, "s/5");
});

Deno.test("an index that may not be read is none where it is not needed; else the refusal is told, after all names", async () => {
  await using below = await indexed();
  const refusing = (keys: readonly string[]) =>
    injectFaults(
      below,
      keys.map((key) => {
        const error = new PermissionDeniedError({ operation: "get", uri: key, detail: "access denied" });
        return { operation: "get", key, fault: { kind: "throw", error } };
      }),
    );
  const all = refusing(indexKeysOf("a.tfrecord"));
  await assertRejects(() => openRecords(all, "a.tfrecord"), PermissionDeniedError, '"a.tfrecord.idx"');
  assertEquals((await openRecords(all, "a.tfrecord", { index: "build" })).length, 20);
  const { bytes } = await getBytes(below, "a.tfrecord.idx");
  await below.put("a.idx", bytes);
  assertEquals((await openRecords(refusing(["a.tfrecord.idx"]), "a.tfrecord")).length, 20);
});
