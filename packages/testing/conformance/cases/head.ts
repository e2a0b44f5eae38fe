import { NotFoundError } from "@lade/core/errors";
import { objectUri } from "@lade/core/backend";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError } from "../expect.ts";
import { bytesOf, collect, putAll, sampleBytes } from "../samples.ts";

const DAY_MS = 86_400_000;
const CHECKSUMS_OF_123456789 = {
  crc32c: "4waSgw==",
  crc64nvme: "rosUhgp5mIg=",
  crc32: "y/Q5Jg==",
  sha256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
  md5: "JfnnlDI7RTiF9RgfG2JNCw==",
};

/** How a store describes an object. */
export const headCases: readonly ConformanceCase[] = [
  {
    name: "head() tells key and size, of an empty object too",
    async run({ store }) {
      await store.put("dir/object", sampleBytes(12_345));
      await store.put("empty", new Uint8Array());
      const [object, empty] = [await store.head("dir/object"), await store.head("empty")];
      expectEqual([object.key, object.size], ["dir/object", 12_345], "key and size");
      expectEqual([empty.key, empty.size], ["empty", 0], "key and size of the empty object");
      expectEqual(typeof object.metadata, "object", "the type of metadata");
    },
  },
  {
    name: "head() of a missing object is a NotFoundError that names it",
    async run({ store }) {
      await putAll(store, ["dir/a", "object"]);
      for (const key of ["missing", "dir", "dir/b", "objec", "object2"]) {
        const error = await expectError(() => store.head(key), NotFoundError, `head() of ${key}`);
        expectEqual(error.uri, objectUri(store.uri, key), "the error's uri");
      }
    },
  },
  {
    name: "head(), get() and list() tell the same of an object",
    async run({ store }) {
      await store.put("object", sampleBytes(100));
      const head = await store.head("object");
      await using result = await store.get("object");
      const [entry] = await collect(store.list());
      for (const [name, told] of [["get()", result.info], ["list()", entry]] as const) {
        expectEqual(told?.size, head.size, `the size by ${name}`);
        expectEqual(told?.etag ?? head.etag, head.etag, `the etag by ${name}`);
        expectEqual(seconds(told?.lastModified), seconds(head.lastModified), `lastModified by ${name}`);
      }
      expectEqual(result.info, { ...head, lastModified: result.info.lastModified }, "the info of get()");
    },
  },
  {
    name: "etag stays while the content does, and changes with it",
    async run({ store }) {
      const put = await store.put("object", bytesOf("one"));
      const first = await store.head("object");
      const again = await store.head("object");
      await store.put("object", bytesOf("two"));
      const second = await store.head("object");
      expectEqual(again.etag, first.etag, "the etag asked for again");
      expectEqual(put.etag ?? first.etag, first.etag, "the etag that put() tells");
      expect(first.etag === undefined || second.etag !== first.etag, "the etag is the old one");
    },
  },
  {
    name: "etag has no quotes around it",
    async run({ store }) {
      const { etag = "" } = await store.put("object", bytesOf("one"));
      const head = await store.head("object");
      for (const tag of [etag, head.etag ?? ""]) {
        expect(!tag.includes('"') && !tag.startsWith("W/"), `the etag is ${tag}`);
      }
    },
  },
  {
    name: "etags differ between objects of the same size",
    async run({ store }) {
      const a = await store.put("a", sampleBytes(1000, 1));
      const b = await store.put("b", sampleBytes(1000, 2));
      expect(a.etag === undefined || a.etag !== b.etag, "two contents have one etag");
    },
  },
  {
    name: "lastModified is about now, and does not go back when the object is overwritten",
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      const first = (await store.head("object")).lastModified;
      expect(Math.abs(first.getTime() - store.context.clock.now()) < DAY_MS, `lastModified is ${first}`);
      await store.put("object", bytesOf("two"));
      const second = (await store.head("object")).lastModified;
      expect(second >= first, `lastModified was ${first.toISOString()}, is ${second.toISOString()}`);
    },
  },
  {
    name: "checksums that a store tells are right, and in base64",
    async run({ store }) {
      const put = await store.put("object", bytesOf("123456789"));
      const head = await store.head("object");
      await using result = await store.get("object");
      const listed = [...await collect(store.list()), ...await collect(store.listWithDelimiter())];
      const all = [put, head, result.info, ...listed.filter((entry) => "key" in entry)];
      for (const { checksums } of all) {
        for (const [name, value] of Object.entries(checksums ?? {})) {
          const right = Object.entries(CHECKSUMS_OF_123456789).find(([label]) => label === name)?.[1];
          expectEqual<string | undefined>(value, right, `checksum ${name}`);
        }
      }
    },
  },
];

function seconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? NaN) / 1000);
}
