import { type CallOptions, compareKeys, type ObjectStore, type ObjectVersion } from "@lade/core/backend";
import { NotFoundError } from "@lade/core/errors";
import { listVersions, listVersionsOf, listVersionsWithDelimiter } from "@lade/core/operations";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError, expectReason } from "../expect.ts";
import { bytesOf, collect, isThere, textOf } from "../samples.ts";

/** What `listVersions` shows. */
export const listVersionsCases: readonly ConformanceCase[] = [
  {
    name: "listVersions() gives every version by ascending key, the newest first",
    needs: ["versions"],
    async run({ store }) {
      const written: [string, string][] = [];
      for (const key of ["b", "a/z", "c/d", "a-", "😀", "\ufffd"]) {
        for (const text of ["1", "22", "333"]) {
          const { version = "" } = await store.put(key, bytesOf(text));
          written.push([key, version]);
        }
      }
      const listed = await versionsIn(store);
      const wanted = written.toReversed().sort(([a], [b]) => compareKeys(a, b));
      expectEqual(listed.map(({ key, version }) => [key, version]), wanted, "keys and versions");
      for (const [at, { key, isLatest, isDeleteMarker, size, lastModified }] of listed.entries()) {
        expectEqual([key, isLatest, isDeleteMarker], [key, at % 3 === 0, false], "what a version is");
        expectEqual(size, 3 - at % 3, `the size of version ${at} of ${key}`);
        expect(lastModified instanceof Date && lastModified.getTime() > 0, "a version has no time");
      }
    },
  },
  {
    name: "listVersions() keeps to its prefix, which is no pattern",
    needs: ["versions"],
    async run({ store }) {
      // What has a prefix in its middle comes right after what starts with it.
      for (const key of ["a", "a*", "ab", "aa/b", "b/a", "ba", "A", "xaa/b"]) {
        await store.put(key, bytesOf(key));
      }
      const keysIn = async (prefix: string) => (await versionsIn(store, prefix)).map(({ key }) => key);
      expectEqual(await keysIn("a"), ["a", "a*", "aa/b", "ab"], "the keys of prefix a");
      expectEqual(await keysIn("a*"), ["a*"], "the keys of prefix a*");
      expectEqual(await keysIn("aa/"), ["aa/b"], "the keys of prefix aa/");
      expectEqual(await keysIn("none"), [], "the keys of a prefix with nothing in it");
      const own = (await collect(listVersionsOf(store, "a"))).map(({ key }) => key);
      expectEqual(own, ["a"], "the keys of listVersionsOf()");
    },
  },
  {
    name: "listVersionsWithDelimiter() gives the versions of one level, and what lies deeper folded",
    needs: ["versions"],
    async run({ store }) {
      for (const key of ["a", "b/c", "b/d/e", "b-", "c"]) {
        for (const text of ["1", "22"]) await store.put(key, bytesOf(text));
      }
      await store.delete("b/c");
      const namesIn = async (prefix: string) =>
        (await collect(listVersionsWithDelimiter(store, prefix))).map((entry) =>
          "prefix" in entry ? entry.prefix : entry.isDeleteMarker ? "a marker" : `${entry.key} ${entry.size}`
        ).filter((name) => name !== "a marker");
      expectEqual(await namesIn(""), ["a 2", "a 1", "b- 2", "b- 1", "b/", "c 2", "c 1"], "the top level");
      expectEqual(await namesIn("b/"), ["b/c 2", "b/c 1", "b/d/"], "the level below b/");
      expectEqual(await namesIn("b"), ["b- 2", "b- 1", "b/"], "the names that start with b");
      expectEqual(await namesIn("none/"), [], "a level with nothing in it");
    },
  },
  {
    name: "listVersions() shows etags and sizes that head() confirms",
    needs: ["versions"],
    async run({ store }) {
      for (const text of ["one", "another"]) await store.put("object", bytesOf(text));
      for (const { version, etag, size } of await versionsIn(store)) {
        const info = await store.head("object", { version });
        expectEqual([size, etag ?? info.etag], [info.size, info.etag], `size and etag of ${version}`);
      }
    },
  },
  {
    name: "listVersions() of a deleted object shows no version of content as the latest",
    needs: ["versions"],
    async run({ store }) {
      const { version: first = "" } = await store.put("object", bytesOf("first"));
      const { version: second = "" } = await store.put("object", bytesOf("second"));
      await store.delete("object");
      const listed = await versionsIn(store);
      const contents = listed.filter(({ isDeleteMarker }) => !isDeleteMarker);
      expectEqual(contents.map(({ version }) => version), [second, first], "the versions");
      expect(contents.every(({ isLatest }) => !isLatest), "a version of a deleted object is the latest");
      for (const { isDeleteMarker, isLatest, size } of listed) {
        if (isDeleteMarker) expectEqual([isLatest, size], [true, undefined], "a delete marker");
      }
    },
  },
  {
    name: "delete() of the latest delete marker brings the object back, delete() of a version none",
    needs: ["versions"],
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      await store.delete("object");
      const [marker] = (await versionsIn(store)).filter(({ isDeleteMarker }) => isDeleteMarker);
      // There are services that keep versions and make no markers.
      if (!marker) return;
      const { version } = marker;
      await expectError(() => store.get("object", { version }), NotFoundError, "get() of a delete marker");
      await expectError(() => store.head("object", { version }), NotFoundError, "head() of a delete marker");
      const copy = () => store.copy("object", "copy", { sourceVersion: version });
      await expectError(copy, NotFoundError, "copy() of a delete marker");
      await store.delete("object", { version });
      expectEqual(await textOf(store, "object"), "content", "the object");
      const [latest] = await versionsIn(store);
      expectEqual([latest?.isLatest, latest?.isDeleteMarker], [true, false], "the latest version");
    },
  },
  {
    name: "delete() of the latest version makes the one before it the latest",
    needs: ["versions"],
    async run({ store }) {
      await store.put("object", bytesOf("first"));
      const { version = "" } = await store.put("object", bytesOf("second"));
      await store.delete("object", { version });
      expectEqual(await textOf(store, "object"), "first", "the object");
      const latest = (await versionsIn(store)).map(({ isLatest }) => isLatest);
      expectEqual(latest, [true], "the versions");
    },
  },
  {
    name: "an empty version is none, and never stands for the latest",
    needs: ["versions"],
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      const version = "";
      await expectError(() => store.get("object", { version }), TypeError, "get()");
      await expectError(() => store.head("object", { version }), TypeError, "head()");
      await expectError(() => store.delete("object", { version }), TypeError, "delete()");
      const copy = () => store.copy("object", "copy", { sourceVersion: version });
      await expectError(copy, TypeError, "copy()");
      const [result] = await collect(store.deleteMany([{ key: "object", version }]));
      expect(result?.error instanceof TypeError, `the error of deleteMany() is ${result?.error}`);
      expect(await isThere(store, "object"), "the object is gone");
    },
  },
  {
    name: "listVersions() rejects with the reason of an aborted signal, at once and half-way",
    needs: ["versions"],
    async run({ store }) {
      for (let i = 0; i < 10; i++) await store.put(`object-${i}`, bytesOf("content"));
      const reason = new Error("stop");
      const aborted = { signal: AbortSignal.abort(reason) };
      await expectReason(() => versionsIn(store, "", aborted), reason, "listVersions()");
      const controller = new AbortController();
      let seen = 0;
      const listing = async () => {
        for await (const _ of listVersions(store, "", { signal: controller.signal })) {
          if (++seen === 3) controller.abort(reason);
        }
      };
      await expectReason(listing, reason, "listVersions() aborted half-way");
      expect(seen < 10, "the listing went on to its end");
    },
  },
];

function versionsIn(store: ObjectStore, prefix = "", options: CallOptions = {}): Promise<ObjectVersion[]> {
  return collect(listVersions(store, prefix, options));
}
