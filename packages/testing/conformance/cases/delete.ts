import { NotFoundError } from "@lade/core/errors";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError } from "../expect.ts";
import { bytesOf, isThere, namesIn, putAll, textOf } from "../samples.ts";

/** What `delete` does. */
export const deleteCases: readonly ConformanceCase[] = [
  {
    name: "delete() removes an object for every call",
    async run({ store }) {
      await putAll(store, ["dir/a", "dir/b"]);
      await store.delete("dir/a");
      expect(!await isThere(store, "dir/a"), "the object is still there");
      await expectError(() => store.get("dir/a"), NotFoundError, "get() after delete()");
      expectEqual(await namesIn(store.list()), ["dir/b"], "the keys");
    },
  },
  {
    name: "delete() of an object that does not exist succeeds",
    async run({ store }) {
      await store.delete("missing");
      await store.delete("missing/deep/down");
      await store.put("object", bytesOf("x"));
      await store.delete("object");
      await store.delete("object");
      expectEqual(await namesIn(store.list()), [], "the keys");
    },
  },
  {
    name: "delete() of an empty object removes it",
    async run({ store }) {
      await store.put("empty", new Uint8Array());
      await store.delete("empty");
      expect(!await isThere(store, "empty"), "the object is still there");
    },
  },
  {
    name: "delete() removes that object alone, not what its key is a prefix of",
    async run({ store }) {
      const keys = ["test_dir", "test_dir.txt", "test_dir2/a", "test_dir2/b"];
      await putAll(store, keys);
      await store.delete("test_dir");
      await store.delete("test_dir2");
      if (store.keyFault("test_dir2/") === undefined) await store.delete("test_dir2/");
      expectEqual(await namesIn(store.list()), keys.slice(1), "the keys");
    },
  },
  {
    name: "delete() takes pattern characters as themselves",
    async run({ store }) {
      await putAll(store, ["a", "a*", "a?", "ab", "abc", "[ab]"]);
      await store.delete("a*");
      await store.delete("a?");
      await store.delete("[ab]");
      await store.delete("*");
      if (store.keyFault("a.") === undefined) await store.delete("a.");
      expectEqual(await namesIn(store.list()), ["a", "ab", "abc"], "the keys");
    },
  },
  {
    name: "an object can be created again after delete()",
    async run({ store }) {
      await store.put("object", bytesOf("first"));
      await store.delete("object");
      await store.put("object", bytesOf("second"));
      expectEqual(await textOf(store, "object"), "second", "the object");
      expectEqual(await namesIn(store.list()), ["object"], "the keys");
    },
  },
];
