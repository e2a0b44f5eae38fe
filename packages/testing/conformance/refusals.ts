import type { Capabilities, CopyOptions, ObjectStore, PutOptions, WriterOptions } from "@lade/core/backend";
import { UnsupportedError } from "@lade/core/errors";
import {
  abortUpload,
  listUploads,
  listVersions,
  resumePartWriter,
  setAttributes,
} from "@lade/core/operations";
import type { ConformanceContext } from "./conformance_case.ts";
import { expect, expectEqual, expectError } from "./expect.ts";
import { bytesOf, collect, isThere, namesIn, textOf } from "./samples.ts";

/** For each capability: what a store that declares not to have it must refuse, so that nothing is silently ignored. */
export const refusals: Readonly<
  Record<keyof Capabilities, (context: ConformanceContext) => Promise<void>>
> = {
  async attributes({ store }) {
    await refusesWrites(store, { contentType: "text/plain" });
    await refusesWrites(store, { contentEncoding: "gzip" });
    await refusesWrites(store, { cacheControl: "no-store" });
    await refusesWrites(store, { contentDisposition: "attachment" });
    await refusesWrites(store, { contentLanguage: "de" });
    await refusesWrites(store, { expires: new Date(0) });
    await refusesWrites(store, { metadata: { name: "value" } });
  },

  async expires({ store }) {
    await refusesWrites(store, { expires: new Date(0) });
    await store.put("key", bytesOf("x"));
    const copy = () => store.copy("key", "to", { attributes: { expires: new Date(0) } });
    await refuses(copy, "copy() with expires");
    expect(!await isThere(store, "to"), "a refused copy leaves an object");
  },

  async setAttributes({ store }) {
    const { etag } = await store.put("key", bytesOf("x"));
    await refuses(() => setAttributes(store, "key", { contentType: "text/plain" }), "setAttributes()");
    expectEqual((await store.head("key")).etag, etag, "the etag after a refused setAttributes()");
  },

  async tags({ store }) {
    await refusesWrites(store, { tags: { name: "value" } });
    await store.put("key", bytesOf("x"));
    if (store.getTags) await refuses(async () => await store.getTags?.("key"), "getTags()");
    await refuses(
      () => store.copy("key", "to", { attributes: { tags: { name: "value" } } }),
      "copy() with tags",
    );
  },

  modificationTime: ({ store }) => refusesWrites(store, { lastModified: new Date(0) }),

  storageClass: ({ store, storageClass = "STANDARD" }) => refusesWrites(store, { storageClass }),

  createOnly: ({ store }) => refusesWrites(store, { ifNoneMatch: "*" }),

  async compareAndSwap({ store }) {
    const { etag = "etag" } = await store.put("there", bytesOf("old"));
    for (const ifMatch of [etag, "another"]) {
      await refuses(() => store.put("there", bytesOf("new"), { ifMatch }), "put() with ifMatch");
      await refusesWriter(store, "there", { ifMatch });
    }
    expectEqual(await textOf(store, "there"), "old", "the object after a refused write");
  },

  async conditionalDelete({ store }) {
    const { etag = "etag" } = await store.put("there", bytesOf("old"));
    await refuses(() => store.delete("there", { ifMatch: etag }), "delete() with ifMatch");
    const [result] = await collect(store.deleteMany([{ key: "there", ifMatch: etag }]));
    expect(result?.error instanceof UnsupportedError, `the error of deleteMany() is ${result?.error}`);
    expect(await isThere(store, "there"), "the object is gone after a refused delete()");
  },

  async conditionalCopy({ store }) {
    await store.put("from", bytesOf("new"));
    const { etag = "etag" } = await store.put("to", bytesOf("old"));
    const all: CopyOptions[] = [{ ifMatch: etag }, { ifNoneMatch: "*" }];
    for (const options of all) {
      await refuses(() => store.copy("from", "to", options), "copy() with a condition");
      await refuses(() => store.rename("from", "to", options), "rename() with a condition");
    }
    expectEqual(await textOf(store, "to"), "old", "the target of a refused copy");
    expect(await isThere(store, "from"), "the source of a refused rename() is gone");
  },

  async versions({ store }) {
    const { version = "1" } = await store.put("key", bytesOf("one"));
    await refuses(() => store.get("key", { version }), "get() with version");
    await refuses(() => store.head("key", { version }), "head() with version");
    await refuses(() => store.delete("key", { version }), "delete() with version");
    await refuses(() => store.copy("key", "to", { sourceVersion: version }), "copy() with sourceVersion");
    await refuses(() => collect(listVersions(store)), "listVersions()");
    await refuses(() => collect(listVersions(store, "key")), "listVersions() of a prefix");
    const [result] = await collect(store.deleteMany([{ key: "key", version }]));
    expectEqual([result?.key, result?.version], ["key", version], "the result of deleteMany() with version");
    expect(result?.error instanceof UnsupportedError, `its error is ${result?.error}`);
    expectEqual(await namesIn(store.list()), ["key"], "the keys after refused calls");
  },

  async atomicRename({ store }) {
    await store.put("from", bytesOf("content"));
    await store.rename("from", "to");
    expectEqual(await textOf(store, "to"), "content", "the renamed object");
    expect(!await isThere(store, "from"), "rename() leaves its source");
  },

  async resumableWrites({ store }) {
    const open = async () => {
      const writer = await store.createPartWriter("key", 1, { resumable: true });
      await writer.abort();
    };
    await refuses(open, "createPartWriter() with resumable");
    await refuses(() => resumePartWriter(store, "key", 1, "{}"), "resumePartWriter()");
    await refuses(() => collect(listUploads(store)), "listUploads()");
    await refuses(() => abortUpload(store, "key", "{}"), "abortUpload()");
    expect(!await isThere(store, "key"), "a refused write leaves an object");
  },

  async presign({ store }) {
    await store.put("key", bytesOf("content"));
    for (const method of ["GET", "PUT", "DELETE"] as const) {
      await refuses(() => store.presign("key", { method, expiresInMs: 60_000 }), `presign() for ${method}`);
    }
  },
};

async function refusesWrites(store: ObjectStore, options: PutOptions): Promise<void> {
  const names = Object.keys(options).join();
  await refuses(() => store.put("key", bytesOf("x"), options), `put() with ${names}`);
  await refusesWriter(store, "key", options);
  expect(!await isThere(store, "key"), `a refused write with ${names} leaves an object`);
}

async function refusesWriter(store: ObjectStore, key: string, options: WriterOptions): Promise<void> {
  const open = async () => {
    const writer = await store.createWriter(key, options);
    await writer.abort();
  };
  await refuses(open, `createWriter() with ${Object.keys(options).join()}`);
}

async function refuses(call: () => PromiseLike<unknown>, what: string): Promise<void> {
  await expectError(call, UnsupportedError, what);
}
