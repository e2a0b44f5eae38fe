import type { PartWriter } from "@lade/core/backend";
import { AlreadyExistsError, NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError, expectReason, rejectionOf } from "../expect.ts";
import { bytesIn, bytesOf, isThere, namesIn, sampleBytes, textOf } from "../samples.ts";

/** What a writer of parts promises. */
export const partWriterCases: readonly ConformanceCase[] = [
  {
    name: "createPartWriter() writes parts from the last to the first",
    async run({ store, partSize }) {
      const data = sampleBytes(3 * partSize + 7);
      await using writer = await store.createPartWriter("dir/object", data.length, { partSize });
      const parts: Promise<void>[] = [];
      for (let index = writer.partCount - 1; index >= 0; index--) {
        parts.push(writer.writePart(index, partOf(writer, data, index)));
        // Where they are taken in order, the last one waits for the others.
        if (!writer.ordered) await parts.at(-1);
      }
      await Promise.all(parts);
      expectEqual(writer.bytesWritten, data.length, "bytesWritten at the end");
      expectEqual((await writer.close()).size, data.length, "the size that close() tells");
      expectBytes(await bytesIn(store, "dir/object"), data, "the object");
    },
  },
  {
    name: "createPartWriter() writes all parts at once, each from where it is",
    async run({ store, partSize }) {
      const data = sampleBytes(5 * partSize + 1, 3);
      await using writer = await store.createPartWriter("object", data.length, { partSize, concurrency: 3 });
      await Promise.all(
        indexesOf(writer).map(async (index) => {
          const bytes = new Uint8Array(partOf(writer, data, index));
          await writer.writePart(index, bytes);
          bytes.fill(0xff);
        }),
      );
      await writer.close();
      expectBytes(await bytesIn(store, "object"), data, "the object after its parts' memory changed");
    },
  },
  {
    name: "createPartWriter() takes sizes around the part size",
    async run({ store, partSize }) {
      for (const size of [0, 1, partSize - 1, partSize, partSize + 1, 2 * partSize]) {
        const data = sampleBytes(size, size);
        await using writer = await store.createPartWriter("object", size, { partSize });
        expectEqual(writer.size, size, "the writer's size");
        expectEqual(writer.partCount, Math.ceil(size / writer.partSize), "the number of parts");
        expect(writer.concurrency >= 1, "no part may be under way");
        await writeParts(writer, data);
        expectEqual((await writer.close()).size, size, "the size that close() tells");
        expectBytes(await bytesIn(store, "object"), data, `${size} bytes`);
      }
    },
  },
  {
    name: "createPartWriter() chooses a part size where none is given",
    async run({ store }) {
      const data = sampleBytes(100_000);
      await using writer = await store.createPartWriter("object", data.length);
      await writeParts(writer, data);
      await writer.close();
      expectBytes(await bytesIn(store, "object"), data, "the object");
    },
  },
  {
    name: "createPartWriter() shows nothing before close(), and the old object until then",
    async run({ store, partSize }) {
      const data = sampleBytes(2 * partSize + 1);
      await using fresh = await store.createPartWriter("dir/new", data.length, { partSize });
      await writeParts(fresh, data);
      expect(!await isThere(store, "dir/new"), "the object is seen before close()");
      await expectError(() => store.get("dir/new"), NotFoundError, "get() before close()");
      expectEqual(await namesIn(store.list()), [], "the keys before close()");
      await fresh.close();
      await store.put("old", bytesOf("old"));
      await using writer = await store.createPartWriter("old", data.length, { partSize });
      await writeParts(writer, data);
      expectEqual(await textOf(store, "old"), "old", "the object before close()");
      const { etag } = await writer.close();
      expectBytes(await bytesIn(store, "old"), data, "the object after close()");
      const found = (await store.head("old")).etag;
      expectEqual(etag ?? found, found, "the etag that close() tells");
    },
  },
  {
    name: "close() waits for the parts under way",
    async run({ store, partSize }) {
      const data = sampleBytes(4 * partSize);
      await using writer = await store.createPartWriter("object", data.length, { partSize });
      const writing = writeParts(writer, data);
      await writer.close();
      await writing;
      expectBytes(await bytesIn(store, "object"), data, "the object");
    },
  },
  {
    name: "writePart() during and after close(), and another close(), are a TypeError and change nothing",
    async run({ store, partSize }) {
      for (const size of [1, 2 * partSize]) {
        const data = sampleBytes(size, size);
        await using writer = await store.createPartWriter("object", size, { partSize });
        await writeParts(writer, data);
        const late = () => writer.writePart(0, partOf(writer, data, 0));
        const closing = writer.close();
        await expectError(late, TypeError, "writePart() during close()");
        await expectError(() => writer.close(), TypeError, "close() during close()");
        expectEqual((await closing).size, size, "the size that close() tells");
        await expectError(late, TypeError, "writePart() after close()");
        await expectError(() => writer.close(), TypeError, "close() after close()");
        expectBytes(await bytesIn(store, "object"), data, "the object");
      }
    },
  },
  {
    name: "close() with a part missing is a TypeError and leaves nothing",
    async run({ store, partSize }) {
      const data = sampleBytes(3 * partSize);
      for (const missing of [0, 1, 2]) {
        const writer = await store.createPartWriter("object", data.length, { partSize });
        const index = Math.min(missing, writer.partCount - 1);
        const waiting: Promise<void>[] = [];
        for (const other of indexesOf(writer).filter((other) => other !== index)) {
          const written = writer.writePart(other, partOf(writer, data, other));
          // Of a writer that takes parts in order, those behind the missing one wait for it.
          if (!writer.ordered || other < index) await written;
          else waiting.push(written);
        }
        const error = await expectError(() => writer.close(), TypeError, "close() with a part missing");
        for (const part of waiting) {
          await expectReason(() => part, error, "writePart() behind the missing one");
        }
        const late = () => writer.writePart(index, partOf(writer, data, index));
        await expectReason(late, error, "writePart() afterwards");
        await writer.abort();
      }
      expectEqual(await namesIn(store.list()), [], "the keys afterwards");
    },
  },
  {
    name: "writePart() of a wrong index, a wrong length or twice is a RangeError and ends the writer",
    async run({ store, partSize }) {
      const data = sampleBytes(2 * partSize);
      const wrong: ((writer: PartWriter) => Promise<void>)[] = [
        (writer) => writer.writePart(-1, partOf(writer, data, 0)),
        (writer) => writer.writePart(writer.partCount, partOf(writer, data, 0)),
        (writer) => writer.writePart(0.5, partOf(writer, data, 0)),
        (writer) => writer.writePart(0, partOf(writer, data, 0).subarray(1)),
        async (writer) => {
          await writer.writePart(0, partOf(writer, data, 0));
          await writer.writePart(0, partOf(writer, data, 0));
        },
      ];
      for (const [i, write] of wrong.entries()) {
        const writer = await store.createPartWriter("object", data.length, { partSize });
        const error = await expectError(() => write(writer), RangeError, `wrong call ${i}`);
        await expectReason(() => writer.close(), error, "close() after a failed writePart()");
        await writer.abort();
      }
      expectEqual(await namesIn(store.list()), [], "the keys afterwards");
    },
  },
  {
    name: "createPartWriter() with a wrong size, part size or concurrency is a RangeError",
    async run({ store }) {
      const calls = [
        () => store.createPartWriter("object", -1),
        () => store.createPartWriter("object", 1.5),
        () => store.createPartWriter("object", NaN),
        () => store.createPartWriter("object", 1, { partSize: 0 }),
        () => store.createPartWriter("object", 1, { concurrency: -1 }),
      ];
      for (const [i, call] of calls.entries()) {
        await expectError(async () => await (await call()).abort(), RangeError, `wrong call ${i}`);
      }
      expectEqual(await namesIn(store.list()), [], "the keys afterwards");
    },
  },
  {
    name: "createPartWriter() wants no more parts under way than its concurrency says",
    async run({ store, partSize }) {
      for (const concurrency of [1, 2]) {
        await using writer = await store.createPartWriter("object", 5 * partSize, { partSize, concurrency });
        expect(writer.concurrency <= concurrency, `${writer.concurrency} parts are wanted of ${concurrency}`);
      }
    },
  },
  {
    name: "abort() of a writer of parts leaves nothing, also while parts are under way",
    async run({ store, partSize }) {
      await store.put("kept", bytesOf("old"));
      for (const key of ["new", "kept"]) {
        const data = sampleBytes(4 * partSize);
        const writer = await store.createPartWriter(key, data.length, { partSize });
        const settled = Promise.allSettled(
          indexesOf(writer).map((i) => writer.writePart(i, partOf(writer, data, i))),
        );
        const reason = new Error("enough");
        await writer.abort(reason);
        await settled;
        await expectReason(() => writer.close(), reason, "close() after abort()");
        const late = () => writer.writePart(0, partOf(writer, data, 0));
        await expectReason(late, reason, "writePart() after abort()");
        await writer.abort();
      }
      expectEqual(await namesIn(store.list()), ["kept"], "the keys after abort()");
      expectEqual(await textOf(store, "kept"), "old", "the old object");
    },
  },
  {
    name: "disposing a writer of parts that is not closed aborts it, and after close() does nothing",
    async run({ store, partSize }) {
      const data = sampleBytes(2 * partSize);
      const left = await (async () => {
        await using writer = await store.createPartWriter("left", data.length, { partSize });
        await writer.writePart(0, partOf(writer, data, 0));
        return writer;
      })();
      await rejectionOf(() => left.close(), "close() after disposal");
      await using writer = await store.createPartWriter("closed", data.length, { partSize });
      await writeParts(writer, data);
      await writer.close();
      await rejectionOf(() => writer.writePart(0, partOf(writer, data, 0)), "writePart() after close()");
      await writer.abort();
      expectEqual(await namesIn(store.list()), ["closed"], "the keys afterwards");
    },
  },
  {
    name: "createPartWriter()'s signal ends the writer: its calls reject with the reason",
    async run({ store, partSize }) {
      const controller = new AbortController();
      const { signal } = controller;
      const data = sampleBytes(2 * partSize);
      await using large = await store.createPartWriter("large", data.length, { partSize, signal });
      await using small = await store.createPartWriter("small", 1, { partSize, signal });
      await large.writePart(0, partOf(large, data, 0));
      const reason = new Error("stop");
      controller.abort(reason);
      await expectReason(() => large.writePart(1, partOf(large, data, 1)), reason, "writePart()");
      await expectReason(() => small.writePart(0, sampleBytes(1)), reason, "writePart() of a small object");
      for (const writer of [large, small]) {
        await expectReason(() => writer.close(), reason, "close()");
        await writer.abort();
      }
      expectEqual(await namesIn(store.list()), [], "the keys after the signal was aborted");
      const open = () => store.createPartWriter("object", 1, { signal: controller.signal });
      await expectReason(open, reason, "createPartWriter() with an aborted signal");
    },
  },
  {
    name: "createPartWriter() with ifNoneMatch is an AlreadyExistsError where the object exists",
    needs: ["createOnly"],
    async run({ store, partSize }) {
      await store.put("object", bytesOf("old"));
      for (const size of [0, 1, 2 * partSize]) {
        const data = sampleBytes(size);
        const write = async (key: string) => {
          await using writer = await store.createPartWriter(key, size, { partSize, ifNoneMatch: "*" });
          await writeParts(writer, data);
          await writer.close();
        };
        await expectError(() => write("object"), AlreadyExistsError, `a writer of ${size} bytes`);
        expectEqual(await textOf(store, "object"), "old", "the object");
        await write(`other-${size}`);
        expectBytes(await bytesIn(store, `other-${size}`), data, "the created object");
      }
    },
  },
  {
    name: "createPartWriter() with ifMatch is a PreconditionFailedError once the object changed",
    needs: ["compareAndSwap"],
    async run({ store, partSize }) {
      for (const size of [0, 1, 2 * partSize]) {
        const { etag = "" } = await store.put("object", bytesOf("old"));
        const data = sampleBytes(size);
        const write = async () => {
          await using writer = await store.createPartWriter("object", size, { partSize, ifMatch: etag });
          await writeParts(writer, data);
          await writer.close();
        };
        await write();
        await expectError(write, PreconditionFailedError, `a writer of ${size} bytes for a changed object`);
        expectBytes(await bytesIn(store, "object"), data, "the object");
      }
    },
  },
];

function indexesOf({ partCount }: PartWriter): number[] {
  return Array.from({ length: partCount }, (_, index) => index);
}

function partOf({ partSize }: PartWriter, data: Uint8Array, index: number): Uint8Array {
  return data.subarray(index * partSize, (index + 1) * partSize);
}

async function writeParts(writer: PartWriter, data: Uint8Array): Promise<void> {
  await Promise.all(indexesOf(writer).map((index) => writer.writePart(index, partOf(writer, data, index))));
}
