import { assert, assertEquals } from "@std/assert";
import { type CommonPrefix, compareKeys, type ObjectMeta } from "@lade/core/backend";
import { seededRandom } from "@lade/testing";
import { nameOf } from "./entries_of.ts";
import {
  type Displacement,
  inKeyOrder,
  type MixedPage,
  type SeekingReader,
  TREE_ORDER,
  UTF16_ORDER,
} from "./in_key_order.ts";
import { listPages } from "./list_pages.ts";

type Compare = (a: string, b: string) => number;

const utf16: Compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;
const asTree = (compare: Compare): Compare => (a, b) =>
  compare(a.replaceAll("/", "\0"), b.replaceAll("/", "\0"));

/** Orders that services have, and where each may differ as far as a client knows. */
const ORDERS: Readonly<Record<string, readonly [Compare, readonly Displacement[]]>> = {
  "UTF-8": [compareKeys, [UTF16_ORDER]],
  "UTF-8, maybe a tree": [compareKeys, [UTF16_ORDER, TREE_ORDER]],
  "UTF-16 units": [utf16, [UTF16_ORDER]],
  "UTF-16 units, maybe a tree": [utf16, [UTF16_ORDER, TREE_ORDER]],
  "a tree": [asTree(compareKeys), [UTF16_ORDER, TREE_ORDER]],
  "a tree, of UTF-16 units": [asTree(utf16), [UTF16_ORDER, TREE_ORDER]],
};

/** A service with these keys; it begins at any name, and counts its requests and the longest page. */
function serviceOf(
  keys: readonly string[],
  compare: Compare,
  displacements: readonly Displacement[],
  pageSize: number,
  { prefix = "", delimiter }: { readonly prefix?: string; readonly delimiter?: "/" } = {},
) {
  const names = [
    ...new Set(
      keys.filter((key) => key.startsWith(prefix)).map((key) => {
        const end = delimiter ? key.indexOf("/", prefix.length) : -1;
        return end < 0 ? key : key.slice(0, end + 1);
      }),
    ),
  ].sort(compare);
  const told = { requests: 0 };
  const reader: SeekingReader<ObjectMeta> = {
    read({ from, startAfter, token, limit = pageSize }) {
      told.requests++;
      // Names that are lower in any of the orders come along, as a backend has to ask for them.
      const start = startAfter?.replace(/[ -/\ue000-\uffff].*/s, "");
      const first = token ?? from ?? start ?? "";
      const at = names.findIndex((name) => compare(name, first) >= 0);
      const items = (at < 0 ? [] : names.slice(at, at + limit)).map((name) =>
        delimiter && name.endsWith("/") && name.length > prefix.length
          ? { prefix: name }
          : { key: name, size: 0, lastModified: new Date(0) }
      );
      const next = at < 0 ? undefined : names[at + limit];
      const page: MixedPage<ObjectMeta> = { items, ...(next !== undefined && { next }) };
      return Promise.resolve(page);
    },
    displacements: () => displacements,
  };
  return { names, reader, told };
}

const ALPHABET = ["a", "a", "b", "/", "-", " ", ".", "0", "😀", "𐀀", "\ue000", "\uffff"];

for (const [name, [compare, displacements]] of Object.entries(ORDERS)) {
  Deno.test(`inKeyOrder() gives the order of UTF-8 bytes for a service of the order of ${name}`, async () => {
    const seed = Date.now() % 2 ** 31;
    const random = seededRandom(seed);
    const below = (n: number) => Math.floor(random() * n);
    for (let round = 0; round < 400; round++) {
      const text = (most: number) =>
        Array.from({ length: 1 + below(most) }, () => ALPHABET[below(ALPHABET.length)]).join("");
      const keys = [...new Set(Array.from({ length: below(40) }, () => text(5)))];
      const options = below(2) === 0 ? {} : { prefix: below(2) ? "" : "a", delimiter: "/" as const };
      const pageSize = 1 + below(6);
      const { names, reader } = serviceOf(keys, compare, displacements, pageSize, options);
      const startAfter = below(2) === 0 ? undefined : below(2) ? text(4) : names[below(names.length)];
      const all = listPages(
        inKeyOrder(reader),
        { uri: "x://y", prefix: options.prefix ?? "", delimiter: options.delimiter },
        startAfter === undefined ? {} : { startAfter },
      );
      const found = (await Array.fromAsync<ObjectMeta | CommonPrefix>(all)).map(nameOf);
      const wanted = names.filter((each) => startAfter === undefined || compareKeys(each, startAfter) > 0)
        .sort(compareKeys);
      const what = { seed, round, keys, pageSize, startAfter, ...options };
      assertEquals(found, wanted, JSON.stringify(what));
    }
  });
}

async function pagesOf(reader: SeekingReader<ObjectMeta>): Promise<string[][]> {
  const ordered = inKeyOrder(reader);
  const pages: string[][] = [];
  let token: string | undefined;
  for (;;) {
    const query = { prefix: "", signal: new AbortController().signal, ...(token !== undefined && { token }) };
    const { entries, prefixes = [], next } = await ordered.readPage(query);
    pages.push([...entries, ...prefixes].map(nameOf));
    if (next === undefined) return pages;
    token = next;
  }
}

Deno.test("inKeyOrder() holds no more than a page, whatever has to come first", async () => {
  const keys = [
    ...Array.from({ length: 50 }, (_, i) => `😀${i}`),
    ...Array.from({ length: 50 }, (_, i) => `\ue000${i}`),
  ];
  const { reader } = serviceOf(keys, utf16, [UTF16_ORDER], 10);
  const pages = await pagesOf(reader);
  assertEquals(pages.flat(), [...keys].sort(compareKeys));
  assert(pages.every(({ length }) => length <= 10));
});

Deno.test("inKeyOrder() asks for late names once for each beginning, where there are none", async () => {
  const keys = Array.from({ length: 100 }, (_, i) => `a/b/${String(i).padStart(3, "0")}`);
  const { reader, told } = serviceOf(keys, asTree(compareKeys), [UTF16_ORDER, TREE_ORDER], 10);
  assertEquals((await pagesOf(reader)).flat(), keys);
  // Ten pages; the late names of "a" and of "a/b".
  assertEquals(told.requests, 12);
});

Deno.test("inKeyOrder() makes no request more where the order is that of UTF-8 bytes", async () => {
  const keys = Array.from({ length: 100 }, (_, i) => `${i % 2 ? "a-" : "b.c/"}${String(i).padStart(3, "0")}`)
    .sort(compareKeys);
  const { reader, told } = serviceOf(keys, compareKeys, [UTF16_ORDER], 10);
  assertEquals((await pagesOf(reader)).flat(), keys);
  assertEquals(told.requests, 10);
});
