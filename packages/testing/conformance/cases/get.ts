import { NotFoundError } from "@lade/core/errors";
import { objectUri } from "@lade/core/backend";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError } from "../expect.ts";
import { bytesIn, bytesOf, putAll, readAll, sampleBytes } from "../samples.ts";

const SIZES = [0, 1, 2, 511, 512, 513, 4095, 4096, 4097, 65535, 65536, 65537, 2 ** 20 + 1];

/** What `get` answers. */
export const getCases: readonly ConformanceCase[] = [
  {
    name: "get() gives the bytes that put() was given, at sizes around the powers of two",
    async run({ store }) {
      for (const size of SIZES) {
        const data = sampleBytes(size, size);
        await store.put("object", data);
        expectBytes(await bytesIn(store, "object"), data, `an object of ${size} bytes`);
      }
    },
  },
  {
    name: "get() tells key, size, range and metadata of the whole object",
    async run({ store }) {
      await store.put("dir/object", sampleBytes(300));
      await using result = await store.get("dir/object");
      expectEqual(result.info.key, "dir/object", "info.key");
      expectEqual(result.info.size, 300, "info.size");
      expectEqual(result.range, { offset: 0, length: 300 }, "range");
      expectEqual(result.bytesRead, 0, "bytesRead before the first read");
      expect(result.info.lastModified instanceof Date, "info.lastModified is no Date");
      expectEqual(typeof result.info.metadata, "object", "the type of info.metadata");
    },
  },
  {
    name: "get() of an empty object gives no bytes",
    async run({ store }) {
      await store.put("empty", new Uint8Array());
      const result = await store.get("empty");
      expectEqual(result.info.size, 0, "info.size");
      expectEqual(result.range, { offset: 0, length: 0 }, "range");
      expectEqual(await result.readInto(new Uint8Array(10)), 0, "readInto()");
      expectEqual(await result.readInto(new Uint8Array(10)), 0, "readInto() at the end");
    },
  },
  {
    name: "get() of a missing object is a NotFoundError that names it",
    async run({ store }) {
      const error = await expectError(() => store.get("no/such object"), NotFoundError, "get()");
      expectEqual(error.uri, objectUri(store.uri, "no/such object"), "the error's uri");
    },
  },
  {
    name: "get() of what is only a prefix of other keys is a NotFoundError",
    async run({ store }) {
      await putAll(store, ["dir/a", "dir2", "file.txt"]);
      for (const key of ["dir", "di", "file", "file.tx"]) {
        await expectError(() => store.get(key), NotFoundError, `get() of ${key}`);
      }
    },
  },
  {
    name: "get() 32 times at once gives every reader its own bytes",
    async run({ store }) {
      const keys = Array.from({ length: 8 }, (_, i) => `object-${i}`);
      await Promise.all(keys.map((key, i) => store.put(key, sampleBytes(10_000 + i, i))));
      const reads = Array.from({ length: 32 }, async (_, i) => {
        const bytes = await bytesIn(store, keys[i % 8] ?? "");
        expectBytes(bytes, sampleBytes(10_000 + i % 8, i % 8), `read ${i}`);
      });
      await Promise.all(reads);
    },
  },
  {
    name: "get() results that are open at once do not disturb one another",
    async run({ store }) {
      await store.put("a", sampleBytes(50_000, 1));
      await store.put("b", sampleBytes(50_000, 2));
      const [a, b, again] = [await store.get("a"), await store.get("b"), await store.get("a")];
      const [fromA, fromB] = [new Uint8Array(50_000), new Uint8Array(50_000)];
      for (let at = 0; at < 50_000; at += 10_000) {
        await a.readInto(fromA.subarray(at, at + 10_000));
        await b.readInto(fromB.subarray(at, at + 10_000));
      }
      expectBytes(fromA, sampleBytes(50_000, 1), "the first object");
      expectBytes(fromB, sampleBytes(50_000, 2), "the second object");
      expectBytes(await readAll(again), sampleBytes(50_000, 1), "the first object, read later");
    },
  },
  {
    name: "get() never mixes versions when the object is overwritten while it is read",
    async run({ store }) {
      const [before, after] = [sampleBytes(300_000, 1), sampleBytes(300_000, 2)];
      await store.put("object", before);
      const result = await store.get("object");
      const target = new Uint8Array(300_000);
      await result.readInto(target.subarray(0, 1000));
      await store.put("object", after);
      const failed = await result.readInto(target.subarray(1000)).then(() => false, () => true);
      if (!failed) expectBytes(target, before, "the object that info describes");
      await result.cancel();
      expectBytes(await bytesIn(store, "object"), after, "the new object");
    },
  },
  {
    name: "get() gives all bytes or fails when the object is deleted while it is read",
    async run({ store }) {
      const data = sampleBytes(300_000);
      await store.put("object", data);
      const result = await store.get("object");
      const target = new Uint8Array(300_000);
      await result.readInto(target.subarray(0, 1000));
      await store.delete("object");
      const failed = await result.readInto(target.subarray(1000)).then(() => false, () => true);
      if (!failed) expectBytes(target, data, "the object that info describes");
      await result.cancel();
    },
  },
  {
    name: "get() gives bytes and info that belong to the reader",
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      const result = await store.get("object");
      result.info.lastModified.setTime(0);
      const chunks = await Array.fromAsync(result.body);
      for (const chunk of chunks) chunk.fill(0);
      expectBytes(
        await bytesIn(store, "object"),
        bytesOf("content"),
        "the object after its reader changed the bytes",
      );
      const { lastModified } = await store.head("object");
      expect(lastModified.getTime() > 0, "a reader's change of lastModified shows in the store");
    },
  },
];
