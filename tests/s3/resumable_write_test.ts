import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AlreadyExistsError,
  NotFoundError,
  type PartWriter,
  PermissionDeniedError,
  ServiceError,
  UnsupportedError,
} from "@lade/core";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import type { FakeS3 } from "../fakes/s3/mod.ts";
import { noise } from "./noise.ts";
import { resumeAfterKill } from "./resume_after_kill.ts";
import { type OpenedFake, openFake, type OpenFakeOptions } from "./open_fake.ts";

const PART = 1000;
const DATA = noise(5 * PART + 100);

function partOf(index: number): Uint8Array {
  return DATA.subarray(index * PART, (index + 1) * PART);
}

function begin({ store }: OpenedFake, options = {}): Promise<PartWriter> {
  return store.createPartWriter("object", DATA.length, { partSize: PART, resumable: true, ...options });
}

/** Writes some parts and leaves them. */
async function left(opened: OpenedFake, parts: readonly number[], options = {}): Promise<string> {
  await using writer = await begin(opened, options);
  await Promise.all(parts.map((index) => writer.writePart(index, partOf(index))));
  return writer.token ?? "";
}

function resume({ store }: OpenedFake, token: string): Promise<PartWriter> {
  return store.resumePartWriter("object", DATA.length, token);
}

function writtenIn(writer: PartWriter): number[] {
  return [0, 1, 2, 3, 4, 5].filter((index) => writer.isWritten(index));
}

async function writeMissing(writer: PartWriter): Promise<void> {
  for (const index of [0, 1, 2, 3, 4, 5]) {
    if (!writer.isWritten(index)) await writer.writePart(index, partOf(index));
  }
}

function uploadOf(fake: FakeS3): ReturnType<FakeS3["uploads"]>[number] {
  const [upload] = fake.uploads("bucket");
  if (!upload) throw new Error("there is no upload");
  return upload;
}

function countsOf(fake: FakeS3): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation = "?" } of fake.requests.splice(0)) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/** Ways to have parts checked. */
const WAYS: Readonly<Record<string, OpenFakeOptions>> = {
  "with CRC-32C": {},
  "with CRC-64/NVME": { config: { checksum: "crc64nvme" } },
  "without checksums": { config: { checksum: "none" } },
  "of a service without checksums": { server: { checksums: false } },
};

for (const [way, options] of Object.entries(WAYS)) {
  Deno.test(`a resumed write makes the object of the parts of both writers, ${way}`, async () => {
    await using opened = await openFake(options);
    const token = await left(opened, [4, 1]);
    await using writer = await resume(opened, token);
    assertEquals(writtenIn(writer), [1, 4]);
    await writeMissing(writer);
    const { checksums = {}, etag } = await writer.close();
    assertEquals(opened.fake.bytes("bucket", "object"), DATA);
    assertEquals(etag, opened.fake.object("bucket", "object")?.etag);
    const isConfirmed = options.config?.checksum !== "none" && options.server?.checksums !== false;
    assertEquals(Object.keys(checksums).length, isConfirmed ? 1 : 0);
    if (way === "with CRC-32C") assertEquals(checksums.crc32c, crc32cToBase64(crc32c(DATA)));
  });

  Deno.test(`a resumed write fails when the service has another part than it listed, ${way}`, async () => {
    await using opened = await openFake({ ...options, context: { random: () => 0 } });
    const token = await left(opened, [0, 1, 2, 3, 4, 5]);
    const { parts } = uploadOf(opened.fake);
    const third = parts.get(3);
    if (!third) throw new Error("a part is missing");
    const writer = await resume(opened, token);
    parts.set(2, { ...third, number: 2 });
    await assertRejects(() => writer.close(), ServiceError);
    await writer.abort();
    assertEquals(opened.fake.uploads("bucket"), []);
    assertEquals(opened.fake.object("bucket", "object"), undefined);
  });
}

Deno.test("a part that has another size than is due is written again", async () => {
  await using opened = await openFake();
  const token = await left(opened, [0, 2, 5]);
  const { parts } = uploadOf(opened.fake);
  const [first, last] = [parts.get(1), parts.get(6)];
  if (!first || !last) throw new Error("a part is missing");
  parts.set(2, { ...last, number: 2 });
  parts.set(6, { ...first, number: 6 });
  // One that the object does not have at all.
  parts.set(7, { ...first, number: 7 });
  await using writer = await resume(opened, token);
  assertEquals(writtenIn(writer), [0, 2]);
  assertEquals(writer.bytesWritten, 2 * PART);
  await writeMissing(writer);
  await writer.close();
  assertEquals(opened.fake.bytes("bucket", "object"), DATA);
});

Deno.test("a part that is listed without the checksum that its upload has is written again", async () => {
  await using opened = await openFake();
  const token = await left(opened, [0, 1, 2]);
  const { parts } = uploadOf(opened.fake);
  const second = parts.get(2);
  if (!second) throw new Error("a part is missing");
  const { checksum: _, ...bare } = second;
  parts.set(2, bare);
  await using writer = await resume(opened, token);
  assertEquals(writtenIn(writer), [0, 2]);
  await writeMissing(writer);
  assertEquals((await writer.close()).checksums, { crc32c: crc32cToBase64(crc32c(DATA)) });
});

Deno.test("parts that are listed without number, size or etag are an error", async () => {
  await using opened = await openFake();
  const { faults } = opened.fake;
  const token = await left(opened, [0]);
  for (const from of [/<PartNumber>[^<]*<.PartNumber>/, /<Size>[^<]*<.Size>/, /<ETag>[^<]*<.ETag>/]) {
    const fault = faults.add({
      match: { operation: "ListParts" },
      action: { kind: "rewrite", from, to: "" },
    });
    await assertRejects(() => resume(opened, token), ServiceError, "a part lacks number, size or etag");
    faults.remove(fault);
  }
});

Deno.test("all pages of the parts are read", async () => {
  await using opened = await openFake({ server: { maxPageSize: 2 } });
  const token = await left(opened, [0, 1, 2, 3, 4]);
  opened.fake.requests.splice(0);
  await using writer = await resume(opened, token);
  assertEquals(writtenIn(writer), [0, 1, 2, 3, 4]);
  assertEquals(countsOf(opened.fake), { ListParts: 3 });
  await writeMissing(writer);
  await writer.close();
  assertEquals(opened.fake.bytes("bucket", "object"), DATA);
});

Deno.test("a resumable write makes no requests but those of an upload, and a list of its parts to go on", async () => {
  await using opened = await openFake();
  const token = await left(opened, [0, 1, 2]);
  assertEquals(countsOf(opened.fake), { CreateMultipartUpload: 1, UploadPart: 3 });
  await using writer = await resume(opened, token);
  await writeMissing(writer);
  await writer.close();
  assertEquals(countsOf(opened.fake), { ListParts: 1, UploadPart: 3, CompleteMultipartUpload: 1 });
  const { fake, store } = opened;
  for (const size of [0, 10]) {
    await using small = await store.createPartWriter("small", size, { resumable: true });
    if (size > 0) await small.writePart(0, DATA.subarray(0, size));
    await small.close();
    assertEquals(countsOf(fake), { CreateMultipartUpload: 1, UploadPart: 1, CompleteMultipartUpload: 1 });
    assertEquals(fake.bytes("bucket", "small"), DATA.subarray(0, size));
  }
});

Deno.test("attributes, storage class and tags are those of the first writer", async () => {
  await using opened = await openFake();
  const given = {
    contentType: "text/x-a",
    storageClass: "STANDARD_IA",
    tags: { a: "1" },
    metadata: { b: "2" },
  };
  const token = await left(opened, [0], given);
  await using writer = await resume(opened, token);
  await writeMissing(writer);
  await writer.close();
  const { contentType, storageClass, metadata } = await opened.store.head("object");
  assertEquals([contentType, storageClass, metadata], ["text/x-a", "STANDARD_IA", { b: "2" }]);
  assertEquals(await opened.store.getTags?.("object"), { a: "1" });
});

Deno.test("a token holds no credentials, and none is needed but the service's", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  const token = await left(opened, [0], { ifNoneMatch: "*" });
  assert(!token.includes(fake.secretAccessKey) && !token.includes(fake.accessKeyId), token);
  const { lade, uri, id, size, partSize, ifNoneMatch, own, ...rest } = JSON.parse(token);
  assertEquals([lade, uri, size, partSize, ifNoneMatch], [1, "s3://bucket/object", DATA.length, PART, "*"]);
  assertEquals(own, { checksum: "crc32c", checksumType: "FULL_OBJECT" });
  assertEquals([id, rest], [uploadOf(fake).id, {}]);
});

Deno.test("a token with other checksums than S3 has is a TypeError", async () => {
  await using opened = await openFake();
  const token = JSON.parse(await left(opened, [0]));
  for (const own of [{}, { checksum: "md5", checksumType: "FULL_OBJECT" }, { checksumType: "x" }]) {
    await assertRejects(
      () => resume(opened, JSON.stringify({ ...token, own })),
      TypeError,
      "not one of this service",
    );
  }
});

Deno.test("a store with multipart off makes no resumable write, and its capabilities say so", async () => {
  await using opened = await openFake({ config: { multipart: { disabled: true } } });
  assertEquals(opened.store.capabilities.resumableWrites, false);
  await assertRejects(() => begin(opened), UnsupportedError, "multipart is off");
  await assertRejects(() => resume(opened, "{}"), UnsupportedError, "multipart is off");
});

Deno.test("a part that could not be sent leaves the others to be resumed, and abort() nothing", async () => {
  await using opened = await openFake({ config: { patienceMs: 1000 }, context: { random: () => 0 } });
  const { fake } = opened;
  const writer = await begin(opened);
  await writer.writePart(0, partOf(0));
  fake.faults.add({
    match: { operation: "UploadPart", times: Infinity },
    action: { kind: "status", status: 403, code: "AccessDenied" },
  });
  await assertRejects(() => writer.writePart(1, partOf(1)), PermissionDeniedError);
  fake.faults.clear();
  assertEquals(uploadOf(fake).parts.size, 1);
  const again = await resume(opened, writer.token ?? "");
  assertEquals(writtenIn(again), [0]);
  await again.detach();
  await writer.abort();
  assertEquals(fake.uploads("bucket"), []);
  await assertRejects(() => resume(opened, writer.token ?? ""), NotFoundError, "start again");
});

Deno.test("a Complete that failed is tried again by another writer", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  const writer = await begin(opened, { ifNoneMatch: "*" });
  await writeMissing(writer);
  fake.putObject("bucket", "object", "in the way");
  await assertRejects(() => writer.close(), AlreadyExistsError);
  await opened.store.delete("object");
  await using again = await resume(opened, writer.token ?? "");
  await again.close();
  assertEquals(fake.bytes("bucket", "object"), DATA);
});

Deno.test("a write goes on after its process was killed, with every part that it had called written", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  for (const kept of [0, 1, 4]) {
    await resumeAfterKill({ ...serverOf(fake), bucket: "bucket" }, store, {
      partSize: 1000,
      size: 3500,
      kept,
    });
    assertEquals(fake.uploads("bucket"), []);
    await store.delete("object");
  }
});

function serverOf({ url, accessKeyId, secretAccessKey }: FakeS3) {
  return { url, accessKeyId, secretAccessKey };
}
