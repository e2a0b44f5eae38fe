import { Buffer } from "node:buffer";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import {
  copyObject,
  createStoreContext,
  getBytes,
  NotFoundError,
  readInto,
  StoreError,
  UnauthenticatedError,
} from "@lade/core";
import { modelTest } from "@lade/testing/conformance/model";
import { openS3Store, type S3Options, s3Provider } from "@lade/s3";
import type { S3TestServer } from "../../tools/servers/s3_test_server.ts";
import { bare } from "../s3/open_fake.ts";
import { configOf, openNewBucket } from "./s3_server.ts";

/** What {@linkcode realCases} has to know of a server. */
export interface RealCasesConfig {
  /** What the server is called. */
  readonly name: string;
  /** The server, once the tests run. */
  readonly server: () => S3TestServer;
  /** Configuration that its stores need. */
  readonly config?: S3Options;
  /** Whether it compares signatures. */
  readonly checksSignatures: boolean;
  /** Cases that it cannot pass, by their name without that of the server, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
}

const MIB = 2 ** 20;

/** Registers tests; those to be skipped are shown with the reason. */
export function testsExcept(
  name: string,
  skip: Readonly<Record<string, string>>,
): (title: string, run: () => Promise<void>) => void {
  return (title, run) => {
    const reason = skip[title.replace(` on ${name}`, "")];
    if (reason === undefined) Deno.test(title, run);
    else Deno.test.ignore(`${title} (skipped: ${reason})`, run);
  };
}

/** Registers tests of sizes and of failures that the conformance suite does not try, on a server that others wrote. */
export function realCases({ name, server, config = {}, checksSignatures, skip = {} }: RealCasesConfig): void {
  const test = testsExcept(name, skip);
  const open = (more: S3Options = {}) => openNewBucket(server(), { config: { ...config, ...more } });

  test(`S3Store on ${name} is what a Map is, in random runs`, () =>
    modelTest(() => open(), { runs: 25, maxSteps: 20 }));

  test(`S3Store.put() on ${name} sends 43 MiB in parts, and they come back by concurrent ranges`, async () => {
    await using opened = await open({ multipart: { partSize: 8 * MIB } });
    const { store } = opened;
    const data = bytesOf(43 * MIB + 7);
    const put = await store.put("large", data);
    assertEquals([put.size, /-6$/.test(put.etag ?? "")], [data.length, true], put.etag);
    const { bytes, info } = await getBytes(store, "large");
    assertEquals(Buffer.compare(bytes, data), 0);
    assertEquals(info.etag, put.etag);
    const target = new Uint8Array(data.length);
    const { range } = await readInto(store, "large", target, { chunkSize: 5 * MIB, concurrency: 7 });
    assertEquals(range, { offset: 0, length: data.length });
    assertEquals(Buffer.compare(target, data), 0);
    const piece = await getBytes(store, "large", { range: { offset: 9 * MIB - 3, length: 17 * MIB } });
    assertEquals(Buffer.compare(piece.bytes, data.subarray(9 * MIB - 3, 26 * MIB - 3)), 0);
  });

  test(`S3Store.createWriter() on ${name} sends parts of 5 MiB from chunks that straddle them`, async () => {
    await using opened = await open();
    const { store } = opened;
    const data = bytesOf(23 * MIB + 1);
    await using writer = await store.createWriter("streamed", { partSize: 5 * MIB });
    for (let at = 0; at < data.length; at += 700_001) await writer.write(data.subarray(at, at + 700_001));
    const { etag, size } = await writer.close();
    assertEquals([size, /-5$/.test(etag ?? "")], [data.length, true], etag);
    assertEquals(Buffer.compare((await getBytes(store, "streamed")).bytes, data), 0);
    assertEquals(await Array.fromAsync(store.listUploads()), []);
  });

  test(`S3Writer.abort() on ${name} leaves no upload after parts were sent`, async () => {
    await using opened = await open();
    const { store } = opened;
    const writer = await store.createWriter("aborted", { partSize: 5 * MIB });
    await writer.write(bytesOf(12 * MIB));
    await writer.abort();
    assertEquals(await Array.fromAsync(store.listUploads()), []);
    await assertRejects(() => store.head("aborted"), NotFoundError);
  });

  test(`S3Store.copy() on ${name} keeps bytes and attributes of an object made of parts`, async () => {
    await using opened = await open();
    const { store } = opened;
    const data = bytesOf(11 * MIB);
    await store.put("from", data, { contentType: "text/x-test", metadata: { name: "värde" } });
    await copyObject(store, "from", store, "dir/to");
    const { bytes, info } = await getBytes(store, "dir/to");
    assertEquals(Buffer.compare(bytes, data), 0);
    assertEquals([info.contentType, info.metadata], ["text/x-test", { name: "värde" }]);
  });

  test(`S3Store.presign() on ${name} makes URLs that fetch uploads, downloads and deletes by`, async () => {
    await using opened = await open();
    const { store } = opened;
    const key = "dir/ä b+c%20d?e#f";
    const data = bytesOf(MIB);
    const expiresInMs = 60_000;
    const put = await fetch(await store.presign(key, { method: "PUT", expiresInMs }), {
      method: "PUT",
      body: data,
    });
    assertEquals([put.ok, await put.text()], [true, ""]);
    const get = await fetch(await store.presign(key, { method: "GET", expiresInMs }));
    assertEquals(Buffer.compare(await get.bytes(), data), 0);
    const gone = await fetch(await store.presign(key, { method: "DELETE", expiresInMs }), {
      method: "DELETE",
    });
    await gone.body?.cancel();
    await assertRejects(() => store.head(key), NotFoundError);
  });

  test(`S3Store on ${name} says that a bucket is missing, for reads, writes and listings`, async () => {
    const bucket = "no-such-bucket";
    await using store = await openS3Store(bucket, {
      config: { ...configOf(server()), ...config },
      context: createStoreContext(),
      surroundings: bare,
    });
    const calls: (() => Promise<unknown>)[] = [
      () => store.get("key"),
      () => store.put("key", new Uint8Array(1)),
      () => store.put("key", new Uint8Array(17 * MIB)),
      () => Array.fromAsync(store.list()),
    ];
    for (const call of calls) {
      const error = await assertRejects(call, NotFoundError);
      assertStringIncludes(error.message, "no such bucket");
    }
    const remove = () => s3Provider(bare).deleteContainer(bucket, { config: { ...configOf(server()) } });
    await assertRejects(remove, NotFoundError);
  });

  if (!checksSignatures) return;
  const wrong: Readonly<
    Record<string, (right: S3TestServer) => { accessKeyId: string; secretAccessKey: string }>
  > = {
    "a wrong secret": ({ accessKeyId }) => ({ accessKeyId, secretAccessKey: "wrong" }),
    "an unknown access key": ({ secretAccessKey }) => ({ accessKeyId: "AKIAUNKNOWN", secretAccessKey }),
  };
  for (const [what, credentialsOf] of Object.entries(wrong)) {
    test(`S3Store on ${name} with ${what} fails with an UnauthenticatedError that says what to check`, async () => {
      const { secretAccessKey } = server();
      await using opened = await open();
      await opened.store.put("key", new Uint8Array(1));
      await using store = await openS3Store(opened.bucket, {
        config: { ...configOf(server()), credentials: credentialsOf(server()) },
        context: createStoreContext(),
        surroundings: bare,
      });
      for (
        const call of [
          () => store.get("key"),
          () => store.put("key", new Uint8Array(1)),
          () => store.put("key", new Uint8Array(17 * MIB)),
          () => store.delete("key"),
          () => Array.fromAsync(store.list()),
          async () => {
            for await (const { error } of store.deleteMany(["key"])) if (error) throw error;
          },
        ]
      ) {
        const error = await assertRejects(call, StoreError);
        assertInstanceOf(error, UnauthenticatedError, error.message);
        assertStringIncludes(error.message, "check the");
        assert(!Deno.inspect(error).includes(secretAccessKey), "the error holds a secret");
      }
    });
  }
}

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0, x = length; i < words.length; i++) words[i] = x = Math.imul(x, 1_664_525) + 1_013_904_223;
  return new Uint8Array(words.buffer, 0, length);
}
