import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError, expectReason, rejectionOf } from "../expect.ts";
import { bytesIn, bytesOf, isThere, namesIn, sampleBytes, textOf } from "../samples.ts";

/** What a writer does that is given up or fails. */
export const writerAbortCases: readonly ConformanceCase[] = [
  {
    name: "abort() leaves nothing, and close() can no longer succeed",
    async run({ store, partSize }) {
      const writer = await store.createWriter("dir/object", { partSize });
      await writer.write(sampleBytes(3 * partSize + 1));
      const reason = new Error("enough");
      await writer.abort(reason);
      await writer.abort(new Error("again"));
      await expectReason(() => writer.close(), reason, "close() after abort()");
      await expectReason(() => writer.write(bytesOf("more")), reason, "write() after abort()");
      expect(!await isThere(store, "dir/object"), "the object is there after abort()");
      expectEqual(await namesIn(store.list()), [], "the keys after abort()");
      expectEqual(await namesIn(store.listWithDelimiter()), [], "the level after abort()");
    },
  },
  {
    name: "abort() before the first write() and twice is fine",
    async run({ store }) {
      const writer = await store.createWriter("object");
      await writer.abort();
      await writer.abort();
      await writer[Symbol.asyncDispose]();
      await rejectionOf(() => writer.close(), "close() after abort()");
      expectEqual(await namesIn(store.list()), [], "the keys after abort()");
    },
  },
  {
    name: "abort() leaves the old object as it was",
    async run({ store, partSize }) {
      const { etag } = await store.put("object", bytesOf("old"));
      const writer = await store.createWriter("object", { partSize });
      await writer.write(sampleBytes(2 * partSize));
      await writer.abort();
      expectEqual(await textOf(store, "object"), "old", "the object");
      if (etag !== undefined) expectEqual((await store.head("object")).etag, etag, "its etag");
    },
  },
  {
    name: "abort() after close() does nothing",
    async run({ store }) {
      const writer = await store.createWriter("object");
      await writer.write(bytesOf("content"));
      await writer.close();
      await writer.abort();
      expectEqual(await textOf(store, "object"), "content", "the object");
    },
  },
  {
    name: "abort() while writes are under way leaves nothing",
    async run({ store, partSize }) {
      const writer = await store.createWriter("object", { partSize, concurrency: 4 });
      const writes = Array.from({ length: 6 }, (_, i) => writer.write(sampleBytes(partSize, i)));
      const settled = Promise.allSettled(writes);
      await writer.abort();
      await settled;
      await rejectionOf(() => writer.close(), "close() after abort()");
      expect(!await isThere(store, "object"), "the object is there after abort()");
    },
  },
  {
    name: "abort() beside close() leaves the whole object or nothing",
    async run({ store, partSize }) {
      for (const size of [7, 3 * partSize + 1]) {
        for (let turns = 0; turns < 8; turns++) {
          const data = sampleBytes(size, turns);
          const key = `${size}-${turns}`;
          const writer = await store.createWriter(key, { partSize });
          await writer.write(data);
          const closing = writer.close().then(() => true, () => false);
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          await writer.abort();
          const isMade = await closing;
          const found = await isThere(store, key);
          // What was sent may have been taken though nobody waited for the answer.
          expect(found || !isMade, "close() has succeeded, and there is no object");
          if (found) expectBytes(await bytesIn(store, key), data, "the object");
        }
      }
    },
  },
  {
    name: "disposing a writer that is not closed aborts it",
    async run({ store, partSize }) {
      const kept = await (async () => {
        await using writer = await store.createWriter("object", { partSize });
        await writer.write(sampleBytes(2 * partSize));
        return writer;
      })();
      await rejectionOf(() => kept.close(), "close() after disposal");
      expectEqual(await namesIn(store.list()), [], "the keys after disposal");
    },
  },
  {
    name: "a key can be written again after an abort",
    async run({ store }) {
      const writer = await store.createWriter("object");
      await writer.write(bytesOf("first"));
      await writer.abort();
      await using second = await store.createWriter("object");
      await second.write(bytesOf("second"));
      await second.close();
      expectEqual(await textOf(store, "object"), "second", "the object");
    },
  },
  {
    name: "a write() that fails ends the writer, and close() rejects with its error",
    async run({ store }) {
      const writer = await store.createWriter("object");
      await writer.write(bytesOf("good"));
      const wrong = "text" as unknown as Uint8Array;
      const error = await expectError(() => writer.write(wrong), TypeError, "write() of a text");
      await expectReason(() => writer.close(), error, "close() after a failed write()");
      await rejectionOf(() => writer.write(bytesOf("more")), "write() after a failed write()");
      await writer.abort();
      expect(!await isThere(store, "object"), "the object is there after a failed write()");
    },
  },
  {
    name: "createWriter()'s signal ends the writer: write() and close() reject with its reason",
    async run({ store, partSize }) {
      for (const last of ["write", "close"] as const) {
        const controller = new AbortController();
        await using writer = await store.createWriter("object", { signal: controller.signal, partSize });
        await writer.write(sampleBytes(partSize + 1));
        const reason = new Error("stop");
        controller.abort(reason);
        if (last === "write") await expectReason(() => writer.write(bytesOf("x")), reason, "write()");
        await expectReason(() => writer.close(), reason, "close()");
        await writer.abort();
        expect(!await isThere(store, "object"), "the object is there after its signal was aborted");
      }
    },
  },
  {
    name: "createWriter()'s signal does nothing after close()",
    async run({ store }) {
      const controller = new AbortController();
      await using writer = await store.createWriter("object", { signal: controller.signal });
      await writer.write(bytesOf("content"));
      await writer.close();
      controller.abort();
      expectEqual(await textOf(store, "object"), "content", "the object");
    },
  },
];
