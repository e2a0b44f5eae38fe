import { assertEquals } from "@std/assert";
import { type FakeGcs, gcsRequest, reasonOf, startFakeGcs } from "./gcs/mod.ts";

/** A fake whose bucket has objects of these names. */
async function filled(names: readonly string[]): Promise<FakeGcs> {
  const fake = await startFakeGcs({ buckets: ["bucket"] });
  for (const name of names) fake.putObject("bucket", name, name);
  return fake;
}

/** All pages, in short: the names of each, prefixes in brackets behind them. */
async function pages(fake: FakeGcs, query: Record<string, string>): Promise<string[]> {
  const found: string[] = [];
  for (let pageToken: string | undefined = ""; pageToken !== undefined;) {
    const search = new URLSearchParams({ ...query, ...(pageToken && { pageToken }) });
    const { text } = await gcsRequest(fake, { path: `/storage/v1/b/bucket/o?${search}` });
    const { items = [], prefixes = [], nextPageToken } = JSON.parse(text);
    const names = items.map(({ name }: { name: string }) => name);
    found.push([...names, ...prefixes.map((prefix: string) => `[${prefix}]`)].join(" "));
    pageToken = nextPageToken;
  }
  return found;
}

Deno.test("names are listed in the order of their UTF-8 bytes, over as many pages as it takes", async () => {
  await using fake = await filled(["ﬀ", "😀", "b", "a", "Z"]);
  assertEquals(await pages(fake, {}), ["Z a b ﬀ 😀"]);
  assertEquals(await pages(fake, { maxResults: "2" }), ["Z a", "b ﬀ", "😀"]);
  fake.settings.maxPageSize = 3;
  assertEquals(await pages(fake, { maxResults: "100" }), ["Z a b", "ﬀ 😀"]);
  assertEquals(reasonOf(await gcsRequest(fake, { path: "/b/bucket/o?maxResults=x" })), "400 invalid");
  assertEquals(reasonOf(await gcsRequest(fake, { path: "/b/bucket/o?pageToken=x" })), "400 invalid");
});

Deno.test("a delimiter folds names, each prefix once however many pages there are", async () => {
  await using fake = await filled(["a/", "a/1", "a/2", "b", "c/d/1", "c/e"]);
  assertEquals(await pages(fake, { delimiter: "/" }), ["b [a/] [c/]"]);
  assertEquals(await pages(fake, { delimiter: "/", maxResults: "1" }), ["[a/]", "b", "[c/]"]);
  assertEquals(await pages(fake, { delimiter: "/", prefix: "c/" }), ["c/e [c/d/]"]);
  assertEquals(await pages(fake, { delimiter: "/", prefix: "a/" }), ["a/ a/1 a/2"]);
  assertEquals(await pages(fake, { delimiter: "/", includeTrailingDelimiter: "true" }), ["a/ b [a/] [c/]"]);
  fake.bucket("bucket").settings.hierarchical = true;
  assertEquals(reasonOf(await gcsRequest(fake, { path: "/b/bucket/o?delimiter=x" })), "400 invalid");
});

Deno.test("offsets bound a listing, the first one inclusive and the last one not", async () => {
  await using fake = await filled(["a", "b", "b/1", "b/2", "c"]);
  assertEquals(await pages(fake, { startOffset: "b" }), ["b b/1 b/2 c"]);
  assertEquals(await pages(fake, { startOffset: "b\0" }), ["b/1 b/2 c"]);
  assertEquals(await pages(fake, { endOffset: "b/2" }), ["a b b/1"]);
  assertEquals(await pages(fake, { startOffset: "b/2", delimiter: "/" }), ["c [b/]"]);
  assertEquals(await pages(fake, { startOffset: "a", endOffset: "b/1", delimiter: "/" }), ["a b"]);
});

Deno.test("versions are listed the oldest first, and pages may end between them", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"], settings: { versioning: true } });
  for (const bytes of ["1", "2", "3"]) fake.putObject("bucket", "a", bytes);
  fake.putObject("bucket", "b", "4");
  assertEquals(await pages(fake, { versions: "true" }), ["a a a b"]);
  assertEquals(await pages(fake, { versions: "true", maxResults: "2" }), ["a a", "a b"]);
  const { text } = await gcsRequest(fake, { path: "/b/bucket/o?versions=true" });
  const found = JSON.parse(text).items.map((
    item: Record<string, string>,
  ) => [item["generation"], "timeDeleted" in item]);
  assertEquals(found.map(([, gone]: unknown[]) => gone), [true, true, false, false]);
  assertEquals(found.toSorted(([a]: string[], [b]: string[]) => Number(a) - Number(b)), found);
  assertEquals(await pages(fake, {}), ["a b"]);
});

Deno.test("documents have the members that are asked for, and no others", async () => {
  await using fake = await filled(["a/1", "b"]);
  const ask = async (fields: string) => {
    const { text } = await gcsRequest(fake, {
      path: `/b/bucket/o?delimiter=/&fields=${encodeURIComponent(fields)}`,
    });
    return JSON.parse(text);
  };
  assertEquals(await ask("kind,items(name,size)"), {
    kind: "storage#objects",
    items: [{ name: "b", size: "1" }],
  });
  assertEquals(await ask("prefixes, items/name"), { prefixes: ["a/"], items: [{ name: "b" }] });
  assertEquals(Object.keys(await ask("*")), ["kind", "prefixes", "items"]);
  for (const fields of ["items(name", "items)", ",kind", "items(name))"]) {
    assertEquals((await ask(fields)).error.errors[0].reason, "invalid", fields);
  }
});
