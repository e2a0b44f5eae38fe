import { assertEquals, assertRejects } from "@std/assert";
import { compareKeys, MemoryStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import fc from "fast-check";
import { ObjectTable } from "../datasets/object_table.ts";
import { createLoader } from "../loader/create_loader.ts";
import { SampleError } from "../loader/sample_error.ts";
import { writeManifest } from "../manifest/manifest.ts";
import { epoch } from "../testing/range_dataset.ts";
import { SAMPLE_FILES } from "../testing/sample_files.ts";
import { compareManifest, compareObjects, isCurrent } from "./compare_manifest.ts";
import { openByNumber } from "../testing/open_by_number.ts";
import { listDataset, openDataset } from "./open_dataset.ts";

Deno.test("compareObjects() counts what came, went and changed, whatever the keys", async () => {
  const objects = fc.uniqueArray(
    fc.record({
      key: fc.string({
        minLength: 1,
        maxLength: 2,
        unit: fc.constantFrom("a", "b", "\t", "é", "\ufffd", "😀"),
      }),
      size: fc.nat(2),
    }),
    { selector: ({ key }) => key },
  );
  await fc.assert(fc.asyncProperty(objects, objects, async (before, now) => {
    const sorted = (all: typeof before) => all.toSorted((a, b) => compareKeys(a.key, b.key));
    const [old, new_] = [sorted(before), sorted(now)];
    const table = await ObjectTable.of(old.map((object) => ({ ...object, lastModified: new Date(0) })));
    const { examples, ...counts } = await compareObjects(table, new_);
    const sizes = new Map(old.map(({ key, size }) => [key, size]));
    const keys = new Set(new_.map(({ key }) => key));
    assertEquals(counts, {
      added: new_.filter(({ key }) => !sizes.has(key)).length,
      gone: old.filter(({ key }) => !keys.has(key)).length,
      changed: new_.filter(({ key, size }) => sizes.has(key) && sizes.get(key) !== size).length,
    });
    assertEquals(examples.gone, old.find(({ key }) => !keys.has(key))?.key);
  }));
});

Deno.test("compareManifest() takes one listing, and sees what a manifest hides", async () => {
  await using store = new MemoryStore();
  for (const name of ["a", "b", "c"]) await store.put(`p/${name}`, new Uint8Array(1));
  const listed = await listDataset(store, "p/");
  await writeManifest(store, "p/", listed);
  const counting = injectFaults(store, []);
  const compare = () => compareManifest(counting, "p/", listed.objects);
  assertEquals(isCurrent(await compare()), true);
  assertEquals(counting.calls.map(({ operation }) => operation), ["list"]);
  await store.put("p/bb", new Uint8Array(1));
  await store.put("p/a.idx", new Uint8Array(1));
  await store.put("p/c", new Uint8Array(2));
  await store.delete("p/a");
  const examples = { added: "p/bb", gone: "p/a", changed: "p/c" };
  assertEquals(await compare(), { added: 1, gone: 1, changed: 1, examples });
  // Whoever opens the prefix lists nothing, and sees what the manifest names.
  await using opened = await openByNumber(counting, "p/");
  assertEquals([opened.length, counting.calls.filter(({ operation }) => operation === "list").length], [
    3,
    2,
  ]);
});

for (const { name, write } of SAMPLE_FILES) {
  Deno.test(`${name}: what a manifest names and is gone is an error that says what lists anew`, async () => {
    await using store = new MemoryStore();
    await write(store, 40);
    const listed = await Array.fromAsync(store.list(""));
    const prefix = /^.*?\//.exec(listed[0]?.key ?? "")?.[0] ?? "";
    const manifest = await listDataset(store, prefix);
    await writeManifest(store, prefix, manifest);
    const { key } = manifest.objects.at(1);
    await store.delete(key);
    const words = `and the manifest names it; lade loader index ${store.uri}`;
    const load = async () => {
      await using dataset = await openDataset(store, prefix);
      await using loader = createLoader(dataset, { batchSize: 8 });
      await epoch(loader);
    };
    const error = await assertRejects(load, Error, words);
    assertEquals(error instanceof SampleError || error instanceof NotFoundError, true);
    if (name !== "files") return;
    await store.put(key, new Uint8Array(100));
    await assertRejects(load, SampleError, words);
    // Without a manifest nothing of it is said.
    await using listing = await openDataset(store, prefix, { manifest: false });
    await store.delete(key);
    await using loader = createLoader(listing, { batchSize: 8 });
    const plain = await assertRejects(() => epoch(loader), SampleError);
    assertEquals(plain.message.includes("manifest"), false);
  });
}
