import { NotFoundError } from "@lade/core/errors";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError } from "../expect.ts";
import { bytesIn, bytesOf, isThere, namesIn, sampleBytes, textOf } from "../samples.ts";

/** What a writer does that is used as it should be. */
export const writerCases: readonly ConformanceCase[] = [
  {
    name: "createWriter() makes an object of the chunks in order",
    async run({ store }) {
      await using writer = await store.createWriter("dir/object");
      expectEqual(writer.bytesWritten, 0, "bytesWritten at the start");
      await writer.write(bytesOf("one,"));
      await writer.write(bytesOf("two,"));
      expectEqual(writer.bytesWritten, 8, "bytesWritten on the way");
      await writer.write(bytesOf("three"));
      const result = await writer.close();
      expectEqual(result.size, 13, "the size that close() tells");
      expectEqual(writer.bytesWritten, 13, "bytesWritten at the end");
      expectEqual(await textOf(store, "dir/object"), "one,two,three", "the object");
    },
  },
  {
    name: "createWriter() makes an empty object when nothing is written",
    async run({ store }) {
      await using none = await store.createWriter("none");
      expectEqual((await none.close()).size, 0, "the size that close() tells");
      await using empty = await store.createWriter("empty");
      await empty.write(new Uint8Array());
      await empty.close();
      expectEqual(await namesIn(store.list()), ["empty", "none"], "the keys");
      expectBytes(await bytesIn(store, "none"), new Uint8Array(), "the object");
      expectEqual((await store.head("empty")).size, 0, "the size");
    },
  },
  {
    name: "writer takes chunks and totals around the part size",
    async run({ store, partSize }) {
      const totals = [partSize - 1, partSize, partSize + 1, 2 * partSize, 2 * partSize + 1];
      const chunks = [partSize - 1, partSize, partSize + 1, Math.ceil(partSize / 3), 3 * partSize];
      const sizes = totals.flatMap((total) => chunks.map((chunk) => [total, chunk] as const));
      const tried = partSize > 2 ** 20 ? sizes.filter((_, i) => i % 6 === 0) : sizes;
      for (const [total, chunk] of tried) {
        const data = sampleBytes(total, chunk);
        await using writer = await store.createWriter("object", { partSize });
        for (let at = 0; at < total; at += chunk) await writer.write(data.subarray(at, at + chunk));
        expectEqual((await writer.close()).size, total, `close() of ${total} bytes in chunks of ${chunk}`);
        expectBytes(await bytesIn(store, "object"), data, `${total} bytes in chunks of ${chunk}`);
      }
    },
  },
  {
    name: "writer takes many tiny chunks",
    async run({ store, partSize }) {
      const data = sampleBytes(3000);
      await using writer = await store.createWriter("object", { partSize });
      for (let at = 0; at < data.length; at += 3) await writer.write(data.subarray(at, at + 3));
      await writer.close();
      expectBytes(await bytesIn(store, "object"), data, "the object");
    },
  },
  {
    name: "writer is done with a chunk once write() has resolved",
    async run({ store, partSize }) {
      const data = sampleBytes(10 * partSize + 7);
      const chunk = new Uint8Array(partSize);
      await using writer = await store.createWriter("object", { partSize, concurrency: 3 });
      for (let at = 0; at < data.length; at += partSize) {
        const piece = data.subarray(at, at + partSize);
        chunk.set(piece);
        await writer.write(chunk.subarray(0, piece.length));
        chunk.fill(0xff);
      }
      await writer.close();
      expectBytes(await bytesIn(store, "object"), data, "the object after its chunks changed");
    },
  },
  {
    name: "writer keeps the order of writes that are not waited for",
    async run({ store, partSize }) {
      const data = sampleBytes(5 * partSize);
      await using writer = await store.createWriter("object", { partSize, concurrency: 2 });
      const writes: Promise<void>[] = [];
      for (let at = 0; at < data.length; at += 1000) writes.push(writer.write(data.subarray(at, at + 1000)));
      await Promise.all(writes);
      await writer.close();
      expectBytes(await bytesIn(store, "object"), data, "the object");
    },
  },
  {
    name: "writer keeps the order of writes that come while others are taken",
    async run({ store, partSize }) {
      const data = sampleBytes(3000);
      await using writer = await store.createWriter("object", { partSize });
      const writes: Promise<void>[] = [];
      for (let at = 0; at < data.length; at += 10) {
        writes.push(writer.write(data.subarray(at, at + 10)));
        for (let pause = at / 10 % 7; pause > 0; pause--) await undefined;
      }
      await Promise.all(writes);
      await writer.close();
      expectBytes(await bytesIn(store, "object"), data, "the object");
    },
  },
  {
    name: "writer shows nothing before close()",
    async run({ store, partSize }) {
      await using writer = await store.createWriter("dir/object", { partSize });
      await writer.write(sampleBytes(3 * partSize));
      expect(!await isThere(store, "dir/object"), "the object is seen before close()");
      await expectError(() => store.get("dir/object"), NotFoundError, "get() before close()");
      expectEqual(await namesIn(store.list()), [], "the keys before close()");
      expectEqual(await namesIn(store.listWithDelimiter()), [], "the level before close()");
      await writer.close();
      expect(await isThere(store, "dir/object"), "the object is not seen after close()");
    },
  },
  {
    name: "writer leaves the old object to readers until close()",
    async run({ store, partSize }) {
      const old = await store.put("object", bytesOf("old"));
      await using writer = await store.createWriter("object", { partSize });
      await writer.write(sampleBytes(2 * partSize));
      expectEqual(await textOf(store, "object"), "old", "the object before close()");
      const result = await writer.close();
      expectBytes(await bytesIn(store, "object"), sampleBytes(2 * partSize), "the object after close()");
      const { etag } = await store.head("object");
      expectEqual(result.etag ?? etag, etag, "the etag that close() tells");
      expect(etag === undefined || etag !== old.etag, "the etag is that of the old object");
    },
  },
  {
    name: "writers to one key do not mix: the one that closes last wins",
    async run({ store, partSize }) {
      const [a, b] = [sampleBytes(3 * partSize, 1), sampleBytes(3 * partSize, 2)];
      await using first = await store.createWriter("object", { partSize });
      await using second = await store.createWriter("object", { partSize });
      for (let at = 0; at < a.length; at += partSize) {
        await first.write(a.subarray(at, at + partSize));
        await second.write(b.subarray(at, at + partSize));
      }
      await second.close();
      expectBytes(await bytesIn(store, "object"), b, "the object of the writer that closed first");
      await first.close();
      expectBytes(await bytesIn(store, "object"), a, "the object of the writer that closed last");
    },
  },
  {
    name: "writers to different keys work side by side",
    async run({ store, partSize }) {
      const keys = Array.from({ length: 10 }, (_, i) => `object-${i}`);
      const size = Math.min(5 * partSize, 50_000);
      await Promise.all(keys.map(async (key, i) => {
        const data = sampleBytes(size, i);
        await using writer = await store.createWriter(key, { partSize });
        for (let at = 0; at < size; at += 1000) await writer.write(data.subarray(at, at + 1000));
        await writer.close();
      }));
      for (const [i, key] of keys.entries()) {
        expectBytes(await bytesIn(store, key), sampleBytes(size, i), key);
      }
    },
  },
  {
    name: "createWriter() with a part size or concurrency that is none is a RangeError",
    async run({ store }) {
      for (const options of [{ partSize: 0 }, { partSize: -1 }, { partSize: NaN }, { concurrency: 0 }]) {
        const open = async () => {
          const writer = await store.createWriter("object", options);
          await writer.abort();
        };
        await expectError(open, RangeError, `createWriter() with ${JSON.stringify(options)}`);
      }
      expectEqual(await namesIn(store.list()), [], "the keys afterwards");
    },
  },
  {
    name: "close() waits for the writes before it, and refuses those after it",
    async run({ store, partSize }) {
      for (const size of [7, 2 * partSize + 1]) {
        const data = sampleBytes(size, size);
        await using writer = await store.createWriter("object", { partSize });
        const half = Math.ceil(size / 2);
        const writes = [writer.write(data.subarray(0, half)), writer.write(data.subarray(half))];
        const closing = writer.close();
        await expectError(() => writer.write(bytesOf("late")), TypeError, "write() during close()");
        await expectError(() => writer.close(), TypeError, "close() during close()");
        await Promise.all(writes);
        expectEqual((await closing).size, size, "the size that close() tells");
        expectBytes(await bytesIn(store, "object"), data, "the object");
      }
    },
  },
  {
    name: "close() makes one object, and the writer is over",
    async run({ store }) {
      await using writer = await store.createWriter("object");
      await writer.write(bytesOf("content"));
      await writer.close();
      await expectError(() => writer.write(bytesOf("more")), TypeError, "write() after close()");
      await expectError(() => writer.close(), TypeError, "close() after close()");
      await writer.abort();
      await writer[Symbol.asyncDispose]();
      expectEqual(await textOf(store, "object"), "content", "the object");
    },
  },
];
