import { compareKeys } from "@lade/core/backend";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual } from "../expect.ts";
import { bytesOf, collect, namesIn, putAll } from "../samples.ts";
import { ORDERED_KEYS } from "./list.ts";

/** What `listWithDelimiter` gives. */
export const listWithDelimiterCases: readonly ConformanceCase[] = [
  {
    name: "listWithDelimiter() of an empty store gives nothing",
    async run({ store }) {
      expectEqual(await namesIn(store.listWithDelimiter()), [], "the names");
      expectEqual(await namesIn(store.listWithDelimiter("dir/")), [], "the names below a prefix");
    },
  },
  {
    name: "listWithDelimiter() gives objects of one level and folds the rest",
    async run({ store }) {
      await putAll(store, ["a.txt", "dir/a", "dir/b", "dir/sub/c", "dir/sub/deep/d", "other/e"]);
      const expected = new Map([
        ["", ["a.txt", "dir/", "other/"]],
        ["dir/", ["dir/a", "dir/b", "dir/sub/"]],
        ["dir/sub/", ["dir/sub/c", "dir/sub/deep/"]],
        ["dir", ["dir/"]],
        ["dir/s", ["dir/sub/"]],
        ["d", ["dir/"]],
        ["dir/a", ["dir/a"]],
        ["a.txt/", []],
        ["missing/", []],
      ]);
      for (const [prefix, names] of expected) {
        expectEqual(
          await namesIn(store.listWithDelimiter(prefix)),
          names,
          `the level of ${JSON.stringify(prefix)}`,
        );
      }
    },
  },
  {
    name: "listWithDelimiter() tells what list() tells of an object, and only the prefix of a fold",
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      await store.put("dir/a", bytesOf("x"));
      const [dir, object] = await collect(store.listWithDelimiter());
      const [, entry] = await collect(store.list());
      expectEqual(dir, { prefix: "dir/" }, "the fold");
      expectEqual(object, entry, "the object's entry");
    },
  },
  {
    name: "listWithDelimiter() mixes objects and folds in UTF-8 byte order",
    async run({ store }) {
      await putAll(store, ORDERED_KEYS);
      const fold = (key: string) => key.includes("/") ? key.slice(0, key.indexOf("/") + 1) : key;
      const expected = [...new Set(ORDERED_KEYS.map(fold))].sort(compareKeys);
      expectEqual(await namesIn(store.listWithDelimiter()), expected, "the names");
    },
  },
  {
    name: "listWithDelimiter() in any order gives every object and fold once",
    async run({ store }) {
      await putAll(store, ORDERED_KEYS);
      const names = await namesIn(store.listWithDelimiter("", { order: "any" }));
      expectEqual(names.sort(compareKeys), await namesIn(store.listWithDelimiter()), "the names");
    },
  },
  {
    name: "listWithDelimiter() keeps names with characters before the delimiter apart from the folder",
    async run({ store }) {
      await putAll(store, ["t-/a", "t/a", "t/b", "t.txt", "t0"]);
      expectEqual(await namesIn(store.listWithDelimiter()), ["t-/", "t.txt", "t/", "t0"], "the names");
      expectEqual(
        await namesIn(store.listWithDelimiter("t")),
        ["t-/", "t.txt", "t/", "t0"],
        "the names from t",
      );
    },
  },
  {
    name: "listWithDelimiter() starts after startAfter, folds too",
    async run({ store }) {
      await putAll(store, ["a", "b/1", "b/2", "c", "d/1", "e"]);
      const names = ["a", "b/", "c", "d/", "e"];
      for (const startAfter of ["", "a", "a/", "b", "b/", "b/1", "b0", "c", "d", "d/", "d/9", "e", "f"]) {
        expectEqual(
          await namesIn(store.listWithDelimiter("", { startAfter })),
          names.filter((name) => compareKeys(name, startAfter) > 0),
          `the names after ${JSON.stringify(startAfter)}`,
        );
      }
      const inner = await namesIn(store.listWithDelimiter("b/", { startAfter: "b/1" }));
      expectEqual(inner, ["b/2"], "the names in b/ after b/1");
    },
  },
  {
    name: "listWithDelimiter() gives more than a page of folds and objects, each once",
    async run({ store }) {
      const keys = Array.from({ length: 1100 }, (_, i) => `d${String(i).padStart(4, "0")}/object`);
      await putAll(store, [...keys, "d0500/second", "d0500/third", "d0500-", "e"]);
      const names = await namesIn(store.listWithDelimiter());
      const expected = [...keys.map((key) => key.slice(0, 6)), "d0500-", "e"].sort(compareKeys);
      expectEqual(names, expected, "the names");
    },
  },
  {
    name: "listWithDelimiter() folds a thousand objects into one entry",
    async run({ store }) {
      await putAll(store, Array.from({ length: 1050 }, (_, i) => `big/${i}`));
      await putAll(store, ["a", "z"]);
      expectEqual(await namesIn(store.listWithDelimiter()), ["a", "big/", "z"], "the names");
    },
  },
  {
    name: "listWithDelimiter() shows no folder once its last object is gone",
    async run({ store }) {
      await putAll(store, ["dir/sub/a", "other"]);
      await store.delete("dir/sub/a");
      expectEqual(await namesIn(store.listWithDelimiter()), ["other"], "the names");
      expectEqual(await namesIn(store.listWithDelimiter("dir/")), [], "the names in the folder");
      expect(!(await namesIn(store.list("dir"))).length, "the folder is listed");
    },
  },
];
