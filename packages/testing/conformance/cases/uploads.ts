import { InvalidNameError, NotFoundError } from "@lade/core/errors";
import { abortUpload, listUploads, resumePartWriter } from "@lade/core/operations";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError, expectReason } from "../expect.ts";
import { bytesIn, collect, namesIn, sampleBytes } from "../samples.ts";
import { beginUpload, detached, partOf, partSizeIn, tokensIn, writeMissing } from "../upload_samples.ts";

const needs = ["resumableWrites"] as const;

/** What listing and removing writes that are not closed promises, and which tokens are taken. */
export const uploadCases: readonly ConformanceCase[] = [
  {
    name: "resumePartWriter() and abortUpload() refuse the token of another object and what is none",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const size = 2 * partSize;
      const token = await detached(await beginUpload(context, sampleBytes(size), {}));
      const [listed] = await collect(listUploads(store));
      const resumes = [
        () => resumePartWriter(store, "other", size, token),
        () => resumePartWriter(store, "object", size + 1, token),
        () => resumePartWriter(store, "object", size, listed?.token ?? ""),
        () => resumePartWriter(store, "object", size, ""),
        () => resumePartWriter(store, "object", size, token.slice(1)),
        () => resumePartWriter(store, "object", size, "{}"),
      ];
      for (const [i, resume] of resumes.entries()) {
        await expectError(resume, TypeError, `resumePartWriter() ${i}`);
      }
      for (const [key, text] of [["other", token], ["object", ""], ["object", "{}"]] as const) {
        await expectError(() => abortUpload(store, key, text), TypeError, `abortUpload() of ${text}`);
      }
      await expectError(() => resumePartWriter(store, "object", -1, token), RangeError, "a negative size");
      const none = { concurrency: 0 };
      await expectError(
        () => resumePartWriter(store, "object", size, token, none),
        RangeError,
        "concurrency 0",
      );
      await expectError(() => resumePartWriter(store, "", size, token), InvalidNameError, "no key");
      await expectError(() => abortUpload(store, "", token), InvalidNameError, "no key to abort");
      const reason = new Error("stop");
      const ended = { signal: AbortSignal.abort(reason) };
      await expectReason(
        () => resumePartWriter(store, "object", size, token, ended),
        reason,
        "resumePartWriter() with an aborted signal",
      );
      await expectReason(() => abortUpload(store, "object", token, ended), reason, "abortUpload()");
      await expectReason(() => collect(listUploads(store, "", ended)), reason, "listUploads()");
      await using writer = await resumePartWriter(store, "object", size, token);
      await writer.abort();
    },
  },
  {
    name: "a token that was altered to name another object leads to no upload",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      const token = await detached(await beginUpload(context, data, {}, "dir/object"));
      const members = JSON.parse(token);
      const altered = JSON.stringify({ ...members, uri: members.uri.replace(/object$/, "other") });
      const resume = () => resumePartWriter(store, "dir/other", data.length, altered);
      await expectError(resume, NotFoundError, "resumePartWriter() of another object");
      // Whether a service says that it knows no such upload makes no difference.
      await abortUpload(store, "dir/other", altered).catch(() => {});
      expectEqual((await tokensIn(store)).map(([key]) => key), ["dir/object"], "the uploads");
      await using writer = await resumePartWriter(store, "dir/object", data.length, token);
      await writer.abort();
    },
  },
  {
    name: "a token that was altered to have parts of another size leads to no other bytes",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(4 * partSize + 7);
      const first = await beginUpload(context, data, {});
      for (const index of [1, 3]) await first.writePart(index, partOf(first, data, index));
      const token = await detached(first);
      const altered = JSON.stringify({ ...JSON.parse(token), partSize: 2 * partSize });
      const finish = async () => {
        await using writer = await resumePartWriter(store, "object", data.length, altered);
        await writeMissing(writer, data);
        await writer.close();
      };
      // A store may know better, or write again what is not as the token says.
      const isMade = await finish().then(() => true, () => false);
      if (isMade) expectBytes(await bytesIn(store, "object"), data, "the object");
      else expectEqual(await namesIn(store.list()), [], "the keys");
    },
  },
  {
    name: "resumePartWriter() of a write that is closed or aborted is a NotFoundError",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      const closed = await beginUpload(context, data, {});
      await writeMissing(closed, data);
      await closed.close();
      const aborted = await beginUpload(context, data, {});
      const token = await detached(aborted);
      await abortUpload(store, "object", token);
      for (const text of [closed.token ?? "", token]) {
        const resume = () => resumePartWriter(store, "object", data.length, text);
        await expectError(resume, NotFoundError, "resumePartWriter()");
      }
      expectBytes(await bytesIn(store, "object"), data, "the object");
    },
  },
  {
    name: "listUploads() shows resumable writes until they are closed or aborted",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      expectEqual(await collect(listUploads(store)), [], "the uploads of an empty store");
      const closed = await beginUpload(context, data, {}, "a/closed");
      const aborted = await beginUpload(context, data, {}, "a/aborted");
      const again = await beginUpload(context, data, {}, "a/aborted");
      const other = await beginUpload(context, data, {}, "b");
      for (const writer of [closed, aborted, again, other]) await detached(writer);
      expectEqual(
        (await tokensIn(store)).map(([key]) => key),
        ["a/aborted", "a/aborted", "a/closed", "b"],
        "keys",
      );
      expectEqual((await tokensIn(store, "a/c")).map(([key]) => key), ["a/closed"], "the keys of a prefix");
      const [found] = await collect(listUploads(store, "a/closed"));
      expectEqual(found?.id, JSON.parse(closed.token ?? "").id, "the id");
      expect(!Number.isNaN(found?.begun.getTime()), "the time of the beginning is none");
      expectEqual(found?.bytes ?? 0, 0, "the bytes of an upload without parts");
      await using writer = await resumePartWriter(store, "a/closed", data.length, closed.token ?? "");
      await writeMissing(writer, data);
      await writer.close();
      expectEqual(
        (await tokensIn(store, "a/")).map(([key]) => key),
        ["a/aborted", "a/aborted"],
        "after close()",
      );
      for (const [key, token] of await tokensIn(store)) {
        await abortUpload(store, key, token);
        await abortUpload(store, key, token);
      }
      expectEqual(await tokensIn(store), [], "after abortUpload()");
      expectEqual(await namesIn(store.list()), ["a/closed"], "the keys");
    },
  },
  {
    name: "abortUpload() by the writer's token ends the writer that is at it",
    needs,
    async run(context) {
      const { store } = context;
      const partSize = await partSizeIn(context);
      const data = sampleBytes(2 * partSize);
      const writer = await beginUpload(context, data, {});
      await writeMissing(writer, data);
      await abortUpload(store, "object", writer.token ?? "");
      await expectError(() => writer.close(), NotFoundError, "close() after abortUpload()");
      await writer.abort();
      expectEqual(await namesIn(store.list()), [], "the keys");
      expectEqual(await tokensIn(store), [], "the uploads");
    },
  },
];
