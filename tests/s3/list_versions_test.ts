import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, type ObjectVersion, ServiceError, UnsupportedError } from "@lade/core";
import { listVersions, listVersionsWithDelimiter } from "@lade/core/operations";
import { openS3Store, type S3Store } from "@lade/s3";
import { bare, openFake } from "./open_fake.ts";

/** Opens a bucket of a service that answers with these pages, one after the other, and then with the last again. */
async function withPages(
  pages: readonly string[],
  test: (store: S3Store, queries: string[]) => Promise<void>,
): Promise<void> {
  const queries: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    queries.push(new URL(url).search);
    const page = pages[Math.min(queries.length, pages.length) - 1] ?? "";
    return new Response(page, { headers: { "content-type": "application/xml", "x-amz-request-id": "1" } });
  });
  await using store = await openS3Store("bucket", {
    config: {
      endpoint: `http://127.0.0.1:${server.addr.port}`,
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    },
    context: createStoreContext(),
    surroundings: bare,
  });
  await test(store, queries);
}

function page(entries: readonly string[], next = ""): string {
  return `<ListVersionsResult><IsTruncated>${next !== ""}</IsTruncated>${next}${
    entries.join("")
  }</ListVersionsResult>`;
}

function entry(
  kind: "Version" | "DeleteMarker",
  key: string,
  version: string,
  latest: boolean,
  day = 1,
): string {
  const size = kind === "Version" ? "<Size>1</Size><ETag>&quot;e&quot;</ETag>" : "";
  return `<${kind}><Key>${key}</Key><VersionId>${version}</VersionId><IsLatest>${latest}</IsLatest>` +
    `<LastModified>2026-01-0${day}T00:00:00.000Z</LastModified>${size}</${kind}>`;
}

const next = (key: string, version: string) =>
  `<NextKeyMarker>${key}</NextKeyMarker><NextVersionIdMarker>${version}</NextVersionIdMarker>`;

async function namesOf(store: S3Store, prefix = ""): Promise<string[]> {
  const all: ObjectVersion[] = await Array.fromAsync(listVersions(store, prefix));
  return all.map(({ key, version, isDeleteMarker }) => `${key}@${version}${isDeleteMarker ? "-" : ""}`);
}

Deno.test("S3Store.listVersions() merges versions and delete markers that come one kind after the other", () =>
  withPages([
    page([
      entry("Version", "a", "1", false, 1),
      entry("Version", "b", "3", true, 3),
      entry("Version", "b", "1", false, 1),
      entry("DeleteMarker", "a", "2", true, 2),
      entry("DeleteMarker", "b", "2", false, 2),
    ]),
  ], async (store) => {
    assertEquals(await namesOf(store), ["a@2-", "a@1", "b@3", "b@2-", "b@1"]);
  }));

Deno.test("S3Store.listVersions() puts an older marker in its place among the versions before it", () =>
  withPages([
    page([
      entry("Version", "a", "3", true, 3),
      entry("Version", "a", "1", false, 1),
      entry("DeleteMarker", "a", "2", false, 2),
    ]),
  ], async (store) => {
    assertEquals(await namesOf(store), ["a@3", "a@2-", "a@1"]);
  }));

Deno.test("S3Store.listVersions() of a service that names a next page behind the last one ends there", async () => {
  const last = page([entry("Version", "a", "1", true)], next("a", "1")).replace(">true<", ">false<");
  for (const again of [last, page([]), page([], next("a", "1")).replace(">true<", ">false<")]) {
    await withPages([last, again], async (store, queries) => {
      assertEquals(await namesOf(store), ["a@1"]);
      assertEquals(queries.length, 2);
    });
  }
  const two = page([entry("Version", "a", "1", true), entry("Version", "b", "1", true)], next("b", "1"));
  await withPages([two.replace(">true<", ">false<")], async (store) => {
    assertEquals(await namesOf(store), ["a@1", "b@1"]);
  });
  const more = page([entry("Version", "b", "1", true)]);
  await withPages([last, more], async (store) => assertEquals(await namesOf(store), ["a@1", "b@1"]));
});

Deno.test("S3Store.listVersions() asks again for a page that breaks off", async () => {
  await using opened = await openFake();
  opened.fake.bucket("bucket").versioning = "enabled";
  for (const key of ["a", "b"]) opened.fake.putObject("bucket", key, key);
  opened.fake.faults.add({
    match: { operation: "ListObjectVersions" },
    action: { kind: "cut", afterBytes: 300, how: "fin", in: "body" },
  });
  assertEquals((await namesOf(opened.store)).map((name) => name.slice(0, 2)), ["a@", "b@"]);
});

Deno.test("S3Store.listVersions() keeps the service's order, whatever the times say", () =>
  withPages(
    [page([entry("Version", "a", "late", true, 1), entry("Version", "a", "early", false, 5)])],
    async (store) => {
      assertEquals(await namesOf(store), ["a@late", "a@early"]);
    },
  ));

Deno.test("S3Store.listVersions() goes on within a key, and tells a version once that two pages show", () =>
  withPages([
    page([entry("Version", "a", "3", true), entry("Version", "a", "2", false)], next("a", "2")),
    page([entry("Version", "a", "2", false), entry("Version", "a", "1", false)]),
  ], async (store, queries) => {
    assertEquals(await namesOf(store), ["a@3", "a@2", "a@1"]);
    const asked = queries.map((query) => new URLSearchParams(query));
    assertEquals(asked.map((query) => [query.get("key-marker"), query.get("version-id-marker")]), [
      [null, null],
      ["a", "2"],
    ]);
  }));

Deno.test("S3Store.listVersions() decodes names, and takes what has no version for the version null", () =>
  withPages([
    page([entry("Version", "a%2Bb+c", "", true)], "<EncodingType>url</EncodingType>").replace(
      ">true<",
      ">false<",
    ),
  ], async (store) => {
    const [first] = await Array.fromAsync(listVersions(store));
    assertEquals([first?.key, first?.version, first?.size, first?.etag], ["a+b c", "null", 1, "e"]);
  }));

Deno.test("S3Store.listVersions() fails for what is foreign, out of order or without an end", async () => {
  const a = entry("Version", "a", "1", true);
  const b = entry("Version", "b", "1", true);
  const faults: Readonly<Record<string, readonly string[]>> = {
    "a key outside the prefix": [page([entry("Version", "x", "1", true)])],
    "a key with the prefix in its middle": [page([entry("Version", "ba", "1", true)])],
    "keys that go back": [page([b], next("b", "1")), page([a])],
    "the same page for ever": [
      page([a], next("a", "1")),
      page([b], next("b", "1")),
      page([b], next("b", "1")),
    ],
    "more, but not from where": [page([a]).replace(">false<", ">true<")],
    "a version without a time": [page([a.replace(/<LastModified>.*<\/LastModified>/, "")])],
    "a version that does not tell whether it is the latest": [
      page([a.replace(/<IsLatest>.*<\/IsLatest>/, "")]),
    ],
    "an object without a size": [page([a.replace(/<Size>.*<\/Size>/, "")])],
    "half a document": [page([a]).slice(0, 60)],
  };
  for (const [what, pages] of Object.entries(faults)) {
    await withPages(pages, async (store) => {
      const prefix = what.includes("prefix") ? "a" : "";
      await assertRejects(() => namesOf(store, prefix), ServiceError, undefined, what);
    });
  }
});

Deno.test("S3Store.listVersions() ends where page after page tells nothing", async () => {
  let count = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    count++;
    const marker = `k${String(count).padStart(9, "0")}`;
    return new Response(page([], next(marker, "1")), { headers: { "content-type": "application/xml" } });
  });
  await using store = await openS3Store("bucket", {
    config: {
      endpoint: `http://127.0.0.1:${server.addr.port}`,
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    },
    surroundings: bare,
  });
  await assertRejects(() => namesOf(store), ServiceError);
});

Deno.test("S3Store.listVersions() of a service that lists objects instead is an UnsupportedError", () =>
  withPages(["<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"], async (store) => {
    await assertRejects(() => namesOf(store), UnsupportedError, "lists no versions");
  }));

Deno.test("S3Store.listVersions() crosses pages of one version each", async () => {
  await using opened = await openFake({ server: { maxPageSize: 1 } });
  opened.fake.bucket("bucket").versioning = "enabled";
  for (const text of ["1", "22", "333"]) {
    for (const key of ["a", "b"]) opened.fake.putObject("bucket", key, text);
  }
  await opened.store.delete("a");
  const sizes = (await Array.fromAsync(listVersions(opened.store))).map(({ key, size }) =>
    `${key}${size ?? "-"}`
  );
  assertEquals(sizes, ["a-", "a3", "a2", "a1", "b3", "b2", "b1"]);
});

Deno.test("S3Store.listVersions() of a bucket without versions gives each object as its version null", async () => {
  await using opened = await openFake();
  opened.fake.putObject("bucket", "a", "content");
  const [only, ...others] = await Array.fromAsync(listVersions(opened.store));
  assertEquals([only?.version, only?.isLatest, only?.size, others.length], ["null", true, 7, 0]);
  await opened.store.delete("a", { version: "null" });
  assertEquals(opened.fake.objects("bucket"), []);
});

Deno.test("S3Store.listVersionsWithDelimiter() has the service fold, and fails for a foreign prefix", async () => {
  await using opened = await openFake({ server: { maxPageSize: 10 } });
  const { fake, store } = opened;
  fake.bucket("bucket").versioning = "enabled";
  for (let i = 0; i < 50; i++) fake.putObject("bucket", `d/${i}`, "x");
  for (const text of ["1", "22"]) fake.putObject("bucket", "e", text);
  const entries = await Array.fromAsync(listVersionsWithDelimiter(store));
  const names = entries.map((entry) => "prefix" in entry ? entry.prefix : `${entry.key}${entry.size}`);
  assertEquals(names, ["d/", "e2", "e1"]);
  assertEquals(fake.requests.map(({ operation }) => operation), ["ListObjectVersions"]);
  const foreign = page(["<CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes>"]);
  await withPages([foreign], async (other) => {
    const list = () => Array.fromAsync(listVersionsWithDelimiter(other, "a"));
    await assertRejects(list, ServiceError, "does not start with");
  });
});
