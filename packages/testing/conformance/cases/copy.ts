import { NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { PrefixStore } from "@lade/core/layers";
import { MemoryStore } from "@lade/core/memory";
import { objectUri } from "@lade/core/backend";
import type { ConformanceCase } from "../conformance_case.ts";
import { expectBytes, expectEqual, expectError } from "../expect.ts";
import { bytesIn, bytesOf, namesIn, putAll, sampleBytes, textOf } from "../samples.ts";

/** What `copy` does. */
export const copyCases: readonly ConformanceCase[] = [
  {
    name: "copy() makes an object of the same bytes and keeps the source",
    async run({ store }) {
      for (const size of [0, 1, 100_000]) {
        await store.put("dir/from", sampleBytes(size));
        const result = await store.copy("dir/from", "other/to");
        expectEqual(result.size, size, "the size that copy() tells");
        expectBytes(await bytesIn(store, "other/to"), sampleBytes(size), "the copy");
        expectBytes(await bytesIn(store, "dir/from"), sampleBytes(size), "the source");
        const { etag, key } = await store.head("other/to");
        expectEqual([key, result.etag ?? etag], ["other/to", etag], "key and etag of the copy");
      }
    },
  },
  {
    name: "copy() replaces the target",
    async run({ store }) {
      await store.put("from", bytesOf("new"));
      await store.put("to", bytesOf("old and longer"));
      await store.copy("from", "to");
      expectEqual(await textOf(store, "to"), "new", "the target");
      expectEqual(await namesIn(store.list()), ["from", "to"], "the keys");
    },
  },
  {
    name: "copy() and its source go separate ways afterwards",
    async run({ store }) {
      await store.put("from", bytesOf("one"));
      await store.copy("from", "to");
      await store.put("from", bytesOf("two"));
      expectEqual(await textOf(store, "to"), "one", "the copy after its source was overwritten");
      await store.put("to", bytesOf("three"));
      expectEqual(await textOf(store, "from"), "two", "the source after its copy was overwritten");
      await store.delete("from");
      expectEqual(await textOf(store, "to"), "three", "the copy after its source was deleted");
    },
  },
  {
    name: "copy() of a missing object is a NotFoundError that names it, and leaves the target",
    async run({ store }) {
      await store.put("to", bytesOf("old"));
      const error = await expectError(() => store.copy("missing", "to"), NotFoundError, "copy()");
      expectEqual(error.uri, objectUri(store.uri, "missing"), "the error's uri");
      expectEqual(await textOf(store, "to"), "old", "the target");
      await expectError(() => store.copy("missing", "new"), NotFoundError, "copy() to a new key");
      expectEqual(await namesIn(store.list()), ["to"], "the keys");
    },
  },
  {
    name: "copy() of a prefix is a NotFoundError",
    async run({ store }) {
      await putAll(store, ["dir/a", "dir/b"]);
      await expectError(() => store.copy("dir", "to"), NotFoundError, "copy()");
      expectEqual(await namesIn(store.list()), ["dir/a", "dir/b"], "the keys");
    },
  },
  {
    name: "copy() of an object onto itself keeps it",
    async run({ store }) {
      await store.put("object", sampleBytes(5000));
      expectEqual((await store.copy("object", "object")).size, 5000, "the size that copy() tells");
      expectBytes(await bytesIn(store, "object"), sampleBytes(5000), "the object");
    },
  },
  {
    name: "copyFrom() of a store of another service is undefined and does nothing",
    async run({ store }) {
      const foreign = new MemoryStore();
      await foreign.put("from", bytesOf("foreign"));
      await store.put("to", bytesOf("old"));
      expectEqual(await store.copyFrom?.(foreign, "from", "to"), undefined, "what copyFrom() gives");
      expectEqual(await store.copyFrom?.(foreign, "missing", "new"), undefined, "what it gives for nothing");
      expectEqual(await textOf(store, "to"), "old", "the target");
      expectEqual(await namesIn(store.list()), ["to"], "the keys");
    },
  },
  {
    name:
      "copyFrom() of a layer over the same store copies what lies below it, or is undefined and does nothing",
    async run({ store }) {
      const source = new PrefixStore(store, "dir/");
      const target = new PrefixStore(store, "other/");
      await source.put("from", bytesOf("content"));
      await target.put("to", bytesOf("old"));
      for (const [to, key, whole] of [[store, "copy", "copy"], [target, "to", "other/to"]] as const) {
        const missing = async () => await to.copyFrom?.(source, "missing", key);
        const another = async () => await to.copyFrom?.(source, "from", key, { sourceIfMatch: "another" });
        const copied = await to.copyFrom?.(source, "from", key);
        if (copied === undefined) {
          expectEqual(await namesIn(store.list()), ["dir/from", "other/to"], "the keys");
          expectEqual(await textOf(target, "to"), "old", "the target");
          return;
        }
        expectEqual([copied.size, await textOf(store, whole)], [7, "content"], `the copy ${whole}`);
        await expectError(missing, NotFoundError, "copyFrom() of a missing object");
        await expectError(another, PreconditionFailedError, "copyFrom() of another content");
      }
      expectEqual(await namesIn(store.list()), ["copy", "dir/from", "other/to"], "the keys");
    },
  },
  {
    name: "copy() with sourceIfMatch copies that content only",
    async run({ store }) {
      await store.put("from", bytesOf("one"));
      const { etag = "" } = await store.head("from");
      await store.copy("from", "to", { sourceIfMatch: etag });
      await store.put("from", bytesOf("two"));
      const copy = () => store.copy("from", "to", { sourceIfMatch: etag });
      await expectError(copy, PreconditionFailedError, "copy() of a changed source");
      expectEqual(await textOf(store, "to"), "one", "the target");
    },
  },
];
