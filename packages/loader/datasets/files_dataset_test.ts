import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MemoryStore, type ObjectMeta } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { ForwardingStore } from "@lade/core/layers";
import { openFileStore } from "@lade/fs";
import { injectFaults } from "@lade/testing";
import { createLoader } from "../loader/create_loader.ts";
import { SampleError } from "../loader/sample_error.ts";
import { filesDataset } from "./files_dataset.ts";

async function filled(): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (let i = 0; i < 20; i++) {
    await store.put(`data/${String(i).padStart(2, "0")}`, new Uint8Array(i).fill(i));
  }
  await store.put("other", new Uint8Array(3));
  await store.put("data/folder/", new Uint8Array(0));
  return store;
}

Deno.test("filesDataset() has each object under a prefix as a sample, empty ones too, and lists once", async () => {
  const store = injectFaults(await filled(), []);
  await using dataset = await filesDataset(store, "data/");
  assertEquals(dataset.length, 20);
  await using loader = createLoader(dataset, { batchSize: 6 });
  for (const _ of [1, 2]) {
    const seen: [string, number, boolean][] = [];
    for await (const { data } of loader) {
      for (const { key, bytes } of data) {
        seen.push([key, bytes.length, bytes.every((byte) => byte === bytes.length)]);
        assertEquals((bytes.byteOffset - 48) % 64, 0);
      }
    }
    assertEquals(seen, Array.from({ length: 20 }, (_, i) => [`data/${String(i).padStart(2, "0")}`, i, true]));
  }
  assertEquals(store.calls.filter(({ operation }) => operation === "list").length, 1);
  // In each epoch one asks for the one that was empty, of which nothing is read.
  assertEquals(store.calls.filter(({ operation }) => operation === "head").map(({ key }) => key), [
    "data/00",
    "data/00",
  ]);
});

Deno.test("filesDataset(): an object that changed since it was listed is an error that names it", async () => {
  const store = await filled();
  await using dataset = await filesDataset(store, "data/");
  await store.put("data/07", new Uint8Array(7));
  await using loader = createLoader(dataset, { batchSize: 5 });
  const error = await assertRejects(async () => {
    for await (const _ of loader);
  }, SampleError);
  assert(error.cause instanceof PreconditionFailedError);
  assertStringIncludes(error.uri, "data/07");
  assertEquals(error.index, 7);
  const random = () => 0;
  const { signal } = new AbortController();
  await assertRejects(() => dataset.get(7, { index: 7, epoch: 0, random, signal }), PreconditionFailedError);
  const sound = await dataset.get(8, { index: 8, epoch: 0, random, signal });
  assertEquals(sound, { key: "data/08", bytes: new Uint8Array(8).fill(8) });
});

/** A store without tags. */
class TaglessStore extends ForwardingStore {
  override async *list(...call: Parameters<ForwardingStore["list"]>): AsyncGenerator<ObjectMeta> {
    for await (const { etag: _etag, ...object } of super.list(...call)) yield object;
  }
}

Deno.test("filesDataset(): where a store has no tags, an object of another size is an error", async () => {
  for (const size of [6, 8]) {
    const plain = await filled();
    await using dataset = await filesDataset(new TaglessStore(plain), "data/");
    await plain.put("data/07", new Uint8Array(size));
    await using loader = createLoader(dataset, { batchSize: 5, onError: "skip" });
    const lost: number[] = [];
    for await (const { skipped } of loader) lost.push(...skipped.map(({ index }) => index));
    assertEquals(lost, [7], `${size} bytes`);
    // Twice in a batch it is asked for by ranges.
    await using twice = createLoader(dataset, { batchSize: 32, remainder: "pad", onError: "skip" });
    for await (const { skipped } of twice) lost.push(...skipped.map(({ index }) => index));
    assertEquals(lost, [7, 7, 7], `${size} bytes`);
    const context = { index: 7, epoch: 0, random: () => 0, signal: new AbortController().signal };
    await assertRejects(() => dataset.get(7, context), TypeError, `it has ${size} bytes`);
  }
});

Deno.test("filesDataset(): other data has another fingerprint", async () => {
  const store = await filled();
  const before = await filesDataset(store, "data/");
  assertEquals((await filesDataset(store, "data/")).fingerprint, before.fingerprint);
  await store.put("data/07", new Uint8Array(7));
  const after = await filesDataset(store, "data/");
  assert(after.fingerprint !== before.fingerprint);
  await store.delete("data/07");
  assertEquals((await filesDataset(store, "data/")).length, 19);
});

Deno.test("filesDataset(): one that was empty when it was listed is held to that, in every order and on every store", async () => {
  const directory = await Deno.makeTempDir();
  try {
    for (
      const inner of [new MemoryStore(), new TaglessStore(new MemoryStore()), await openFileStore(directory)]
    ) {
      await using store = inner;
      for (const shuffle of [false, "full", { block: 4, window: 2, lanes: 2 }] as const) {
        for (let i = 0; i < 12; i++) await store.put(`data/${i}`, new Uint8Array(i % 3));
        await using dataset = await filesDataset(store, "data/");
        await using loader = createLoader(dataset, { batchSize: 5, shuffle, onError: "skip" });
        const epoch = async () => {
          const [keys, skipped]: [string[], string[]] = [[], []];
          for await (const batch of loader) {
            keys.push(...batch.data.map(({ key }) => key));
            skipped.push(...batch.skipped.map(({ uri }) => uri.slice(uri.indexOf("data/"))));
          }
          return [keys.length, skipped.sort()];
        };
        assertEquals(await epoch(), [12, []]);
        await store.put("data/3", new Uint8Array(7));
        await store.delete("data/6");
        assertEquals(await epoch(), [10, ["data/3", "data/6"]]);
      }
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
