import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { listDataset, openDataset, writeManifest } from "@lade/loader";
import { openByNumber } from "../testing/open_by_number.ts";
import { SAMPLE_FILES } from "../testing/sample_files.ts";

/** A store with some samples of a kind, and where they lie. */
async function storeWith(name: string): Promise<{ store: MemoryStore; prefix: string }> {
  const store = new MemoryStore();
  await SAMPLE_FILES.find((files) => files.name === name)?.write(store, 40);
  for await (const { key } of store.list("")) return { store, prefix: key.slice(0, key.indexOf("/") + 1) };
  throw new TypeError(`there are no ${name}`);
}

for (const { name, idOf } of SAMPLE_FILES) {
  Deno.test(`openDataset: ${name} are told by the names of objects, and by a manifest`, async () => {
    const { store, prefix } = await storeWith(name);
    await using listed = await openByNumber(store, prefix);
    assertEquals(listed.length, 40);
    const context = { index: 17, epoch: 0, random: () => 0, signal: new AbortController().signal };
    const ids = new Set<number>();
    for (let index = 0; index < 40; index++) ids.add(idOf(await listed.get(index, { ...context, index })));
    assertEquals(ids.size, 40);
    await writeManifest(store, prefix, await listDataset(store, prefix));
    await using manifested = await openByNumber(store, prefix);
    assertEquals(manifested.fingerprint, listed.fingerprint);
  });
}

for (const { name, write } of SAMPLE_FILES) {
  Deno.test(`openDataset: ${name} that a manifest names are held to it, size and tag`, async () => {
    const { store, prefix } = await storeWith(name);
    await writeManifest(store, prefix, await listDataset(store, prefix));
    const { key } = (await listDataset(store, prefix)).objects.at(0);
    const { bytes } = await getBytes(store, key);
    const firstOf = async () => {
      await using dataset = await openByNumber(store, prefix);
      const signal = new AbortController().signal;
      await dataset.get(0, { index: 0, epoch: 0, random: () => 0, signal });
    };
    await firstOf();
    // The same bytes are another object, as the store tells.
    await store.put(key, bytes);
    const tagged = await assertRejects(firstOf, PreconditionFailedError);
    assertEquals(tagged.message.includes("the etag is"), true);
    await write(store, 80);
    await assertRejects(firstOf, PreconditionFailedError);
  });
}

Deno.test("openDataset: marks that writers of tables leave are no samples", async () => {
  const { store, prefix } = await storeWith("parquet rows");
  for (const mark of ["_SUCCESS", "_metadata", ".0.parquet.crc"]) {
    await store.put(prefix + mark, new Uint8Array(3));
  }
  assertEquals((await openByNumber(store, prefix)).length, 40);
  const tensors = await storeWith("safetensors rows");
  await tensors.store.put(`${tensors.prefix}model.safetensors.index.json`, new TextEncoder().encode("{}"));
  assertEquals((await openByNumber(tensors.store, tensors.prefix)).length, 40);
});

Deno.test("openDataset: rows of two formats, and rows beside other objects, are refused until it is said", async () => {
  const { store, prefix } = await storeWith("parquet rows");
  await SAMPLE_FILES.find(({ name }) => name === "arrow rows")?.write(store, 40);
  await assertRejects(
    () => openDataset(store, ""),
    TypeError,
    'there are rows of arrow in "arrow/0.arrow" and rows of parquet in "parquet/0.parquet"; say kind',
  );
  await assertRejects(
    () => openDataset(store, "", { kind: "rows" }),
    TypeError,
    'there are arrow in "memory://memory/arrow/0.arrow" and parquet in "memory://memory/parquet/0.parquet"',
  );
  assertEquals((await openByNumber(store, "", { kind: "files" })).length, 6);
  await store.put(`${prefix}readme.txt`, new Uint8Array(1));
  await assertRejects(() => openDataset(store, prefix), TypeError, "files in");
});

Deno.test("openDataset: what a format has not is refused, with what there is", async () => {
  const parquet = await storeWith("parquet rows");
  await assertRejects(
    () => openDataset(parquet.store, parquet.prefix, { kind: "arrays" }),
    TypeError,
    'parquet files are no arrays; say kind (--kind) "rows" or "batches"',
  );
  const npy = await storeWith("npy rows");
  await assertRejects(
    () => openDataset(npy.store, npy.prefix, { kind: "batches" }),
    TypeError,
    "npy files have no batches of rows",
  );
  await assertRejects(() => openDataset(npy.store, npy.prefix, { fields: ["a"] }), TypeError, "no fields");
  const files = await storeWith("files");
  await assertRejects(
    () => openDataset(files.store, files.prefix, { fields: ["a"] }),
    TypeError,
    "with fields: files have none",
  );
  await files.store.put("x/a.csv", new TextEncoder().encode("a,b\n1,2\n"));
  await assertRejects(
    () => openDataset(files.store, "x/", { kind: "batches" }),
    TypeError,
    'say kind (--kind) "files" for whole objects',
  );
});

Deno.test("openDataset: where a name says nothing, the bytes say what rows there are", async () => {
  const { store, prefix } = await storeWith("parquet rows");
  const { body } = await store.get(`${prefix}0.parquet`);
  await store.put("plain", new Uint8Array(await new Response(body).arrayBuffer()));
  assertEquals((await openByNumber(store, "plain")).length, 1);
  assertEquals((await openByNumber(store, "plain", { kind: "rows" })).length, 16);
  await using batches = await openByNumber(store, "plain", { kind: "batches", fields: ["id"] });
  assertEquals([batches.length, batches.table?.schema.fields.map(({ name }) => name)], [4, ["id"]]);
});

Deno.test("openDataset: an option that there is not is refused, with those that there are", async () => {
  const { store, prefix } = await storeWith("webdataset");
  for (
    const [options, words] of [
      [{ feilds: ["bin"] }, 'with "feilds": it takes kind, fields, index'],
      [{ kind: "file" }, 'of kind "file": it is one of files, '],
      [{ fields: "bin" }, 'with fields "bin": a list of names is needed'],
      [{ fields: [] }, "with fields []: a list of names is needed, or none for all"],
    ] as const
  ) {
    await assertRejects(() => openDataset(store, prefix, options as never), TypeError, words);
  }
});
