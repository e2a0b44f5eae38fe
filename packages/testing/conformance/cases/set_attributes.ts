import { attributesOf, type ObjectAttributes, type ObjectInfo, type ObjectStore } from "@lade/core/backend";
import { NotFoundError, PreconditionFailedError, UnsupportedError } from "@lade/core/errors";
import { copyObject, setAttributes } from "@lade/core/operations";
import type { ConformanceCase, ConformanceContext } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError, expectReason } from "../expect.ts";
import { refusals } from "../refusals.ts";
import { bytesIn, bytesOf, collect, isThere, sampleBytes, textOf } from "../samples.ts";

const PLAIN: ObjectAttributes = {
  contentType: "text/x-sample",
  contentEncoding: "gzip",
  cacheControl: "max-age=60",
  contentDisposition: "attachment",
  contentLanguage: "de",
  metadata: { first: "1", second: "zwölf" },
};

/** What objects have before a change, of what the store keeps. */
function before({ capabilities }: ObjectStore): ObjectAttributes {
  return capabilities.expires === false ? PLAIN : { ...PLAIN, expires: new Date("2031-02-03T04:05:06Z") };
}

/** What `setAttributes` does. */
export const setAttributesCases: readonly ConformanceCase[] = [
  {
    name: "setAttributes() replaces what is given, and keeps the other attributes and the bytes",
    needs: ["setAttributes"],
    async run({ store }) {
      for (const size of [0, 1, 100_000]) {
        const bytes = sampleBytes(size);
        await store.put("object", bytes, before(store));
        const changes: ObjectAttributes[] = [
          { contentType: "text/csv" },
          { cacheControl: "no-store", contentDisposition: "inline" },
          { contentLanguage: "en" },
          ...(store.capabilities.expires === false ? [] : [{ expires: new Date("2032-01-01T00:00:00Z") }]),
          { metadata: { third: "drei" } },
          { contentEncoding: "br", metadata: {} },
        ];
        let expected = before(store);
        for (const change of changes) {
          expected = { ...expected, ...change };
          const result = await setAttributes(store, "object", change);
          expectEqual(result.size, size, "the size that setAttributes() tells");
          const info = await store.head("object");
          expectEqual<unknown>(describe(info), expected, `the attributes after ${JSON.stringify(change)}`);
          expectEqual(
            [info.etag, info.version],
            [result.etag ?? info.etag, result.version],
            "etag and version",
          );
          expectBytes(await bytesIn(store, "object"), bytes, "the object");
        }
        const listed = await collect(store.list());
        expectEqual(listed.map((entry) => [entry.key, entry.size]), [["object", size]], "the objects");
      }
    },
  },
  {
    name: "setAttributes() with nothing changes nothing, and tells what is there",
    needs: ["setAttributes"],
    async run({ store }) {
      await store.put("object", bytesOf("content"), before(store));
      const { etag, version, lastModified } = await store.head("object");
      const change = () => setAttributes(store, "object", {}, { ifMatch: "another" });
      await expectError(change, PreconditionFailedError, "setAttributes() with nothing and another ifMatch");
      const result = await setAttributes(store, "object", {});
      expectEqual<unknown>([result.size, result.etag, result.version], [7, etag, version], "what it tells");
      const after = await store.head("object");
      expectEqual<unknown>(
        [after.etag, after.version, after.lastModified],
        [etag, version, lastModified],
        "the object",
      );
      expectEqual<unknown>(describe(after), before(store), "the attributes");
    },
  },
  {
    name: "setAttributes() replaces tags as a whole, and keeps them where none are given",
    needs: ["setAttributes", "tags"],
    async run({ store }) {
      await store.put("object", bytesOf("x"), { tags: { one: "1", two: "2" }, contentType: "text/plain" });
      await setAttributes(store, "object", { contentType: "text/csv" });
      expectEqual(await store.getTags?.("object"), { one: "1", two: "2" }, "the tags that are kept");
      await setAttributes(store, "object", { tags: { three: "3" } });
      expectEqual(await store.getTags?.("object"), { three: "3" }, "the tags that were given");
      expectEqual((await store.head("object")).contentType, "text/csv", "the type after a change of tags");
      await setAttributes(store, "object", { tags: {} });
      expectEqual(await store.getTags?.("object"), {}, "the tags after none were given");
    },
  },
  {
    name: "setAttributes() with ifMatch changes that content's attributes only",
    needs: ["setAttributes", "conditionalCopy"],
    async run({ store }) {
      await store.put("object", bytesOf("one"), before(store));
      const { etag = "" } = await store.head("object");
      await setAttributes(store, "object", { contentType: "text/csv" }, { ifMatch: etag });
      await store.put("object", bytesOf("two"), before(store));
      const change = () => setAttributes(store, "object", { contentType: "text/html" }, { ifMatch: etag });
      await expectError(change, PreconditionFailedError, "setAttributes() of another content");
      expectEqual<unknown>(describe(await store.head("object")), before(store), "the attributes");
      expectEqual(await textOf(store, "object"), "two", "the object");
    },
    async unsupported(context) {
      const { store } = context;
      if (store.capabilities.setAttributes === false) return await refusals.setAttributes(context);
      const { etag = "" } = await store.put("object", bytesOf("one"), before(store));
      const change = () => setAttributes(store, "object", { contentType: "text/html" }, { ifMatch: etag });
      await expectError(change, UnsupportedError, "setAttributes() with ifMatch");
      expectEqual<unknown>(describe(await store.head("object")), before(store), "the attributes");
    },
  },
  {
    name: "setAttributes() of a missing object is a NotFoundError, and makes none",
    needs: ["setAttributes"],
    async run({ store }) {
      await store.put("dir/a", bytesOf("x"));
      for (const key of ["missing", "dir"]) {
        await expectError(() => setAttributes(store, key, { contentType: "a/b" }), NotFoundError, key);
        await expectError(() => setAttributes(store, key, {}), NotFoundError, `${key}, without attributes`);
        expect(!await isThere(store, key), `${key} is there`);
      }
    },
  },
  {
    name: "setAttributes() refuses what no write takes, and changes nothing",
    needs: ["setAttributes"],
    async run({ store }) {
      await store.put("object", bytesOf("x"), before(store));
      const change = () => setAttributes(store, "object", { expires: new Date(NaN) });
      const isKept = store.capabilities.expires !== false;
      const expected = isKept ? TypeError : UnsupportedError;
      await expectError<Error>(change, expected, "setAttributes() with expires that is no date");
      if (store.capabilities.storageClass === false) {
        const move = () => setAttributes(store, "object", { storageClass: "COLD" });
        await expectError(move, UnsupportedError, "setAttributes() with storageClass");
      }
      expectEqual<unknown>(describe(await store.head("object")), before(store), "the attributes");
    },
  },
  {
    name: "setAttributes() keeps the storage class, or moves the object to the one that is given",
    needs: ["setAttributes", "storageClass"],
    async run({ store, storageClass }) {
      expect(storageClass !== undefined, "the suite needs a storageClass of this service in its options");
      await store.put("object", bytesOf("x"), { storageClass });
      await setAttributes(store, "object", { contentType: "text/csv" });
      expectEqual((await store.head("object")).storageClass, storageClass, "the class that is kept");
      await store.put("object", bytesOf("x"), { contentType: "text/csv" });
      await setAttributes(store, "object", { storageClass });
      const info = await store.head("object");
      expectEqual([info.storageClass, info.contentType], [storageClass, "text/csv"], "class and type");
    },
  },
  {
    name: "setAttributes() rejects with the reason of an aborted signal, and changes nothing",
    needs: ["setAttributes"],
    async run({ store }) {
      await store.put("object", bytesOf("x"), before(store));
      const reason = new Error("stop");
      const signal = AbortSignal.abort(reason);
      const change = () => setAttributes(store, "object", { contentType: "text/csv" }, { signal });
      await expectReason(change, reason, "setAttributes()");
      expectEqual<unknown>(describe(await store.head("object")), before(store), "the attributes");
    },
  },
  {
    name: "copyObject() of an object onto itself with attributes changes these alone",
    needs: ["setAttributes"],
    async run({ store }) {
      await store.put("object", sampleBytes(5000), before(store));
      const { dropped } = await copyObject(store, "object", store, "object", { contentType: "text/csv" });
      expectEqual(dropped, undefined, "what is told to be missing");
      const info = await store.head("object");
      expectEqual<unknown>(describe(info), { ...before(store), contentType: "text/csv" }, "the attributes");
      expectBytes(await bytesIn(store, "object"), sampleBytes(5000), "the object");
    },
    unsupported: copiesOntoItself,
  },
];

async function copiesOntoItself(context: ConformanceContext): Promise<void> {
  const { store } = context;
  if (store.capabilities.attributes !== false) return await refusals.setAttributes(context);
  await store.put("object", bytesOf("x"));
  const copy = () => copyObject(store, "object", store, "object", { contentType: "text/csv" });
  await expectError(copy, UnsupportedError, "copyObject() onto itself with attributes");
  expectEqual(await textOf(store, "object"), "x", "the object");
}

/** What of an object the attributes above are compared with. */
function describe(info: ObjectInfo): ObjectAttributes {
  const { storageClass: _, ...attributes } = attributesOf(info);
  return attributes;
}
