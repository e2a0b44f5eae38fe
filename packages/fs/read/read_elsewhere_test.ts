import { elsewhereOf, type PlaceReader } from "@lade/core/seams";
import { assert, assertEquals } from "@std/assert";
import { openDirectStore, openFileStore } from "../mod.ts";
import type { LocalStore } from "../store/local_store.ts";
import { makeRoot } from "../testing/make_root.ts";

/** What another thread makes of an object: its size and bytes, or nothing. */
async function readThere(store: LocalStore, key: string, etag?: string, [offset, length] = [0, 10]) {
  const way = elsewhereOf(store);
  assert(way);
  const readPlace: PlaceReader = new Function(`return ${way.program}`)();
  const place = way.placeOf(key);
  if (place === undefined) return "not named";
  const target = new Uint8Array(length);
  const tag = etag ?? (await store.head(key)).etag ?? "";
  try {
    const size = readPlace(structuredClone(place), tag, offset, target);
    return size === undefined ? "nothing" : [size, ...target];
  } catch (error) {
    return Error.isError(error) ? error.name : "";
  }
}

const TEN = Uint8Array.from({ length: 10 }, (_, place) => place);

Deno.test("another thread reads what is of the tag that is wanted, by the formula of this one", async () => {
  await using root = await makeRoot();
  root.write("a", TEN);
  root.write("d/b", TEN);
  const store = await openFileStore(root.path);
  assertEquals(await readThere(store, "a"), [10, ...TEN]);
  assertEquals(await readThere(store, "a", undefined, [7, 3]), [10, 7, 8, 9]);
  assertEquals(await readThere(store, "a", undefined, [8, 3]), "nothing");
  assertEquals(await readThere(store, "a", "10-1-1-1"), "nothing");
  const { etag } = await store.head("a");
  root.write("a", TEN.with(0, 9));
  Deno.utimeSync(root.file("a"), new Date(1), new Date(1));
  assertEquals(await readThere(store, "a", etag), "nothing");
  Deno.removeSync(root.file("a"));
  assertEquals(await readThere(store, "a", etag), "NotFound");
  assertEquals(await readThere(store, "d", "0-0-0-0"), "nothing");
});

Deno.test("another thread opens no link, and nothing where links lead out", async () => {
  await using root = await makeRoot();
  await using outside = await makeRoot();
  outside.write("x", TEN);
  root.write("in/a", TEN);
  Deno.symlinkSync(outside.path, root.file("out"));
  Deno.symlinkSync(root.file("in"), root.file("again"));
  Deno.symlinkSync(root.file("in/a"), root.file("link"));
  const store = await openFileStore(root.path);
  const { etag } = await openFileStore(outside.path).then((store) => store.head("x"));
  // Where the root really is has not been found out yet.
  assertEquals(await readThere(store, "in/a", "0"), "not named");
  await store.head("in/a");
  assertEquals(await readThere(store, "in/a"), [10, ...TEN]);
  assertEquals(await readThere(store, "again/a"), [10, ...TEN]);
  assertEquals(await readThere(store, "link"), "nothing");
  assertEquals(await readThere(store, "out/x", etag), "nothing");
  for (const key of ["../x", "a//b", "./a"]) assertEquals(await readThere(store, key, etag), "not named");
  const strict = await openFileStore(root.path, { symlinks: "refuse" });
  await strict.head("in/a");
  assertEquals(await readThere(strict, "in/a"), [10, ...TEN]);
  assertEquals(await readThere(strict, "again/a", (await store.head("again/a")).etag), "nothing");
  const free = await openFileStore(root.path, { symlinks: "follow" });
  assertEquals(await readThere(free, "out/x"), [10, ...TEN]);
});

Deno.test("what is read past the cache is read by no other thread", async () => {
  await using root = await makeRoot();
  const store = await openDirectStore(root.path);
  assertEquals(elsewhereOf(store), undefined);
});

Deno.test({
  name: "without permission to read the root there is no other thread that asks for it",
  permissions: { read: false },
  async fn() {
    const store = await openFileStore("/nowhere");
    assertEquals(elsewhereOf(store), undefined);
  },
});
