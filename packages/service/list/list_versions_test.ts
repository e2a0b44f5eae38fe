import { assertEquals, assertRejects } from "@std/assert";
import { InvalidNameError, type ObjectVersion, ServiceError } from "@lade/core";
import { listVersions } from "./list_versions.ts";
import type { Page, PageQuery } from "./page_reader.ts";

const LISTING = { uri: "x://c", prefix: "" } as const;

/** `a@1` is version 1 of the key a; a name that ends in a slash is a folded prefix. */
function page(names: readonly string[], next?: string, claimsEnd = false): Page<ObjectVersion> {
  const entries = names.filter((name) => name.includes("@")).map((name) => {
    const [key = "", version = ""] = name.split("@");
    return { key, version, isLatest: false, isDeleteMarker: false, lastModified: new Date(0), size: 1 };
  });
  const prefixes = names.filter((name) => name.endsWith("/")).map((prefix) => ({ prefix }));
  return { entries, prefixes, claimsEnd, ...(next === undefined ? {} : { next }) };
}

async function namesOf(
  pages: readonly Page<ObjectVersion>[] | ((at: number) => Page<ObjectVersion>),
  { prefix = "", delimiter }: { prefix?: string; delimiter?: "/" } = {},
  queries: PageQuery[] = [],
): Promise<string[]> {
  const readPage = (query: PageQuery) => {
    queries.push(query);
    const at = Number(query.token ?? 0);
    return Promise.resolve(typeof pages === "function" ? pages(at) : pages[at] ?? page([]));
  };
  const names: string[] = [];
  for await (const entry of listVersions({ readPage }, { ...LISTING, prefix, delimiter })) {
    names.push("key" in entry ? `${entry.key}@${entry.version}` : entry.prefix);
  }
  return names;
}

Deno.test("listVersions() keeps the service's order within a key, and tells a version once that two pages show", async () => {
  const pages = [page(["a@9", "a@3"], "1"), page(["a@3", "a@7", "b@1"])];
  assertEquals(await namesOf(pages), ["a@9", "a@3", "a@7", "b@1"]);
});

Deno.test("listVersions() puts folded prefixes in their place, and gives none without a delimiter", async () => {
  const pages = [page(["a@2", "a@1", "c@1", "b/"])];
  assertEquals(await namesOf(pages, { delimiter: "/" }), ["a@2", "a@1", "b/", "c@1"]);
  assertEquals(await namesOf(pages), ["a@2", "a@1", "c@1"]);
});

Deno.test("listVersions() reads one page ahead", async () => {
  const queries: PageQuery[] = [];
  const pages = [page(["a@2", "a@1"], "1"), page(["b@1"])];
  const readPage = (query: PageQuery) => {
    queries.push(query);
    return Promise.resolve(pages[Number(query.token ?? 0)] ?? page([]));
  };
  const versions = listVersions({ readPage }, LISTING)[Symbol.asyncIterator]();
  await versions.next();
  assertEquals(queries.length, 1);
  await versions.next();
  assertEquals(queries.length, 2);
  await versions.return();
  assertEquals(queries.every(({ signal }) => signal.aborted), true);
});

Deno.test("listVersions() ends behind a page that claims to be the last, unless a page follows on it", async () => {
  const last = page(["a@1"], "1", true);
  assertEquals(await namesOf([last, page(["a@1"], "2")]), ["a@1"]);
  assertEquals(await namesOf([last, page(["a@0"])]), ["a@1", "a@0"]);
  assertEquals(await namesOf([last, page(["b@1"])]), ["a@1", "b@1"]);
  assertEquals(await namesOf([page(["b@1"], "1", true), page(["a@1"])]), ["b@1"]);
});

Deno.test("listVersions() fails for keys that go back, foreign keys and pages that go round", async () => {
  await assertRejects(
    () => namesOf([page(["b@1"], "1"), page(["a@1"])]),
    ServiceError,
    'Cannot list the versions of "x://c": the service lists "a" after "b"',
  );
  await assertRejects(() => namesOf([page(["ba@1"])], { prefix: "a" }), ServiceError, "does not start with");
  await assertRejects(
    () => namesOf([page(["x/"])], { prefix: "a", delimiter: "/" }),
    ServiceError,
    "does not start with",
  );
  await assertRejects(() => namesOf(() => page(["a@1"], "0")), ServiceError, "the same page comes again");
  await assertRejects(
    () => namesOf((at) => page(["a@1"], String(at + 1))),
    ServiceError,
    "1000 pages in a row tell nothing new",
  );
  await assertRejects(() => namesOf([], { prefix: "\ud800" }), InvalidNameError, "not valid Unicode");
});
