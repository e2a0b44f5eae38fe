import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { createStoreContext } from "@lade/core/backend";
import { TarWriter } from "@lade/formats/tar";
import { createLoader, openDataset, pipedStream, SampleError } from "@lade/loader";

/** Shards of which the second alone has captions. */
async function shards(): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const shard of [0, 1, 2]) {
    await using writer = await TarWriter.create(store, `s/${shard}.tar`);
    for (const id of [0, 1]) {
      await writer.add({ name: `${shard}${id}.JPG` }, new Uint8Array([id]));
      if (shard === 1) await writer.add({ name: `${shard}${id}.txt` }, new Uint8Array([id]));
    }
    await writer.close();
  }
  return store;
}

async function namesOf(store: MemoryStore, fields: readonly string[], index: boolean): Promise<string[]> {
  await using dataset = await openDataset(store, "s/", { fields, index });
  await using loader = createLoader<unknown>(dataset, { batchSize: 4 });
  const names: string[] = [];
  for await (const { data } of loader) {
    for (const sample of data) {
      const { key, fields } = sample as { key: string; fields: Record<string, Uint8Array> };
      names.push(`${key} ${Object.keys(fields)}`);
    }
  }
  return names;
}

Deno.test("a field that no sample has is refused, by number and in streams, with those that there are", async () => {
  await using store = await shards();
  for (const index of [true, false]) {
    for (const fields of [["jpgg"], ["jpg", "jpgg"]]) {
      await assertRejects(
        () => namesOf(store, fields, index),
        index ? TypeError : SampleError,
        index
          ? 'no field is called "jpgg"; there are: jpg, txt'
          : 'no field is called "jpgg"; there are: jpg',
      );
    }
  }
});

Deno.test("fields are chosen in any case, and one that some samples have is no fault", async () => {
  await using store = await shards();
  for (const index of [true, false]) {
    assertEquals((await namesOf(store, ["JPG"], index)).filter((name) => name.endsWith(" jpg")).length, 6);
    assertEquals((await namesOf(store, ["txt"], index)).filter((name) => name.endsWith(" txt")).length, 2);
  }
});

Deno.test("a field that no sample of a pipe has is an error behind the last one", async () => {
  await using store = await shards();
  const { bytes } = await getBytes(store, "s/0.tar");
  await using dataset = await pipedStream({
    read: async function* () {
      yield await Promise.resolve(bytes);
    },
    uri: "standard input",
    kind: "samples",
    fields: ["txt"],
    context: createStoreContext(),
  });
  await using loader = createLoader<unknown>(dataset);
  await assertRejects(() => Array.fromAsync(loader), SampleError, 'no field is called "txt"');
});
