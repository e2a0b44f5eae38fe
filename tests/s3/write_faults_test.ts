import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AlreadyExistsError,
  ChecksumMismatchError,
  InvalidNameError,
  NotFoundError,
  PreconditionFailedError,
  ServiceError,
  StoreError,
  sweepUploads,
} from "@lade/core";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { createHash } from "node:crypto";
import { refuseUnsigned } from "../fakes/s3/mod.ts";
import { noise } from "./noise.ts";
import { openFake, type OpenFakeOptions } from "./open_fake.ts";
import { WRITE_PART as PART, WRITE_WAYS, WRITTEN as DATA } from "./write_ways.ts";

const QUICK: OpenFakeOptions = { context: { random: () => 0 }, config: { multipart: { partSize: PART } } };
const FINAL: OpenFakeOptions = { ...QUICK, transport: { retry: { maxAttempts: 2 } } };

const { "createWriter()": write, "put()": put } = WRITE_WAYS;

for (const [name, run] of Object.entries(WRITE_WAYS)) {
  Deno.test(`${name} sends parts with their checksums, and the object's when it completes`, async () => {
    await using opened = await openFake(QUICK);
    const { fake, store } = opened;
    const result = await run(store);
    assertEquals(fake.bytes("bucket", "object"), DATA);
    assertEquals(result.size, DATA.length);
    const stored = fake.object("bucket", "object");
    assertEquals(result.etag, stored?.etag);
    assertEquals([stored?.checksum?.algorithm, stored?.checksum?.type], ["crc32c", "FULL_OBJECT"]);
    assertEquals(result.checksums?.crc32c, stored?.checksum?.value);
    assertEquals(fake.requests.filter(({ operation }) => operation === "UploadPart").length, 6);
    assertEquals(fake.uploads("bucket"), []);
  });

  Deno.test(`${name} tells of an upload that it could not abort, and sweepUploads() removes it`, async () => {
    await using opened = await openFake(FINAL);
    const { fake, store } = opened;
    fake.faults.add({
      match: { operation: "UploadPart", nth: 2, times: Infinity },
      action: { kind: "status", status: 400, code: "EntityTooSmall" },
    });
    const broken = fake.faults.add({
      match: { operation: "AbortMultipartUpload", times: Infinity },
      action: { kind: "status", status: 503 },
    });
    const error = await assertRejects(() => run(store), StoreError);
    assertInstanceOf(error, ServiceError);
    assertStringIncludes(error.message, "a part is smaller than the service takes");
    const [upload] = fake.uploads("bucket");
    assertStringIncludes(error.detail, `upload ${upload?.id} stays behind`);
    assertEquals(error.advice, "use parts of 5 MiB or more; remove the upload by sweepUploads");
    assertEquals(broken.hits, 2);
    fake.faults.clear();

    const swept = async (olderThanMs: number, dryRun: boolean) => {
      const keys: string[] = [];
      for await (const { key } of sweepUploads(store, { olderThanMs, dryRun })) keys.push(key);
      return keys;
    };
    assertEquals(await swept(3_600_000, false), []);
    for (const each of fake.uploads("bucket")) each.initiatedAt -= 10_000;
    assertEquals(await swept(5_000, true), ["object"]);
    assertEquals(fake.uploads("bucket").length, 1);
    assertEquals(await swept(5_000, false), ["object"]);
    assertEquals(fake.uploads("bucket"), []);
  });

  Deno.test(`${name} sees the error that Complete reports with status 200, and tries again where that helps`, async () => {
    await using opened = await openFake(QUICK);
    const { fake, store } = opened;
    const passing = fake.faults.add({
      match: { operation: "CompleteMultipartUpload", times: 2 },
      action: [{ kind: "error-after-ok", code: "InternalError" }, {
        kind: "padding",
        spaces: 40,
        behindDeclaration: true,
      }],
    });
    await run(store);
    assertEquals(passing.hits, 2);
    assertEquals(fake.bytes("bucket", "object"), DATA);
    fake.faults.clear();
    fake.faults.add({
      match: { operation: "CompleteMultipartUpload", times: Infinity },
      action: { kind: "error-after-ok", code: "InvalidPartOrder" },
    });
    const error = await assertRejects(() => run(store, noise(5 * PART, 2)), ServiceError);
    assertStringIncludes(error.message, "the service has not the parts that were sent");
    assertEquals(fake.bytes("bucket", "object"), DATA);
    assertEquals(fake.uploads("bucket"), []);
  });

  Deno.test(`${name} finds that the service made another object than it sent`, async () => {
    await using opened = await openFake(FINAL);
    const { fake, store } = opened;
    fake.faults.add({
      match: { operation: "UploadPart", nth: 2 },
      action: { kind: "headers", set: { "x-amz-checksum-crc32c": "AAAAAA==" } },
    });
    await assertRejects(() => run(store), ChecksumMismatchError);
    assertEquals(fake.object("bucket", "object"), undefined);
    assertEquals(fake.uploads("bucket"), []);
  });

  Deno.test(`${name} finds that the service put the parts together to another object`, async () => {
    await using opened = await openFake(FINAL);
    const { fake, store } = opened;
    const fault = fake.faults.add({
      match: { operation: "CompleteMultipartUpload" },
      action: {
        kind: "rewrite",
        from: /<ChecksumCRC32C>[^<]*/,
        to: "<ChecksumCRC32C>AAAAAA==",
      },
    });
    const error = await assertRejects(() => run(store), ChecksumMismatchError);
    assertEquals(fault.hits, 1);
    assertStringIncludes(error.message, "the service made an object with CRC32C AAAAAA==");
  });

  Deno.test(`${name} looks for what was made where the answer has no etag`, async () => {
    await using opened = await openFake(FINAL);
    const { fake, store } = opened;
    const fault = fake.faults.add({
      match: { operation: "CompleteMultipartUpload" },
      action: { kind: "rewrite", from: /<ETag>[^<]*<.ETag>/, to: "" },
    });
    const { etag } = await run(store);
    assertEquals([fault.hits, etag], [1, (await store.head("object")).etag]);
  });

  Deno.test(`${name} works where the service keeps no checksums, and says so`, async () => {
    await using opened = await openFake({ ...QUICK, server: { checksums: false } });
    const { fake, store } = opened;
    const { checksums } = await run(store);
    assertEquals(fake.bytes("bucket", "object"), DATA);
    assertEquals(checksums, undefined);
  });

  Deno.test(`${name} keeps CRC-64/NVME where that is asked for`, async () => {
    await using opened = await openFake({ config: { multipart: { partSize: PART }, checksum: "crc64nvme" } });
    const { fake, store } = opened;
    const { checksums } = await run(store);
    const stored = fake.object("bucket", "object")?.checksum;
    assertEquals([stored?.algorithm, stored?.type], ["crc64nvme", "FULL_OBJECT"]);
    assertEquals(checksums?.crc64nvme, stored?.value);
  });

  Deno.test(`${name} signs payloads once the service refuses to do without`, async () => {
    await using opened = await openFake(QUICK);
    const { fake, store } = opened;
    const refusing = fake.faults.add(refuseUnsigned);
    await run(store);
    assertEquals(fake.bytes("bucket", "object"), DATA);
    const before = fake.requests.length;
    await store.put("small", noise(10));
    assertEquals(fake.requests.length, before + 1);
    assert(refusing.hits > 0);
    assert(/^[0-9a-f]{64}$/.test(fake.requests.at(-1)?.headers["x-amz-content-sha256"] ?? ""));
  });
}

Deno.test("put() tells 409 and 412 apart", async () => {
  await using opened = await openFake(FINAL);
  const { fake, store } = opened;
  await store.put("object", noise(10));
  await assertRejects(() => store.put("object", noise(10), { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => store.put("object", noise(10), { ifMatch: "other" }), PreconditionFailedError);
  const conflict = fake.faults.add({
    match: { times: Infinity },
    action: { kind: "status", status: 409, code: "ConditionalRequestConflict" },
  });
  const error = await assertRejects(
    () => store.put("object", noise(10), { ifMatch: "x" }),
    PreconditionFailedError,
  );
  assert(error.retryable);
  assertEquals(conflict.hits, 2);
});

Deno.test("put() is one request up to the threshold and multipart beyond, unless that is off", async () => {
  for (const disabled of [false, true]) {
    await using opened = await openFake({ config: { multipart: { partSize: PART, disabled } } });
    const { fake, store } = opened;
    for (const run of [write, put]) {
      fake.requests.length = 0;
      await run(store, noise(PART));
      assertEquals(fake.requests.map(({ operation }) => operation), ["PutObject"]);
      fake.requests.length = 0;
      await run(store, noise(PART + 1));
      assertEquals(fake.requests[0]?.operation, disabled ? "PutObject" : "CreateMultipartUpload");
      assertEquals(fake.bytes("bucket", "object"), noise(PART + 1));
    }
  }
});

Deno.test("createWriter() cuts what it held back into parts when the threshold is several parts", async () => {
  await using opened = await openFake({ config: { multipart: { partSize: PART, threshold: 3 * PART + 5 } } });
  const { fake, store } = opened;
  await write(store, noise(3 * PART + 5));
  assertEquals(fake.requests.map(({ operation }) => operation), ["PutObject"]);
  await write(store, noise(8 * PART));
  assertEquals(fake.bytes("bucket", "object"), noise(8 * PART));
});

Deno.test("close() of an upload that somebody else removed is a NotFoundError", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  const writer = await store.createWriter("object");
  await writer.write(DATA);
  for await (const { token } of store.listUploads()) await store.abortUpload("object", token);
  await assertRejects(() => writer.close(), NotFoundError);
  assertEquals(fake.object("bucket", "object"), undefined);
});

Deno.test("listUploads() and listParts() tell what a killed process left", async () => {
  await using opened = await openFake({ ...QUICK, server: { maxPageSize: 2 } });
  const { fake, store } = opened;
  const writers = [];
  for (const key of ["a b+c", "ä", "x/1", "x/2", "x/3"]) {
    const writer = await store.createWriter(key);
    await writer.write(DATA);
    writers.push(writer);
  }
  const uploads = await Array.fromAsync(store.listUploads());
  assertEquals(uploads.map(({ key }) => key), ["a b+c", "x/1", "x/2", "x/3", "ä"]);
  assertEquals((await Array.fromAsync(store.listUploads("x/"))).length, 3);
  const [first] = uploads;
  const sent = () => Array.fromAsync(store.listParts("a b+c", first?.id ?? ""));
  let parts = await sent();
  while (parts.length < 5) parts = await sent();
  for (const [i, part] of parts.entries()) {
    const bytes = DATA.subarray(i * PART, (i + 1) * PART);
    assertEquals([part.number, part.size, part.crc32c], [i + 1, PART, crc32cToBase64(crc32c(bytes))]);
    assertEquals(part.etag, createHash("md5").update(bytes).digest("hex"));
  }
  await Promise.all(writers.map((writer) => writer.abort()));
  const left = fake.uploads("bucket");
  assertEquals(left, []);
});

Deno.test("an upload that is gone is no object of somebody else, though that has its size", async () => {
  await using opened = await openFake(FINAL);
  const { fake, store } = opened;
  const gone = { kind: "status", status: 404, code: "NoSuchUpload" } as const;
  const other = DATA.map((byte) => byte ^ 1);
  const run = () => void fake.putObject("bucket", "object", other);
  fake.faults.add({
    match: { operation: "CompleteMultipartUpload" },
    action: [{ kind: "before", run }, gone],
  });
  fake.faults.add({ match: { operation: "ListParts", times: Infinity }, action: gone });
  await assertRejects(() => store.put("object", DATA), StoreError);
  assertEquals(fake.bytes("bucket", "object"), other);
});

Deno.test("an upload whose parts may not be listed counts as gone to nobody", async () => {
  await using opened = await openFake(FINAL);
  const { fake, store } = opened;
  const failed = { kind: "status", status: 404, code: "NoSuchUpload" } as const;
  const denied = { kind: "status", status: 403, code: "AccessDenied" } as const;
  await store.put("object", DATA);
  fake.faults.add({ match: { operation: "CompleteMultipartUpload" }, action: failed });
  fake.faults.add({ match: { operation: "ListParts", times: Infinity }, action: denied });
  await assertRejects(() => store.put("object", DATA), NotFoundError);
});

Deno.test("put() is sent again where a gateway lost the directory of its key to another client, and fails in the end", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  const action = { kind: "status", status: 409, code: "ExistingObjectIsDirectory" } as const;
  fake.faults.add({ match: { operation: "PutObject", times: 2 }, action });
  await store.put("a/b", DATA.subarray(0, 100));
  assertEquals(fake.bytes("bucket", "a/b"), DATA.subarray(0, 100));
  fake.faults.clear();
  const fault = fake.faults.add({ match: { operation: "PutObject", times: Infinity }, action });
  await assertRejects(() => store.put("a/c", DATA.subarray(0, 100)), InvalidNameError);
  assertEquals(fault.hits, 3);
});
