import { assertEquals, assertRejects } from "@std/assert";
import {
  NotFoundError,
  type ObjectVersion,
  PreconditionFailedError,
  StoreError,
  UnsupportedError,
} from "@lade/core";
import { conformanceCases, runCase } from "@lade/testing/conformance";
import { pathOf } from "../../packages/azure/client/azure_target.ts";
import type { AzureStore } from "../../packages/azure/store/azure_store.ts";
import type { FakeAzure, FakeAzureOptions } from "../fakes/azure/mod.ts";
import { openFake } from "./open_fake.ts";
import { ScriptedAccount } from "./scripted_account.ts";

async function withStore(
  options: FakeAzureOptions,
  run: (store: AzureStore, fake: FakeAzure) => Promise<void>,
): Promise<void> {
  await using opened = await openFake({ server: options });
  await run(opened.store, opened.fake);
}

const VERSIONED = { settings: { versioning: true } };

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function textOf(store: AzureStore, key: string, version?: string): Promise<string> {
  const { body } = await store.get(key, version === undefined ? {} : { version });
  return await new Response(body).text();
}

/** Makes a snapshot, and gives what it is called. */
async function snapshot({ target }: AzureStore, key: string): Promise<string> {
  const { headers } = await target.client.send({
    method: "PUT",
    path: pathOf(target, key),
    query: { comp: "snapshot" },
    kind: "write",
    call: { operation: "take a snapshot of", uri: target.uri },
  });
  return `snapshot=${headers.get("x-ms-snapshot")}`;
}

async function listed(store: AzureStore, prefix = ""): Promise<ObjectVersion[]> {
  return await Array.fromAsync(store.listVersions(prefix));
}

const PROMOTED = "the service brings no earlier version back when the latest is deleted";
const NOT_HERE: Readonly<Record<string, string>> = {
  "delete() of the latest version makes the one before it the latest": PROMOTED,
  "deleteMany() with version removes those versions for good, and tells them": PROMOTED,
};
for (const one of conformanceCases.filter(({ needs }) => needs?.includes("versions"))) {
  for (const versioning of [true, false]) {
    const name = `an account with${versioning ? "" : "out"} versions: ${one.name}`;
    const ignore = versioning && one.name in NOT_HERE;
    Deno.test({
      name,
      ignore,
      fn: () => withStore({ settings: { versioning } }, (store) => runCase(one, { store, partSize: 1024 })),
    });
  }
}

Deno.test("the first answer that names a version shows that the account keeps them, a write without one that it does not", async () => {
  await withStore(VERSIONED, async (store, fake) => {
    assertEquals(store.capabilities.versions, "unknown");
    await store.head("missing").catch(() => {});
    assertEquals(store.capabilities.versions, "unknown");
    fake.putBlob("container", "key", "value");
    await store.head("key");
    assertEquals(store.capabilities.versions, true);
  });
  await withStore({}, async (store, fake) => {
    await store.put("key", bytesOf("value"));
    assertEquals(store.capabilities.versions, false);
    fake.account.versioning = true;
    const { version } = await store.put("key", bytesOf("other"));
    assertEquals(store.capabilities.versions, true);
    assertEquals(await textOf(store, "key", version), "other");
  });
});

Deno.test("listVersions() gives versions and snapshots of an object together, the latest first, over several pages", async () => {
  await withStore({ ...VERSIONED, maxPageSize: 2 }, async (store) => {
    const made: string[] = [];
    const write = async (key: string, text: string) =>
      made.push((await store.put(key, bytesOf(text))).version ?? "");
    await write("a", "1");
    await write("a", "22");
    made.push(await snapshot(store, "a"));
    await write("a", "333");
    await write("a/b", "4");
    await write("b", "5");
    const versions = await listed(store);
    const [first = "", second = "", taken = "", third = "", below = "", last = ""] = made;
    assertEquals(versions.map(({ key, version }) => [key, version]), [
      ["a", third],
      ["a", taken],
      ["a", second],
      ["a", first],
      ["a/b", below],
      ["b", last],
    ]);
    assertEquals(versions.map(({ isLatest }) => isLatest), [true, false, false, false, true, true]);
    assertEquals(versions.map(({ size }) => size), [3, 2, 2, 1, 1, 1]);
    const level = await Array.fromAsync(store.listVersionsWithDelimiter());
    assertEquals(level.map((entry) => "prefix" in entry ? entry.prefix : entry.key), [
      "a",
      "a",
      "a",
      "a",
      "a/",
      "b",
    ]);
    assertEquals((await listed(store, "b")).map(({ version }) => version), [last]);
  });
});

Deno.test("snapshots are read, described, copied and deleted by name, where no versions are kept too", async () => {
  for (const settings of [{}, VERSIONED.settings]) {
    await withStore({ settings }, async (store) => {
      await store.put("key", bytesOf("old"), { metadata: { a: "b" }, tags: { c: "d" } });
      const version = await snapshot(store, "key");
      await store.put("key", bytesOf("newer"));
      assertEquals([await textOf(store, "key", version), await textOf(store, "key")], ["old", "newer"]);
      const { size, metadata } = await store.head("key", { version });
      assertEquals([size, metadata], [3, { a: "b" }]);
      await store.copy("key", "copy", { sourceVersion: version });
      assertEquals([await textOf(store, "copy"), await store.getTags("copy")], ["old", { c: "d" }]);
      const restored = await store.copy("key", "key", { sourceVersion: version });
      assertEquals([restored.size, await textOf(store, "key")], [3, "old"]);
      await assertRejects(() => store.delete("key"), StoreError, "snapshots");
      await store.delete("key", { version });
      await store.delete("key", { version });
      await assertRejects(() => store.get("key", { version }), NotFoundError);
      await store.delete("key");
      await assertRejects(() => store.get("key"), NotFoundError);
    });
  }
});

Deno.test("listVersions() where no versions are kept gives the objects that have snapshots, and refuses without any", async () => {
  await withStore({}, async (store) => {
    for (const key of ["a", "b", "c"]) await store.put(key, bytesOf(key));
    await assertRejects(
      () => listed(store),
      UnsupportedError,
      "keeps no versions, and there are no snapshots",
    );
    const version = await snapshot(store, "b");
    assertEquals((await listed(store)).map(({ key, version }) => [key, version]), [["b", "null"], [
      "b",
      version,
    ]]);
    const [result] = await Array.fromAsync(store.deleteMany([{ key: "b", version }]));
    assertEquals([result?.version, result?.error], [version, undefined]);
  });
});

Deno.test("an object of the time before versions has the version null, which is read, copied and deleted", async () => {
  await withStore({}, async (store, fake) => {
    fake.putBlob("container", "key", "old");
    fake.account.versioning = true;
    assertEquals((await listed(store)).map(({ version, isLatest }) => [version, isLatest]), [["null", true]]);
    assertEquals(await textOf(store, "key", "null"), "old");
    await store.copy("key", "copy", { sourceVersion: "null" });
    assertEquals(await textOf(store, "copy"), "old");
    await store.put("key", bytesOf("new"));
    for (
      const call of [
        () => store.get("key", { version: "null" }),
        () => store.head("key", { version: "null" }),
      ]
    ) {
      await assertRejects(call, NotFoundError, "no such version");
    }
    // It is an earlier version now, of another name.
    await store.delete("key", { version: "null" });
    assertEquals(await textOf(store, "key"), "new");
    fake.account.versioning = false;
    fake.putBlob("container", "other", "old");
    fake.account.versioning = true;
    fake.faults.add({
      match: { operation: "DeleteBlob" },
      action: { kind: "before", run: () => void fake.putBlob("container", "other", "newer") },
    });
    await assertRejects(() => store.delete("other", { version: "null" }), PreconditionFailedError);
    assertEquals(await textOf(store, "other"), "newer");
    fake.account.versioning = false;
    fake.putBlob("container", "third", "old");
    fake.account.versioning = true;
    await store.delete("third", { version: "null" });
    await assertRejects(() => store.get("third"), NotFoundError);
    await store.delete("third", { version: "null" });
  });
});

Deno.test("delete() of the latest version goes by two steps, and takes no newer one", async () => {
  await withStore(VERSIONED, async (store, fake) => {
    const { version: first = "" } = await store.put("key", bytesOf("1"));
    const { version = "", etag = "" } = await store.put("key", bytesOf("2"));
    await store.delete("key", { version, ifMatch: etag });
    await assertRejects(() => store.get("key"), NotFoundError);
    assertEquals((await listed(store)).map((each) => [each.version, each.isLatest]), [[first, false]]);
    const { version: third = "" } = await store.put("key", bytesOf("3"));
    fake.faults.add({
      match: { operation: "DeleteBlob", nth: 2 },
      action: { kind: "before", run: () => void fake.putBlob("container", "key", "4") },
    });
    await assertRejects(() => store.delete("key", { version: third }), PreconditionFailedError);
    assertEquals(await textOf(store, "key"), "4");
  });
});

Deno.test("a snapshot is known by its name, whatever version its answer names", async () => {
  const headers = {
    etag: '"1"',
    "last-modified": "Sat, 28 Nov 2026 08:00:00 GMT",
    "x-ms-version-id": "another",
  };
  await using account = new ScriptedAccount(() => ({ status: 200, headers, body: "taken" }));
  await using store = account.open("box");
  const { body } = await store.get("key", { version: "snapshot=2026-11-28T08:00:00.0000000Z" });
  assertEquals(await new Response(body).text(), "taken");
});

Deno.test("a service that passes over the version is told so, and gives nothing in its place", async () => {
  const headers = { etag: '"1"', "last-modified": "Sat, 28 Nov 2026 08:00:00 GMT" };
  await using account = new ScriptedAccount(() => ({ status: 200, headers, body: "current" }));
  await using store = account.open("box");
  const version = "2026-11-28T08:00:00.0000000Z";
  await assertRejects(() => store.get("key", { version }), UnsupportedError, "does not answer with version");
  await assertRejects(() => store.head("key", { version }), UnsupportedError);
});

Deno.test("deleteMany() of earlier versions leaves the latest ones", async () => {
  await withStore(VERSIONED, async (store) => {
    const earlier = [];
    for (const key of ["a", "b", "c"]) {
      const { version = "" } = await store.put(key, bytesOf("1"));
      await store.put(key, bytesOf("22"));
      earlier.push({ key, version });
    }
    const results = await Array.fromAsync(store.deleteMany(earlier));
    assertEquals(results.filter(({ error }) => error), []);
    const left = (await listed(store)).map(({ key, size, isLatest }) => [key, size, isLatest]);
    assertEquals(left, [["a", 2, true], ["b", 2, true], ["c", 2, true]]);
  });
});
