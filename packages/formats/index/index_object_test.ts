import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { AlreadyExistsError, NotFoundError, UnsupportedError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import { filesToTar } from "../convert/files_to_tar.ts";
import { FormatError } from "../errors/format_error.ts";
import { createRecordWriter } from "../tfrecord/record_writer.ts";
import { writeSampleIndex } from "../webdataset/mod.ts";
import { checkIndex, indexObject, isIndexed, renewIndex } from "./index_object.ts";

async function withShards(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await using writer = await createRecordWriter(store, "r.tfrecord");
  await writer.writeAll([new Uint8Array(3), new Uint8Array(0)]);
  await writer.close();
  await store.put("in/1.cls", new Uint8Array(1));
  await store.put("in/1.txt", new Uint8Array(2));
  await filesToTar(store, "in/", store, "s.tar", { index: false });
  return store;
}

Deno.test("indexObject() writes what checkIndex() finds current, until the object is another one", async () => {
  await using store = await withShards();
  for (
    const [key, indexKey, count, noun] of [["r.tfrecord", "r.tfrecord.idx", 2, "record"], [
      "s.tar",
      "s.idx",
      1,
      "sample",
    ]] as const
  ) {
    const format = key === "s.tar" ? "tar" : "tfrecord";
    const told = { format, indexKey, count, noun };
    assertEquals<unknown>(await checkIndex(store, key), { ...told, state: "missing" });
    assertEquals<unknown>(await indexObject(store, key), told);
    assertEquals<unknown>(await checkIndex(store, key), { ...told, state: "current" });
  }
  await using writer = await createRecordWriter(store, "r.tfrecord");
  // As many bytes in all, and other records.
  await writer.writeAll([new Uint8Array(0), new Uint8Array(3)]);
  await writer.close();
  const { state, reason } = await checkIndex(store, "r.tfrecord");
  assertEquals([state, reason], ["stale", "it does not lead to the records"]);
});

Deno.test("checkIndex() takes the index of another program under its own name", async () => {
  await using store = await withShards();
  await store.put("r.tfindex", new TextEncoder().encode("0 19\n19 16\n"));
  const { state, indexKey } = await checkIndex(store, "r.tfrecord");
  assertEquals([state, indexKey], ["current", "r.tfindex"]);
});

Deno.test("indexObject() writes nothing of what is damaged, missing or has no index", async () => {
  await using store = await withShards();
  const whole = await new Response((await store.get("r.tfrecord")).body).bytes();
  await store.put("cut.tfrecord", whole.slice(0, -1));
  await store.put("x.csv", new TextEncoder().encode("a\n1\n"));
  await assertRejects(() => indexObject(store, "cut.tfrecord"), FormatError, "record 1");
  await assertRejects(() => indexObject(store, "none.tfrecord"), NotFoundError);
  await assertRejects(() => indexObject(store, "x.csv"), UnsupportedError, "csv has no index beside it");
  const faulty = injectFaults(store, [{
    operation: "close",
    fault: { kind: "throw", error: new Error("no room") },
  }]);
  await assertRejects(() => indexObject(faulty, "r.tfrecord"), Error, "no room");
  assertEquals(faulty.openWriters, 0);
  const keys = (await Array.fromAsync(store.list(""))).map(({ key }) => key);
  assertEquals(keys.filter((key) => key.endsWith(".idx")), []);
  assertEquals([isIndexed("tar"), isIndexed("csv")], [true, false]);
});

Deno.test("an index of a tar archive replaces an index, cut or empty, and nothing else", async () => {
  await using store = await withShards();
  await indexObject(store, "s.tar");
  const { bytes: index } = await getBytes(store, "s.idx");
  const text = (words: string) => new TextEncoder().encode(words);
  for (const stale of [index.slice(0, -5), text("v1.0 3\n"), text("lade-tar-1 0\n"), new Uint8Array(0)]) {
    for (const write of [indexObject, renewIndex]) {
      await store.put("s.idx", stale);
      await write(store, "s.tar");
      assertEquals((await getBytes(store, "s.idx")).bytes, index);
    }
  }
  // The index that DALI's tool makes of s.tfrecord under this name, and what is of another program.
  for (const foreign of [text("0 19\n19 16\n"), text("v1.25"), text("notes\n"), new Uint8Array(100)]) {
    await store.put("s.idx", foreign);
    for (
      const write of [
        () => indexObject(store, "s.tar"),
        () => renewIndex(store, "s.tar"),
        () => writeSampleIndex(store, "s.tar"),
        () => filesToTar(store, "in/", store, "s.tar"),
      ]
    ) {
      await assertRejects(write, AlreadyExistsError, "s.idx");
      assertEquals((await getBytes(store, "s.idx")).bytes, foreign);
    }
  }
  await filesToTar(store, "in/", store, "s.tar", { index: false });
});
