import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BlobServiceClient } from "@azure/storage-blob";
import {
  ChecksumMismatchError,
  getBytes,
  NotFoundError,
  PermissionDeniedError,
  QuotaExceededError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import type { Operation } from "../fakes/azure/mod.ts";
import { openContainer, openFake, type OpenFakeOptions } from "./open_fake.ts";
import { RESUME_CASES } from "./resume_cases.ts";
import { WRITE_CASES } from "./write_cases.ts";

async function openBench(config: OpenFakeOptions["config"] = {}) {
  const opened = await openFake({ config: { blockSize: 1000, ...config } });
  const { fake: server } = opened;
  const { connectionString } = server;
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient("container");
  return { ...opened, server, connectionString, container };
}

for (const [name, run] of Object.entries({ ...WRITE_CASES, ...RESUME_CASES })) {
  Deno.test(name, async () => {
    await using bench = await openBench();
    await run(bench);
  });
}

Deno.test("a list of blocks that is changed on its way makes no blob", async () => {
  await using bench = await openBench();
  const { store, server } = bench;
  server.faults.add({ match: { operation: "PutBlockList" }, action: { kind: "flip-request", atByte: 60 } });
  await using writer = await store.createPartWriter("object", 2500);
  for (const index of [0, 1, 2]) await writer.writePart(index, new Uint8Array(index < 2 ? 1000 : 500));
  await assertRejects(() => writer.close(), ChecksumMismatchError, "other bytes than were sent");
  await assertRejects(() => store.head("object"), NotFoundError);
});

Deno.test("what is configured goes with all that is written, and what is given comes before it", async () => {
  const config = { tags: { team: "x y", a: "1" }, accessTier: "Cool", encryptionScope: "scope" };
  await using bench = await openBench(config);
  const { store, server } = bench;
  const written = (operation: Operation) =>
    server.requests.filter((request) => request.operation === operation).map(({ headers }) => [
      headers["x-ms-tags"],
      headers["x-ms-access-tier"],
      headers["x-ms-encryption-scope"],
    ]);
  await store.put("whole", new Uint8Array(5));
  await store.put("given", new Uint8Array(5), { storageClass: "Hot", tags: { a: "2" } });
  await store.put("parts", new Uint8Array(1500));
  assertEquals(written("PutBlob"), [["team=x%20y&a=1", "Cool", "scope"], [
    "team=x%20y&a=2",
    "Hot",
    "scope",
  ]]);
  assertEquals(written("PutBlock"), Array(2).fill([undefined, undefined, "scope"]));
  assertEquals(written("PutBlockList"), [["team=x%20y&a=1", "Cool", "scope"]]);
  const { storageClass, tagCount } = await store.head("given");
  assertEquals([storageClass, tagCount], ["Hot", 2]);
});

Deno.test("without a kept checksum blobs have no metadata of ours, and only blocks tell whose a blob is", async () => {
  await using bench = await openBench({ storedChecksum: false });
  const { store, server, container } = bench;
  const lose = (operation: Operation) =>
    server.faults.add({ match: { operation }, action: { kind: "drop-answer", how: "rst" } });
  lose("PutBlockList");
  const { etag, checksums } = await store.put("parts", new Uint8Array(1500), { ifNoneMatch: "*" });
  assertEquals([etag, checksums], [(await store.head("parts")).etag, undefined]);
  assertEquals((await container.getBlobClient("parts").getProperties()).metadata, {});
  lose("PutBlockList");
  await assertRejects(() => store.put("parts", new Uint8Array(1500), { ifNoneMatch: "*" }), UnavailableError);
  lose("PutBlob");
  await assertRejects(() => store.put("whole", new Uint8Array(5), { ifNoneMatch: "*" }), UnavailableError);
  // Of no blocks, all are ours.
  lose("PutBlockList");
  await assertRejects(() => store.put("whole", new Uint8Array(1500), { ifNoneMatch: "*" }), UnavailableError);
  assertEquals((await store.head("whole")).size, 5);
});

for (const refused of [["whole"], ["whole", "blocks"]]) {
  const way = `where the service knows no copy ${refused.join(" nor ")}`;

  Deno.test(`bytes of a copy are compared as those of its source are, ${way}`, async () => {
    await using bench = await openBench();
    const { store, server } = bench;
    await store.put("object", new Uint8Array(1500));
    Object.assign(store.target.traits, { refusedCopies: new Set(refused) });
    await store.copy("object", "copy");
    server.faults.add({ match: { operation: "GetBlob" }, action: { kind: "flip", atByte: 5 } });
    await assertRejects(() => getBytes(store, "copy"), ChecksumMismatchError, "CRC-32C");
  });

  Deno.test(`a copy of a blob that another program replaced is read as it is, ${way}`, async () => {
    await using bench = await openBench();
    await using direct = openContainer(bench.fake);
    Object.assign(direct.target.traits, { refusedCopies: new Set(refused) });
    await WRITE_CASES["a copy of what another program put in a blob's place is read as it is, too"]?.({
      ...bench,
      store: direct,
    });
  });
}

Deno.test("put() of many blocks goes in one request where writes that were given up have left too many", async () => {
  await using bench = await openBench();
  const { store, server } = bench;
  server.settings.maxUncommittedBlocks = 2;
  {
    await using writer = await store.createPartWriter("object", 2000);
    for (const index of [0, 1]) await writer.writePart(index, new Uint8Array(1000));
    await writer.abort();
  }
  await using writer = await store.createPartWriter("object", 2000);
  const error = await assertRejects(() => writer.writePart(0, new Uint8Array(1000)), QuotaExceededError);
  assertStringIncludes(error.message, "by putting a small one there");
  await writer.abort();
  assertEquals((await store.put("object", new Uint8Array(2000).fill(1))).size, 2000);
  assertEquals((await getBytes(store, "object")).bytes, new Uint8Array(2000).fill(1));
  assertEquals(server.uncommitted("container"), 0);
});

Deno.test("a blob under a legal hold is neither replaced nor deleted, and the error says so", async () => {
  await using bench = await openBench();
  const { store, container, fake } = bench;
  fake.container("container").immutableVersions = true;
  await store.put("object", new Uint8Array(5));
  await container.getBlobClient("object").setLegalHold(true);
  for (const call of [() => store.put("object", new Uint8Array(6)), () => store.delete("object")]) {
    await assertRejects(call, PermissionDeniedError, "a legal hold protects it");
  }
  assertEquals((await store.head("object")).size, 5);
});

Deno.test("a block of which the service tells another CRC-64 than was sent becomes part of no blob", async () => {
  await using bench = await openBench();
  const { store, server } = bench;
  const set = { "x-ms-content-crc64": "AAAAAAAAAAA=" };
  server.faults.add({ match: { operation: "PutBlock" }, action: { kind: "headers", set } });
  const write = () => store.put("object", new Uint8Array(1500).fill(1));
  await assertRejects(write, ChecksumMismatchError, "the service got other bytes than were sent");
  await assertRejects(() => store.head("object"), NotFoundError);
});

Deno.test("bytes that are changed on their way here are not excused by an object that replaces theirs meanwhile", async () => {
  await using bench = await openBench();
  const { store, server, container } = bench;
  const blob = container.getBlockBlobClient("object");
  await store.put("object", new Uint8Array(500).fill(1));
  const { metadata = {} } = await blob.getProperties();
  const run = async () => void await blob.upload(new Uint8Array(500).fill(2), 500, { metadata });
  server.faults.add({ match: { operation: "GetBlob" }, action: { kind: "flip", atByte: 5 } });
  server.faults.add({ match: { operation: "GetBlockList" }, action: { kind: "before", run } });
  await assertRejects(() => getBytes(store, "object"), ChecksumMismatchError, "CRC-32C");
});

Deno.test("setAttributes() whose answer is lost does not take its own change for another writer's", async () => {
  for (const operation of ["SetBlobProperties", "SetBlobMetadata"] as const) {
    await using bench = await openBench();
    const { store, server } = bench;
    await store.put("object", new Uint8Array(5));
    server.faults.add({ match: { operation }, action: { kind: "drop-answer", how: "rst" } });
    const given = operation === "SetBlobMetadata" ? { metadata: { a: "b" } } : { contentType: "text/csv" };
    await assertRejects(() => store.setAttributes("object", given), UnavailableError);
    assertEquals(server.requests.filter((request) => request.operation === operation).length, 1);
  }
});

Deno.test("an upload is neither resumed nor aborted in a container that is missing, and the error says so", async () => {
  await using bench = await openBench();
  const { store, fake } = bench;
  await using writer = await store.createPartWriter("object", 1500, { resumable: true });
  const token = writer.token ?? "";
  fake.account.containers.delete("container");
  for (
    const call of [
      () => store.resumePartWriter("object", 1500, token),
      () => store.abortUpload("object", token),
    ]
  ) await assertRejects(call, NotFoundError, "no such container");
});

Deno.test("setAttributes() with tags that the service does not take changes nothing", async () => {
  await using bench = await openBench();
  const { store } = bench;
  const { etag } = await store.put("object", new Uint8Array(5));
  const given = { contentType: "text/csv", tags: { "a&b": "c" } };
  await assertRejects(() => store.setAttributes("object", given), UnsupportedError, "takes no tag");
  assertEquals((await store.head("object")).etag, etag);
});
