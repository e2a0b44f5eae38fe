import { assert, assertEquals, assertRejects } from "@std/assert";
import { type CommonPrefix, NotFoundError, type ObjectVersion } from "@lade/core";
import type { FakeGcsOptions } from "../fakes/gcs/mod.ts";
import { openFake } from "./open_fake.ts";

const VERSIONED: FakeGcsOptions = { settings: { versioning: true } };
const bytes = (text: string) => new TextEncoder().encode(text);

/** What is listed, with the first of the sizes of generations: `a 3! a 2` are the live one and one before. */
function told(listed: readonly (ObjectVersion | CommonPrefix)[]): string {
  return listed.map((one) =>
    "prefix" in one ? one.prefix : `${one.key} ${one.size}${one.isLatest ? "!" : ""}`
  )
    .join(", ");
}

for (const maxPageSize of [1, 2, 3, 1000]) {
  Deno.test(`listVersions() has the newest of a key first, in pages of ${maxPageSize}`, async () => {
    await using opened = await openFake({ server: { ...VERSIONED, maxPageSize } });
    const { store } = opened;
    for (const [key, size] of [["a", 1], ["b/x", 1], ["a", 2], ["b/y", 7], ["c", 1], ["a", 3]] as const) {
      await store.put(key, new Uint8Array(size));
    }
    await store.delete("c");
    assertEquals(store.capabilities.versions, "unknown");
    const all = await Array.fromAsync(store.listVersions());
    assertEquals(store.capabilities.versions, true);
    assertEquals(told(all), "a 3!, a 2, a 1, b/x 1!, b/y 7!, c 1");
    assert(all.every((one) => "version" in one && one.etag === one.version && !one.isDeleteMarker));
    assertEquals(told(await Array.fromAsync(store.listVersionsWithDelimiter())), "a 3!, a 2, a 1, b/, c 1");
    assertEquals(told(await Array.fromAsync(store.listVersions("b/y"))), "b/y 7!");
  });
}

Deno.test("a version is read, copied and deleted for good; the one before it does not come back by itself", async () => {
  await using opened = await openFake({ server: VERSIONED });
  const { store } = opened;
  const { version: one = "" } = await store.put("key", bytes("one"));
  const { version: two = "" } = await store.put("key", bytes("two!"));
  assertEquals((await store.head("key", { version: one })).size, 3);
  await store.copy("key", "back", { sourceVersion: one });
  assertEquals((await store.head("back")).size, 3);
  await store.delete("key", { version: two });
  await assertRejects(() => store.head("key"), NotFoundError, "no such object");
  assertEquals(told(await Array.fromAsync(store.listVersions("key"))), "key 3");
  await store.delete("key", { version: two });
  await store.delete("key", { version: one });
  assertEquals(await Array.fromAsync(store.listVersions("key")), []);
});

Deno.test("what is deleted for a while only is not listed, neither as an object nor as a version", async () => {
  await using opened = await openFake();
  const { store } = opened;
  await store.put("key", bytes("one"));
  await store.put("key", bytes("two"));
  await store.delete("key");
  assertEquals(await Array.fromAsync(store.list()), []);
  assertEquals(await Array.fromAsync(store.listVersions()), []);
});
