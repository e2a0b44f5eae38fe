import { assertEquals, assertRejects } from "@std/assert";
import {
  InvalidNameError,
  type ListOptions,
  type ObjectMeta,
  ServiceError,
  UnsupportedError,
} from "@lade/core";
import { listPages } from "./list_pages.ts";
import type { Page, PageQuery, PageReader } from "./page_reader.ts";

const LISTING = { uri: "x://c", prefix: "" } as const;

function meta(key: string): ObjectMeta {
  return { key, size: 1, lastModified: new Date(0) };
}

/** A page of objects and, among them, of folded prefixes: names that end in a slash. */
function page(
  names: readonly string[],
  next?: string,
  more: Partial<Page<ObjectMeta>> = {},
): Page<ObjectMeta> {
  return {
    entries: names.filter((name) => !name.endsWith("/")).map(meta),
    prefixes: names.filter((name) => name.endsWith("/")).map((prefix) => ({ prefix })),
    ...(next === undefined ? {} : { next }),
    ...more,
  };
}

/** Pages by their number; the token of a page is that number. */
class FakePages implements PageReader<ObjectMeta> {
  readonly queries: PageQuery[] = [];
  isUnordered = false;
  readonly #pages: (at: number, query: PageQuery) => Page<ObjectMeta> | Promise<Page<ObjectMeta>>;

  constructor(
    pages:
      | readonly Page<ObjectMeta>[]
      | ((at: number, query: PageQuery) => Page<ObjectMeta> | Promise<Page<ObjectMeta>>),
  ) {
    this.#pages = typeof pages === "function" ? pages : (at) => pages[at] ?? page([]);
  }

  foundUnordered(): void {
    this.isUnordered = true;
  }

  async readPage(query: PageQuery): Promise<Page<ObjectMeta>> {
    this.queries.push(query);
    return await this.#pages(Number(query.token ?? 0), query);
  }
}

async function namesOf(reader: FakePages, options: ListOptions = {}, delimiter?: "/"): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of listPages(reader, { ...LISTING, delimiter }, options)) {
    names.push("key" in entry ? entry.key : entry.prefix);
  }
  return names;
}

for (const order of ["key", "any"] as const) {
  Deno.test(`listPages() in the order ${order} gives the entries of all pages, objects and prefixes by name`, async () => {
    const reader = new FakePages([page(["b", "a/"], "1"), page([], "2"), page(["d", "c/"])]);
    assertEquals(await namesOf(reader, { order }, "/"), ["a/", "b", "c/", "d"]);
    assertEquals(reader.queries.map(({ token, delimiter }) => [token, delimiter]), [
      [undefined, "/"],
      ["1", "/"],
      ["2", "/"],
    ]);
  });

  Deno.test(`listPages() in the order ${order} gives a name once that two pages show`, async () => {
    const reader = new FakePages([page(["a", "b"], "1"), page(["b", "c"])]);
    assertEquals(await namesOf(reader, { order }), ["a", "b", "c"]);
  });

  Deno.test(`listPages() in the order ${order} fails for a name outside the prefix`, async () => {
    const reader = new FakePages([page(["pa", "qa"])]);
    const list = () => Array.fromAsync(listPages(reader, { ...LISTING, prefix: "p" }, { order }));
    const error = await assertRejects(list, ServiceError, 'lists "qa", which does not start with "p"');
    assertEquals([error.operation, error.uri], ["list", "x://c/p"]);
  });

  Deno.test(`listPages() in the order ${order} fails where pages go round, or tell nothing new for ever`, async () => {
    const circle = new FakePages((at) => page([`${at}`], String(1 - at)));
    await assertRejects(() => namesOf(circle, { order: "any" }), ServiceError, "the same page comes again");
    for (const names of [[], ["a"]]) {
      const endless = new FakePages((at) => page(names, String(at + 1)));
      await assertRejects(
        () => namesOf(endless, { order }),
        ServiceError,
        "does not end: 1000 pages in a row tell nothing new",
      );
    }
  });

  Deno.test(`listPages() in the order ${order} goes on after a page that claims to be the last`, async () => {
    const claimsEnd = true;
    const more = new FakePages([page(["a"], "1", { claimsEnd }), page(["b"])]);
    assertEquals(await namesOf(more, { order }), ["a", "b"]);
    const empty = new FakePages([page(["a"], "1", { claimsEnd }), page([], "1", { claimsEnd })]);
    assertEquals([await namesOf(empty, { order }), empty.queries.length], [["a"], 2]);
    const circle = new FakePages([page(["a"], "1", { claimsEnd }), page(["b"], "1", { claimsEnd })]);
    assertEquals(await namesOf(circle, { order }), ["a", "b"]);
  });
}

Deno.test("listPages() ends where names come again and again though no two pages in a row have the same", async () => {
  for (
    const [order, names, delimiter] of [["any", ["a/", "b/", "c/"], "/"], [
      "key",
      ["a", "b", "c"],
      undefined,
    ]] as const
  ) {
    const reader = new FakePages((at) =>
      page(names.slice(at % 3, at % 3 + 1), at < 2000 ? String(at + 1) : undefined)
    );
    reader.isUnordered = true;
    await assertRejects(() => namesOf(reader, { order }, delimiter), ServiceError, "1000 pages in a row");
  }
});

Deno.test("listPages() in any order gives a prefix once, on whatever pages it comes", async () => {
  const pages = [page(["a/"], "1"), page(["b/"], "2"), page(["c"], "3"), page(["a/", "d/"])];
  assertEquals(await namesOf(new FakePages(pages), { order: "any" }, "/"), ["a/", "b/", "c", "d/"]);
});

Deno.test("listPages() without a delimiter gives no prefix", async () => {
  assertEquals(await namesOf(new FakePages([page(["a", "b/"])])), ["a"]);
});

Deno.test("listPages() gives the start to the first page only, and leaves out what comes up to it", async () => {
  const reader = new FakePages([page(["a", "b"], "1"), page(["c", "d"])]);
  assertEquals(await namesOf(reader, { startAfter: "b" }), ["c", "d"]);
  assertEquals(reader.queries.map(({ startAfter }) => startAfter), ["b", undefined]);
});

Deno.test("listPages() lists and drops through any number of pages where a service takes no start", async () => {
  const reader = new FakePages((at) =>
    page([String(at).padStart(4, "0")], at < 1500 ? String(at + 1) : undefined)
  );
  assertEquals(await namesOf(reader, { startAfter: "1498" }), ["1499", "1500"]);
});

Deno.test("listPages() reads one page ahead, from the second entry on", async () => {
  const reader = new FakePages([page(["a", "b"], "1"), page(["c"], "2"), page(["d"])]);
  const entries = listPages(reader, LISTING)[Symbol.asyncIterator]();
  await entries.next();
  assertEquals(reader.queries.length, 1);
  await entries.next();
  assertEquals(reader.queries.length, 2);
  await entries.next();
  assertEquals(reader.queries.length, 2);
  await entries.return();
});

Deno.test("listPages() ends the request for the page ahead when its consumer stops", async () => {
  const reader = new FakePages((at, { signal }) =>
    at === 0
      ? page(["a", "b"], "1")
      : new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
  );
  for await (const { key } of listPages(reader, LISTING)) if (key === "b") break;
  assertEquals(reader.queries.map(({ signal }) => signal.aborted), [true, true]);
});

Deno.test("listPages() ends with the reason of its signal", async () => {
  const controller = new AbortController();
  const reader = new FakePages([page(["a", "b"])]);
  const list = async () => {
    for await (const _ of listPages(reader, LISTING, { signal: controller.signal })) {
      controller.abort("enough");
    }
  };
  assertEquals(await list().catch((reason) => reason), "enough");
  assertEquals(await list().catch((reason) => reason), "enough");
  assertEquals(reader.queries.length, 1);
});

Deno.test("listPages() sorts what a service lists in another order, and remembers that it does", async () => {
  const reader = new FakePages((at) => at === 0 ? page(["b/1", "b-1"], "1") : page(["a"]));
  assertEquals(await namesOf(reader), ["a", "b-1", "b/1"]);
  assertEquals(reader.isUnordered, true);
  assertEquals(await namesOf(reader, { startAfter: "b-1" }), ["b/1"]);
  assertEquals(reader.queries.map(({ startAfter }) => startAfter), Array(5).fill(undefined));
  assertEquals(await namesOf(reader, { order: "any" }), ["b/1", "b-1", "a"]);
});

Deno.test("listPages() fails where the order breaks after an entry was given, and sorts the next time", async () => {
  const reader = new FakePages([page(["b"], "1"), page(["a"])]);
  const given: string[] = [];
  const list = async () => {
    for await (const { key } of listPages(reader, LISTING)) given.push(key);
  };
  await assertRejects(list, ServiceError, "showed too late to sort");
  assertEquals(given, ["b"]);
  assertEquals(await namesOf(reader), ["a", "b"]);
});

Deno.test("listPages() refuses to sort more than 100,000 names", async () => {
  const names = Array.from({ length: 1000 }, (_, at) => `${at}`);
  const reader = new FakePages((at) => page(names.map((name) => `${at}-${name}`), String(at + 1)));
  reader.isUnordered = true;
  await assertRejects(() => namesOf(reader), UnsupportedError, 'list in the order "any"');
});

Deno.test("listPages() orders names by their UTF-8 bytes", async () => {
  const names = ["\uffee", "\u{1f995}"];
  const reader = new FakePages([page(names)]);
  assertEquals(await namesOf(reader), names);
  assertEquals(reader.isUnordered, false);
});

Deno.test("listPages() refuses names that are no Unicode, and orders that are none", async () => {
  const reader = new FakePages([]);
  await assertRejects(
    () => Array.fromAsync(listPages(reader, { ...LISTING, prefix: "\ud800" })),
    InvalidNameError,
  );
  await assertRejects(() => namesOf(reader, { startAfter: "\ud800" }), InvalidNameError);
  await assertRejects(() => namesOf(reader, { order: "any", startAfter: "a" }), TypeError);
  assertEquals(reader.queries, []);
});

Deno.test("listPages() in any order asks the service for no more than its limit, and ends with it", async () => {
  const reader = new FakePages([page(["b", "a", "c"], "1"), page(["d"])]);
  assertEquals(await namesOf(reader, { order: "any", limit: 2 }), ["b", "a"]);
  assertEquals(await namesOf(reader, { order: "any", limit: 3 }), ["b", "a", "c"]);
  assertEquals(await namesOf(reader, { order: "any", limit: 4 }), ["b", "a", "c", "d"]);
  assertEquals(
    reader.queries.map(({ limit, token }) => [limit, token]),
    [[2, undefined], [3, undefined], [4, undefined], [4, "1"]],
  );
});

Deno.test("listPages() in the order of keys takes whole pages, which show the order, and sorts before it cuts", async () => {
  const reader = new FakePages([page(["b", "a"], "1"), page(["c"])]);
  assertEquals(await namesOf(reader, { limit: 1 }), ["a"]);
  assertEquals(await namesOf(reader, { limit: 1 }), ["a"]);
  assertEquals(reader.queries.every(({ limit }) => limit === undefined), true);
});
