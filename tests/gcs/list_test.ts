import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type CommonPrefix,
  NotFoundError,
  type ObjectMeta,
  PermissionDeniedError,
  ServiceError,
} from "@lade/core";
import type { FakeGcs } from "../fakes/gcs/mod.ts";
import { bearer, openBucket, openFake } from "./open_fake.ts";

function names(listed: readonly (ObjectMeta | CommonPrefix)[]): string[] {
  return listed.map((entry) => "prefix" in entry ? entry.prefix : entry.key);
}

/** What the listings of a fake were asked for since it was last looked at, but for the fields. */
function asked({ requests }: FakeGcs): Record<string, string>[] {
  return requests.splice(0).map(({ query: { fields: _, ...query } }) => query);
}

function putAll(fake: FakeGcs, keys: readonly string[]): void {
  for (const key of keys) fake.putObject("bucket", key, key);
}

Deno.test("list() tells of each object what a listing has, and asks for no more", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const { crc32c, generation, md5 = "", updated } = fake.putObject("bucket", "a", "1", {
    storageClass: "COLDLINE",
    metadata: new Map([["a", "b"]]),
  });
  const [entry] = await Array.fromAsync(store.list());
  const checksums = { crc32c, md5 };
  const lastModified = new Date(updated);
  const [etag, version] = [generation, generation];
  assertEquals(entry, {
    key: "a",
    size: 1,
    lastModified,
    etag,
    version,
    storageClass: "COLDLINE",
    checksums,
  });
  const { fields = "" } = fake.requests[0]?.query ?? {};
  assertStringIncludes(fields, "crc32c");
  assertEquals(/metadata|acl|owner|mediaLink/.test(fields), false, fields);
});

Deno.test("list() begins where it is to, in the order of UTF-8, over pages", async () => {
  await using opened = await openFake({ server: { maxPageSize: 2 } });
  const { fake, store } = opened;
  const keys = ["A", "a", "a/", "a/b", "a0", "z", "é", "\ue000", "\uffff", "😀"];
  putAll(fake, keys.toReversed());
  assertEquals(names(await Array.fromAsync(store.list())), keys);
  asked(fake);
  for (const startAfter of [...keys, "a/a", "0", "~"]) {
    const after = keys.filter((key) =>
      new TextEncoder().encode(key).toHex() > new TextEncoder().encode(startAfter).toHex()
    );
    assertEquals(names(await Array.fromAsync(store.list("", { startAfter }))), after, startAfter);
    assertEquals(asked(fake)[0], { startOffset: startAfter });
  }
  assertEquals(names(await Array.fromAsync(store.list("a/", { startAfter: "a/" }))), ["a/b"]);
  assertEquals(names(await Array.fromAsync(store.list("a", { startAfter: "b" }))), []);
});

Deno.test("listWithDelimiter() folds, also what ends in a slash, and begins behind a fold", async () => {
  await using opened = await openFake({ server: { maxPageSize: 2 } });
  const { fake, store } = opened;
  putAll(fake, ["a", "b/", "b/c", "b/c/", "b/c/d", "b0", "c//e"]);
  const level = async (prefix: string, startAfter?: string) =>
    names(
      await Array.fromAsync(store.listWithDelimiter(prefix, startAfter === undefined ? {} : { startAfter })),
    );
  assertEquals(await level(""), ["a", "b/", "b0", "c/"]);
  assertEquals(await level("b/"), ["b/", "b/c", "b/c/"]);
  assertEquals(await level("c/"), ["c//"]);
  assertEquals(await level("", "b/"), ["b0", "c/"]);
  assertEquals(await level("", "b/c"), ["b0", "c/"]);
  assertEquals(await level("", "b"), ["b/", "b0", "c/"]);
  assertEquals(await level("b/", "b/c"), ["b/c/"]);
  assertEquals(asked(fake).every((query) => !("includeTrailingDelimiter" in query)), true);
});

Deno.test("a bucket with a hierarchical namespace lists as any other", async () => {
  await using opened = await openFake({ server: { settings: { hierarchical: true } } });
  const { fake, store } = opened;
  putAll(fake, ["a", "b/c", "b/d/e"]);
  assertEquals(names(await Array.fromAsync(store.list())), ["a", "b/c", "b/d/e"]);
  assertEquals(names(await Array.fromAsync(store.listWithDelimiter("b/"))), ["b/c", "b/d/"]);
  const left = asked(fake).filter((query) => "includeFoldersAsPrefixes" in query);
  assertEquals(left, []);
});

Deno.test("a page without entries is not the end while it names a next one, and none may come again", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  putAll(fake, ["a", "b"]);
  const page = (nextPageToken: string) => ({
    kind: "answer" as const,
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: "storage#objects", nextPageToken }),
  });
  const match = { operation: "objects.list" } as const;
  const next = btoa(encodeURIComponent(JSON.stringify(["b", 0])));
  fake.faults.add({ match: { ...match, times: 1 }, action: page(next) });
  assertEquals(names(await Array.fromAsync(store.list())), ["b"]);
  fake.faults.add({ match: { ...match, times: Infinity }, action: page("again") });
  const error = await assertRejects(() => Array.fromAsync(store.list()), ServiceError);
  assertStringIncludes(error.message, "the service's listing does not end: the same page comes again");
});

Deno.test("list() in any order asks for as few entries as are wanted", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  putAll(fake, ["a", "b", "c", "d"]);
  const listed = await Array.fromAsync(store.list("", { order: "any", limit: 2 }));
  assertEquals(listed.length, 2);
  const [{ maxResults } = { maxResults: "" }] = asked(fake);
  assertEquals(maxResults, "2");
});

Deno.test("list() of no bucket, and of one that may not be listed, is told as such", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  await using nowhere = openBucket(fake, {}, "nowhere");
  await assertRejects(() => Array.fromAsync(nowhere.list("p/")), NotFoundError, "no such bucket");
  const permissions = new Set(["storage.objects.get"]);
  const credential = bearer(() => fake.issueToken({ email: "r@example.com", permissions }));
  await using store = openBucket(fake, { credential });
  for (const list of [() => store.list("p/"), () => store.listVersions("p/")]) {
    const error = await assertRejects(() => Array.fromAsync<unknown>(list()), PermissionDeniedError);
    assertStringIncludes(error.message, `"r@example.com"`);
    assertStringIncludes(error.message, "storage.objects.list");
  }
});
