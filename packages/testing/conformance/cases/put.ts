import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError } from "../expect.ts";
import {
  bytesIn,
  bytesOf,
  collect,
  isThere,
  namesIn,
  nextTurn,
  putAll,
  sampleBytes,
  textOf,
} from "../samples.ts";

/** What `put` does. */
export const putCases: readonly ConformanceCase[] = [
  {
    name: "put() creates an object that every call sees at once",
    async run({ store }) {
      const result = await store.put("dir/object", bytesOf("content"));
      expectEqual(result.size, 7, "the size that put() tells");
      expectEqual(await textOf(store, "dir/object"), "content", "the object");
      expect(await isThere(store, "dir/object"), "the object is not listed");
      const [entry] = await collect(store.list());
      expectEqual([entry?.key, entry?.size], ["dir/object", 7], "the entry in the list");
    },
  },
  {
    name: "put() replaces an object, and nothing of a longer one stays",
    async run({ store }) {
      await store.put("object", sampleBytes(100_000));
      await store.put("object", bytesOf("short"));
      expectEqual(await textOf(store, "object"), "short", "the object");
      expectEqual((await store.head("object")).size, 5, "its size");
      await store.put("object", new Uint8Array());
      expectBytes(await bytesIn(store, "object"), new Uint8Array(), "the emptied object");
      expectEqual(await namesIn(store.list()), ["object"], "the list");
    },
  },
  {
    name: "every write answers with a proof that it is stored: etag, version or checksum",
    async run({ store }) {
      const writer = await store.createWriter("written");
      await writer.write(bytesOf("content"));
      const parts = await store.createPartWriter("parts", 7);
      if (parts.partCount !== 1) throw new Error(`7 bytes have ${parts.partCount} parts`);
      await parts.writePart(0, bytesOf("content"));
      const results = {
        put: await store.put("put", bytesOf("content")),
        createWriter: await writer.close(),
        createPartWriter: await parts.close(),
        copy: await store.copy("put", "copied"),
      };
      for (const [name, { etag, version, checksums = {} }] of Object.entries(results)) {
        const proved = etag !== undefined || version !== undefined || Object.keys(checksums).length > 0;
        expect(proved, `${name}() answers with no proof`);
      }
    },
  },
  {
    name: "put() touches no other object",
    async run({ store }) {
      const keys = ["object", "object2", "objec", "dir/object", "Object"];
      await putAll(store, keys);
      await store.put("object", bytesOf("new"));
      for (const key of keys.slice(1)) expectEqual(await textOf(store, key), key, `the object ${key}`);
    },
  },
  {
    name: "put() is done with the data once it settles",
    async run({ store }) {
      const data = sampleBytes(70_000);
      await store.put("object", data);
      data.fill(0);
      expectBytes(await bytesIn(store, "object"), sampleBytes(70_000), "the object after its source changed");
    },
  },
  {
    name: "put() leaves the data as it is and writes the bytes of the view alone",
    async run({ store }) {
      const data = sampleBytes(5000);
      await store.put("object", data.subarray(1001, 3003));
      expectBytes(data, sampleBytes(5000), "the data");
      expectBytes(await bytesIn(store, "object"), sampleBytes(5000).subarray(1001, 3003), "the object");
    },
  },
  {
    name: "put() takes bytes in shared memory",
    async run({ store }) {
      const data = new Uint8Array(new SharedArrayBuffer(5000));
      data.set(sampleBytes(5000));
      await store.put("object", data);
      expectBytes(await bytesIn(store, "object"), sampleBytes(5000), "the object");
    },
  },
  {
    name: "put() shows readers the old content or all of the new, nothing between",
    async run({ store }) {
      const contents = [sampleBytes(20_000, 1), sampleBytes(40_000, 2)];
      await store.put("object", contents[0] ?? new Uint8Array());
      let writing = true;
      const writer = (async () => {
        for (let i = 1; i <= 10; i++) await store.put("object", contents[i % 2] ?? new Uint8Array());
      })().finally(() => writing = false);
      const reader = (async () => {
        do {
          const result = await store.get("object");
          const { size } = result.info;
          const bytes = new Uint8Array(size);
          // A read may fail when it meets a change; what it may not do is succeed with a mixture.
          const failed = await result.readInto(bytes).then(() => false, () => true);
          await result.cancel();
          if (!failed) expectBytes(bytes, sampleBytes(size, size / 20_000), `a read of ${size} bytes`);
          await nextTurn();
        } while (writing);
      })();
      await Promise.all([writer, reader]);
    },
  },
  {
    name: "put() of anything but bytes is a TypeError and writes nothing",
    async run({ store }) {
      for (const wrong of ["text", null, [1, 2], new ArrayBuffer(2)]) {
        const data = wrong as unknown as Uint8Array;
        await expectError(() => store.put("object", data), TypeError, `put() of ${JSON.stringify(wrong)}`);
      }
      expectEqual(await namesIn(store.list()), [], "the keys afterwards");
    },
  },
];
