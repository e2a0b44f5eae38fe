import { compareKeys, type ListOptions } from "@lade/core/backend";
import { InvalidNameError } from "@lade/core/errors";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError } from "../expect.ts";
import { bytesOf, collect, namesIn, putAll } from "../samples.ts";

/** Keys whose order differs by locale, by UTF-16 unit, and by path segment. */
export const ORDERED_KEYS: readonly string[] = [
  "A",
  "B/a",
  "Z",
  "a b",
  "a!/c",
  "a-b",
  "a.b",
  "a/b",
  "a/c/d",
  "a0",
  "a_b/c",
  "aa",
  "b/c",
  "b/c-d",
  "b/d/e",
  "b/é",
  "ä",
  "é",
  "\ufffd",
  "\u{10000}",
  "😀",
  "🙀",
];

/** What `list` gives. */
export const listCases: readonly ConformanceCase[] = [
  {
    name: "list() of an empty store gives nothing",
    async run({ store }) {
      expectEqual(await namesIn(store.list()), [], "the keys");
      expectEqual(await namesIn(store.list("dir/")), [], "the keys below a prefix");
    },
  },
  {
    name: "list() gives every object once, ascending in UTF-8 byte order",
    async run({ store }) {
      await putAll(store, ORDERED_KEYS.toReversed());
      expectEqual(await namesIn(store.list()), [...ORDERED_KEYS], "the keys");
    },
  },
  {
    name: "list() in any order gives every object once",
    async run({ store }) {
      await putAll(store, ORDERED_KEYS);
      const keys = (await namesIn(store.list("", { order: "any" }))).sort(compareKeys);
      expectEqual(keys, [...ORDERED_KEYS], "the keys");
      const below = (await namesIn(store.list("b/", { order: "any" }))).sort(compareKeys);
      expectEqual(below, ORDERED_KEYS.filter((key) => key.startsWith("b/")), "the keys below a prefix");
    },
  },
  {
    name: "list() and listWithDelimiter() end after limit entries, in either order",
    async run({ store }) {
      await putAll(store, ORDERED_KEYS);
      for (const limit of [1, 2, ORDERED_KEYS.length, 1000]) {
        expectEqual(await namesIn(store.list("", { limit })), ORDERED_KEYS.slice(0, limit), `${limit} keys`);
        const any = await namesIn(store.list("", { limit, order: "any" }));
        expectEqual(new Set(any).size, Math.min(limit, ORDERED_KEYS.length), `${limit} keys in any order`);
      }
      expectEqual(
        await namesIn(store.list("a", { startAfter: "a/b", limit: 2 })),
        ["a/c/d", "a0"],
        "after a start",
      );
      expectEqual(await namesIn(store.listWithDelimiter("", { limit: 2 })), ["A", "B/"], "one level");
      for (const limit of [0, -1, 1.5, NaN]) {
        await expectError(() => collect(store.list("", { limit })), RangeError, `list() with limit ${limit}`);
        await expectError(
          () => collect(store.listWithDelimiter("", { limit })),
          RangeError,
          `listWithDelimiter() with limit ${limit}`,
        );
      }
    },
  },
  {
    name: "list() refuses an order that is none, and a start in any order",
    async run({ store }) {
      const wrong = [{ order: "size" }, { order: "any", startAfter: "a" }] as ListOptions[];
      for (const options of wrong) {
        for (const list of [store.list("", options), store.listWithDelimiter("", options)]) {
          await expectError(() => collect(list), TypeError, "the listing");
        }
      }
    },
  },
  {
    name: "list() orders U+FFFD before characters beyond the basic plane",
    async run({ store }) {
      await putAll(store, ["x😀", "x\ufffd", "x\ue000", "x\u{10ffff}", "xz"]);
      const keys = await namesIn(store.list("x"));
      expectEqual(keys, ["xz", "x\ue000", "x\ufffd", "x😀", "x\u{10ffff}"], "the keys");
    },
  },
  {
    name: "list() tells size, etag and time of each object",
    async run({ store }) {
      await store.put("empty", new Uint8Array());
      await store.put("object", bytesOf("content"));
      for (const entry of await collect(store.list())) {
        const head = await store.head(entry.key);
        expectEqual(entry.size, head.size, `the size of ${entry.key}`);
        expectEqual(entry.etag ?? head.etag, head.etag, `the etag of ${entry.key}`);
        expect(entry.lastModified instanceof Date, `lastModified of ${entry.key} is no Date`);
      }
    },
  },
  {
    name: "list() takes the prefix as a plain string that may end inside a name",
    async run({ store }) {
      await putAll(store, ["test_dir/a", "test_dir/b/c", "test_dir2/a", "test_dir.txt", "tes", "other"]);
      // What has a prefix in its middle, right after what starts with it.
      await putAll(store, ["test_dir3/test_dir/a", "p/o"]);
      const expected = new Map([
        ["test_dir/", ["test_dir/a", "test_dir/b/c"]],
        ["test_dir", ["test_dir.txt", "test_dir/a", "test_dir/b/c", "test_dir2/a", "test_dir3/test_dir/a"]],
        ["test_dir/b", ["test_dir/b/c"]],
        ["tes", ["tes", "test_dir.txt", "test_dir/a", "test_dir/b/c", "test_dir2/a", "test_dir3/test_dir/a"]],
        ["o", ["other"]],
        ["other", ["other"]],
        ["other/", []],
        ["test_dir/a/", []],
        ["missing", []],
      ]);
      for (const [prefix, keys] of expected) {
        expectEqual(await namesIn(store.list(prefix)), keys, `the keys from ${prefix}`);
      }
    },
  },
  {
    name: "list() takes pattern characters in the prefix as themselves",
    async run({ store }) {
      const keys = ["a*", "a*b", "ab", "abc", "a?", "a[b]", "a.c", "a\\c"];
      await putAll(store, keys.filter((key) => store.keyFault(key) === undefined));
      const expected = new Map([
        ["a*", ["a*", "a*b"]],
        ["a?", ["a?"]],
        ["a[b", ["a[b]"]],
        ["a.", ["a.c"]],
        ["*", []],
        ["[a]", []],
        ["^a", []],
      ]);
      for (const [prefix, keys] of expected) {
        expectEqual(await namesIn(store.list(prefix)), keys, `the keys from ${prefix}`);
      }
    },
  },
  {
    name: "list() starts after startAfter, there or not",
    async run({ store }) {
      const keys = ["a", "b/c", "b/d", "b0", "c", "d/e"];
      await putAll(store, keys);
      for (
        const startAfter of ["", "0", "a", "aa", "b", "b/", "b/c", "b/cc", "b/d", "b0", "c", "d", "d/e", "e"]
      ) {
        expectEqual(
          await namesIn(store.list("", { startAfter })),
          keys.filter((key) => compareKeys(key, startAfter) > 0),
          `the keys after ${JSON.stringify(startAfter)}`,
        );
      }
    },
  },
  {
    name: "list() joins prefix and startAfter",
    async run({ store }) {
      const keys = ["a/1", "b/1", "b/2", "b/3", "c/1"];
      await putAll(store, keys);
      for (const startAfter of ["", "a", "a/1", "b/", "b/1", "b/11", "b/3", "b/4", "c", "z"]) {
        expectEqual(
          await namesIn(store.list("b/", { startAfter })),
          keys.filter((key) => key.startsWith("b/") && compareKeys(key, startAfter) > 0),
          `the keys in b/ after ${JSON.stringify(startAfter)}`,
        );
      }
    },
  },
  {
    name: "list() goes on where it was left, from any of its keys",
    async run({ store }) {
      await putAll(store, ORDERED_KEYS);
      for (const [index, startAfter] of ORDERED_KEYS.entries()) {
        const rest = await namesIn(store.list("", { startAfter }));
        expectEqual(rest, ORDERED_KEYS.slice(index + 1), `the keys after ${startAfter}`);
      }
    },
  },
  {
    name: "list() gives more than a page",
    async run({ store }) {
      const keys = Array.from({ length: 1501 }, (_, i) => `page/${String(i).padStart(4, "0")}`);
      await putAll(store, keys);
      expectEqual(await namesIn(store.list("page/")), keys, "the keys");
      const rest = await namesIn(store.list("page/", { startAfter: "page/0250" }));
      expectEqual(rest, keys.slice(251), "the keys after the 251st");
    },
  },
  {
    name: "list() lets its reader delete what it has seen",
    async run({ store }) {
      const keys = Array.from({ length: 60 }, (_, i) => `object-${String(i).padStart(2, "0")}`);
      await putAll(store, keys);
      const seen: string[] = [];
      for await (const { key } of store.list()) {
        seen.push(key);
        await store.delete(key);
      }
      expectEqual(seen, keys, "the keys seen");
      expectEqual(await namesIn(store.list()), [], "the keys left");
    },
  },
  {
    name: "list() stays in order and gives no key twice while others write",
    async run({ store }) {
      const keys = Array.from({ length: 40 }, (_, i) => `object-${i + 10}`);
      await putAll(store, keys);
      const seen: string[] = [];
      for await (const { key } of store.list()) {
        seen.push(key);
        if (seen.length <= 10) {
          await store.put(`${key}-more`, bytesOf("x"));
          await store.put(`a-${key}`, bytesOf("x"));
        }
      }
      expectEqual(seen, [...new Set(seen)].sort(compareKeys), "the keys seen, once and in order");
      const missed = keys.filter((key) => !seen.includes(key));
      expectEqual(missed, [], "objects that were there all along and not listed");
    },
  },
  {
    name: "list() may be left in the middle, and begun again",
    async run({ store }) {
      await putAll(store, ["a", "b", "c"]);
      for (let i = 0; i < 20; i++) {
        for await (const { key } of store.list()) {
          expectEqual(key, "a", "the first key");
          break;
        }
      }
      const [one, two] = [store.list()[Symbol.asyncIterator](), store.list()[Symbol.asyncIterator]()];
      await one.next();
      await one.next();
      const [third, first] = [await one.next(), await two.next()];
      expectEqual([third.value?.key, first.value?.key], ["c", "a"], "two listings side by side");
      await one.return?.();
      await two.return?.();
    },
  },
  {
    name: "list() of a prefix or startAfter that is no Unicode is an InvalidNameError",
    async run({ store }) {
      await putAll(store, ["😀"]);
      await expectError(() => collect(store.list("\ud83d")), InvalidNameError, "half a character as prefix");
      const options = { startAfter: "\ud83d" };
      await expectError(
        () => collect(store.list("", options)),
        InvalidNameError,
        "half a character as startAfter",
      );
    },
  },
];
