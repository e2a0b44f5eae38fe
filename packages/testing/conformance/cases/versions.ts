import { NotFoundError } from "@lade/core/errors";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError } from "../expect.ts";
import { bytesOf, collect, isThere, textOf } from "../samples.ts";

/** Versions of objects. */
export const versionCases: readonly ConformanceCase[] = [
  {
    name: "get() and head() with version give an overwritten object",
    needs: ["versions"],
    async run({ store }) {
      const one = await store.put("object", bytesOf("first"));
      const two = await store.put("object", bytesOf("second!"));
      const [first = "", second = ""] = [one.version, two.version];
      expect(first !== "" && second !== "" && first !== second, `the versions are ${first} and ${second}`);
      expectEqual(await textOf(store, "object", { version: first }), "first", "the old version");
      expectEqual(await textOf(store, "object", { version: second }), "second!", "the new version");
      expectEqual(await textOf(store, "object"), "second!", "the object");
      const range = { offset: 2, length: 2 };
      expectEqual(
        await textOf(store, "object", { version: first, range }),
        "rs",
        "a range of the old version",
      );
      const old = await store.head("object", { version: first });
      expectEqual([old.size, old.version], [5, first], "size and version of the old version");
      const now = await store.head("object");
      expectEqual([now.size, now.version], [7, second], "size and version of the object");
      expect(old.etag === undefined || old.etag !== now.etag, "both versions have one etag");
    },
  },
  {
    name: "list() shows the present version alone",
    needs: ["versions"],
    async run({ store }) {
      await store.put("object", bytesOf("first"));
      const { version } = await store.put("object", bytesOf("second!"));
      await store.put("gone", bytesOf("x"));
      await store.delete("gone");
      const entries = await collect(store.list());
      expectEqual(entries.map(({ key, size }) => [key, size]), [["object", 7]], "the entries");
      expectEqual(entries[0]?.version ?? version, version, "the version in the list");
    },
  },
  {
    name: "delete() keeps the versions, delete() with version removes one for good",
    needs: ["versions"],
    async run({ store }) {
      const { version: first = "" } = await store.put("object", bytesOf("first"));
      const { version: second = "" } = await store.put("object", bytesOf("second"));
      await store.delete("object");
      expect(!await isThere(store, "object"), "the object is there after delete()");
      expectEqual(await textOf(store, "object", { version: first }), "first", "the first version");
      await store.delete("object", { version: first });
      const get = () => store.get("object", { version: first });
      await expectError(get, NotFoundError, "get() of a version that was deleted");
      const head = () => store.head("object", { version: first });
      await expectError(head, NotFoundError, "head() of a version that was deleted");
      expectEqual(await textOf(store, "object", { version: second }), "second", "the second version");
    },
  },
  {
    name: "delete() of an old version leaves the object",
    needs: ["versions"],
    async run({ store }) {
      const { version = "" } = await store.put("object", bytesOf("first"));
      await store.put("object", bytesOf("second"));
      await store.delete("object", { version });
      expectEqual(await textOf(store, "object"), "second", "the object");
      await store.delete("object", { version });
    },
  },
  {
    name: "copy() with sourceVersion brings an old version back",
    needs: ["versions"],
    async run({ store }) {
      const { version = "" } = await store.put("object", bytesOf("first"));
      await store.put("object", bytesOf("second"));
      await store.copy("object", "copy", { sourceVersion: version });
      expectEqual(await textOf(store, "copy"), "first", "the copy");
      const restored = await store.copy("object", "object", { sourceVersion: version });
      expectEqual(await textOf(store, "object"), "first", "the object");
      expect(
        restored.version !== undefined && restored.version !== version,
        "the restored version is no new one",
      );
    },
  },
  {
    name: "close() of a writer makes a version",
    needs: ["versions"],
    async run({ store }) {
      const { version = "" } = await store.put("object", bytesOf("first"));
      await using writer = await store.createWriter("object");
      await writer.write(bytesOf("second"));
      const written = await writer.close();
      expect(
        written.version !== undefined && written.version !== version,
        `the version is ${written.version}`,
      );
      expectEqual(await textOf(store, "object", { version }), "first", "the old version");
    },
  },
];
