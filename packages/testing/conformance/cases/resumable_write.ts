import type { PartWriter } from "@lade/core/backend";
import { AlreadyExistsError, NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { resumePartWriter } from "@lade/core/operations";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError, expectReason, rejectionOf } from "../expect.ts";
import { bytesIn, bytesOf, isThere, namesIn, sampleBytes, textOf } from "../samples.ts";
import {
  beginUpload,
  detached,
  indexesOf,
  partOf,
  partSizeIn,
  tokensIn,
  writeMissing,
} from "../upload_samples.ts";

const needs = ["resumableWrites"] as const;

/** What writes that outlive their writers promise. */
export const resumableWriteCases: readonly ConformanceCase[] = [
  {
    name: "resumePartWriter() goes on after any number of parts, in any order",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(3 * partSize + 7);
      for (let count = 0; count <= 4; count++) {
        const first = await beginUpload(context, data, {});
        const written = indexesOf(first).slice(0, Math.min(count, first.partCount));
        if (count % 2 === 1) written.reverse();
        for (const index of written) await first.writePart(index, partOf(first, data, index));
        const token = await detached(first);
        await using second = await resumePartWriter(store, "object", data.length, token);
        expectEqual(second.partSize, first.partSize, "the part size");
        expectEqual(second.token, token, "the token of the second writer");
        for (const index of indexesOf(first)) {
          expectEqual(second.isWritten(index), written.includes(index), `isWritten(${index}) of ${count}`);
        }
        const bytes = written.reduce((sum, index) => sum + partOf(first, data, index).length, 0);
        expectEqual(second.bytesWritten, bytes, `bytesWritten after ${count} parts`);
        await writeMissing(second, data);
        expectEqual((await second.close()).size, data.length, "the size that close() tells");
        expectBytes(await bytesIn(store, "object"), data, `the object, resumed after ${count} parts`);
        await store.delete("object");
      }
      expectEqual(await tokensIn(store), [], "the uploads afterwards");
    },
  },
  {
    name: "resumePartWriter() goes on time and again, a part each time",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(3 * partSize, 5);
      const first = await beginUpload(context, data, {});
      const token = await detached(first);
      for (const index of indexesOf(first).reverse()) {
        await using writer = await resumePartWriter(store, "object", data.length, token, { concurrency: 1 });
        await writer.writePart(index, partOf(writer, data, index));
        expect(writer.isWritten(index), "a part is not written once writePart() has resolved");
      }
      await using last = await resumePartWriter(store, "object", data.length, token);
      await last.close();
      expectBytes(await bytesIn(store, "object"), data, "the object");
    },
  },
  {
    name: "a resumable write may have any size",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      for (const size of [0, 1, partSize - 1, partSize, partSize + 1]) {
        const data = sampleBytes(size, size);
        const token = await detached(await beginUpload(context, data, {}));
        await using writer = await resumePartWriter(store, "object", size, token);
        await writeMissing(writer, data);
        expectEqual((await writer.close()).size, size, "the size that close() tells");
        expectBytes(await bytesIn(store, "object"), data, `${size} bytes`);
      }
    },
  },
  {
    name: "a resumable write is closed by its first writer too",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize + 1);
      await using writer = await beginUpload(context, data, {});
      expect(!writer.isWritten(0), "a part is written before writePart()");
      await writeMissing(writer, data);
      await writer.close();
      await writer.detach();
      await writer.abort();
      expectBytes(await bytesIn(store, "object"), data, "the object");
      expectEqual(await tokensIn(store), [], "the uploads afterwards");
    },
  },
  {
    name: "a resumable write shows nothing before close(), and the old object until then",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      const first = await beginUpload(context, data, {}, "dir/object");
      await writeMissing(first, data);
      const token = await detached(first);
      expect(!await isThere(store, "dir/object"), "the object is seen before close()");
      expectEqual(await namesIn(store.list()), [], "the keys before close()");
      expectEqual(await namesIn(store.listWithDelimiter()), [], "the names before close()");
      await store.put("dir/object", bytesOf("old"));
      await using second = await resumePartWriter(store, "dir/object", data.length, token);
      expectEqual(await textOf(store, "dir/object"), "old", "the object before close()");
      await second.close();
      expectBytes(await bytesIn(store, "dir/object"), data, "the object after close()");
    },
  },
  {
    name: "a failure, an aborted signal and disposal leave a resumable write; its writer has ended",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      const controller = new AbortController();
      const reason = new Error("stop");
      const ends: readonly ((writer: PartWriter) => Promise<unknown>)[] = [
        (writer) => rejectionOf(() => writer.writePart(1, data.subarray(1)), "a part that is too long"),
        (writer) => expectError(() => writer.close(), TypeError, "close() with a part missing"),
        async (writer) => await writer[Symbol.asyncDispose](),
        (writer) => writer.detach(),
        async (writer) => {
          controller.abort(reason);
          await expectReason(() => writer.close(), reason, "close() once the signal is aborted");
          await writer.detach();
        },
      ];
      for (const [i, end] of ends.entries()) {
        await using first = await beginUpload(context, data, { signal: controller.signal });
        await first.writePart(0, partOf(first, data, 0));
        await end(first);
        await rejectionOf(() => first.close(), `close() after end ${i}`);
        await using second = await resumePartWriter(store, "object", data.length, first.token ?? "");
        expect(second.isWritten(0), `the first part is not kept after end ${i}`);
        await writeMissing(second, data);
        await second.close();
        expectBytes(await bytesIn(store, "object"), data, `the object after end ${i}`);
      }
    },
  },
  {
    name: "abort() of a resumable write leaves nothing, also after a failure",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      for (const fails of [false, true]) {
        const writer = await beginUpload(context, data, {});
        await writer.writePart(0, partOf(writer, data, 0));
        if (fails) await rejectionOf(() => writer.writePart(0, partOf(writer, data, 0)), "a part again");
        await writer.abort();
        await writer.detach();
        await writer.abort();
        await rejectionOf(() => writer.close(), "close() after abort()");
        expectEqual(await tokensIn(store), [], "the uploads after abort()");
        const resume = () => resumePartWriter(store, "object", data.length, writer.token ?? "");
        await expectError(resume, NotFoundError, "resumePartWriter() after abort()");
      }
      expectEqual(await namesIn(store.list()), [], "the keys after abort()");
    },
  },
  {
    name: "abort() after detach() takes nothing away",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      const first = await beginUpload(context, data, {});
      await first.writePart(0, partOf(first, data, 0));
      const token = await detached(first);
      await first.abort();
      await using second = await resumePartWriter(store, "object", data.length, token);
      expect(second.isWritten(0), "the first part is gone");
      await second.abort();
    },
  },
  {
    name: "detach() of a writer that is not resumable is a TypeError, and the writer goes on",
    needs,
    async run({ store, partSize }) {
      const data = sampleBytes(partSize);
      await using writer = await store.createPartWriter("object", data.length, { partSize });
      expectEqual(writer.token, undefined, "the token");
      await expectError(() => writer.detach(), TypeError, "detach()");
      await writeMissing(writer, data);
      await writer.close();
      expectBytes(await bytesIn(store, "object"), data, "the object");
    },
  },
  {
    name: "a part that is written already is not written again, nor asked for beyond the last",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      const first = await beginUpload(context, data, {});
      await first.writePart(0, partOf(first, data, 0));
      const token = await detached(first);
      const second = await resumePartWriter(store, "object", data.length, token);
      for (const index of [-1, second.partCount, 0.5]) {
        await expectError(async () => second.isWritten(index), RangeError, `isWritten(${index})`);
      }
      const again = () => second.writePart(0, partOf(second, data, 0));
      await expectError(again, RangeError, "writePart() of a part that is there");
      await second.abort();
    },
  },
  {
    name: "a resumed write keeps the attributes that it began with",
    needs: [...needs, "attributes"],
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const given = {
        contentType: "text/x-sample",
        contentEncoding: "x-none",
        cacheControl: "no-store",
        metadata: { name: "value" },
      };
      const data = sampleBytes(2 * partSize);
      const token = await detached(await beginUpload(context, data, given));
      await using writer = await resumePartWriter(store, "object", data.length, token);
      await writeMissing(writer, data);
      await writer.close();
      const { contentType, contentEncoding, cacheControl, metadata } = await store.head("object");
      expectEqual({ contentType, contentEncoding, cacheControl, metadata }, given, "the attributes");
    },
  },
  {
    name: "a resumed write keeps the time of change that it began with",
    needs: [...needs, "modificationTime"],
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const lastModified = new Date("2001-02-03T04:05:06.789Z");
      const data = sampleBytes(2 * partSize);
      const token = await detached(await beginUpload(context, data, { lastModified }));
      await using writer = await resumePartWriter(store, "object", data.length, token);
      await writeMissing(writer, data);
      await writer.close();
      expectEqual((await store.head("object")).lastModified, lastModified, "the time of change");
    },
  },
  {
    name: "a resumed write with ifNoneMatch loses against an object that was made meanwhile",
    needs: [...needs, "createOnly"],
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      const token = await detached(await beginUpload(context, data, { ifNoneMatch: "*" }));
      await store.put("object", bytesOf("other"));
      await using writer = await resumePartWriter(store, "object", data.length, token);
      await writeMissing(writer, data);
      await expectError(() => writer.close(), AlreadyExistsError, "close()");
      await writer.abort();
      expectEqual(await textOf(store, "object"), "other", "the object");
    },
  },
  {
    name: "a resumed write whose close() was refused is closed by another writer, once nothing is in the way",
    needs: [...needs, "createOnly"],
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      await using writer = await beginUpload(context, data, { ifNoneMatch: "*" });
      await writeMissing(writer, data);
      await store.put("object", bytesOf("other"));
      await expectError(() => writer.close(), AlreadyExistsError, "close()");
      const token = await detached(writer);
      await store.delete("object");
      await using again = await resumePartWriter(store, "object", data.length, token);
      expectEqual(again.bytesWritten, data.length, "the bytes that the refused close() left");
      await again.close();
      expectBytes(await bytesIn(store, "object"), data, "the object once nothing is in the way");
    },
  },
  {
    name: "a resumed write with ifMatch loses once the object changed",
    needs: [...needs, "compareAndSwap"],
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      const { etag = "" } = await store.put("object", bytesOf("old"));
      const token = await detached(await beginUpload(context, data, { ifMatch: etag }));
      await store.put("object", bytesOf("another"));
      const writer = await resumePartWriter(store, "object", data.length, token);
      await writeMissing(writer, data);
      await expectError(() => writer.close(), PreconditionFailedError, "close()");
      await writer.abort();
      expectEqual(await textOf(store, "object"), "another", "the object");
      expectEqual(await tokensIn(store), [], "the uploads after abort()");
    },
  },
];
