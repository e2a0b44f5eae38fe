import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import {
  AlreadyExistsError,
  ChecksumMismatchError,
  getBytes,
  listUploads,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  resumePartWriter,
  ServiceError,
  sweepUploads,
  UnavailableError,
} from "@lade/core";
import type { Operation } from "../fakes/gcs/mod.ts";
import { openBucket, operations } from "./open_fake.ts";
import { DATA, lose, MIB, openParts, PART, partOf, SUM, writeParts } from "./open_parts.ts";

Deno.test("what is known to be large goes in parts, with attributes as headers and a checksum of each", async () => {
  await using bench = await openParts({
    config: { kmsKey: "projects/p/locations/l/keyRings/r/cryptoKeys/k" },
  });
  const { fake, store } = bench;
  const attributes = {
    contentType: "text/x-sample",
    contentLanguage: "de",
    cacheControl: "no-store",
    contentDisposition: "attachment",
    metadata: { "some-name": "a value" },
    storageClass: "NEARLINE",
  };
  const written = await store.put("object", DATA, attributes);
  const object = fake.object("bucket", "object");
  assertEquals(written, {
    size: DATA.length,
    etag: object?.generation ?? "",
    version: object?.generation ?? "",
    checksums: { crc32c: SUM },
  });
  const sums = [0, 1, 2].map((index) => `crc32c=${crc32cToBase64(crc32c(partOf(index)))}`);
  const parts = fake.requests.filter(({ operation }) => operation === "xml.putPart");
  assertEquals(parts.map(({ headers }) => headers["x-goog-hash"]).sort(), sums.sort());
  assertEquals(operations(fake), { "xml.startMultipart": 1, "xml.putPart": 3, "xml.completeMultipart": 1 });
  const { contentType, contentLanguage, cacheControl, contentDisposition, metadata, storageClass } =
    await store
      .head("object");
  const told = { contentType, contentLanguage, cacheControl, contentDisposition, metadata, storageClass };
  assertEquals(told, attributes);
  assertEquals([object?.componentCount, object?.kmsKeyName?.endsWith("/k")], [3, true]);
  assertEquals((await getBytes(store, "object")).bytes, DATA);
  assertEquals(fake.unfinished("bucket"), 0);
});

Deno.test("parts of a writer come in any order, and an object without bytes is one part", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const { checksums } = await writeParts(store, DATA, [2, 0, 1]);
  assertEquals(checksums, { crc32c: SUM });
  assertEquals((await getBytes(store, "object")).bytes, DATA);
  operations(fake);
  await writeParts(store, new Uint8Array(), [], { resumable: true });
  assertEquals(operations(fake), { "xml.startMultipart": 1, "xml.putPart": 1, "xml.completeMultipart": 1 });
  assertEquals((await store.head("object")).size, 0);
});

Deno.test("a stream goes in parts, too, and in one request where it stays small", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  for (
    const [size, due] of [
      [DATA.length, { "xml.startMultipart": 1, "xml.putPart": 3, "xml.completeMultipart": 1 }],
      [MIB, { "objects.insert": 1 }],
    ] as const
  ) {
    await using writer = await store.createWriter("object");
    for (let at = 0; at < size; at += MIB) await writer.write(DATA.subarray(at, Math.min(at + MIB, size)));
    const { checksums } = await writer.close();
    assertEquals(checksums?.crc32c, crc32cToBase64(crc32c(DATA.subarray(0, size))));
    assertEquals(operations(fake), due);
    assertEquals(fake.bytes("bucket", "object"), DATA.subarray(0, size));
  }
});

Deno.test("parts are on their way side by side", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const match = { operation: "xml.putPart" } as const;
  const first = fake.faults.add({ match, action: { kind: "stall", at: "answer" } });
  fake.faults.add({ match: { ...match, nth: 2 }, action: { kind: "before", run: first.release } });
  await store.put("object", DATA);
  assertEquals(fake.bytes("bucket", "object"), DATA);
});

Deno.test("parts are as large as it takes to have no more than 10,000 of them", async () => {
  await using bench = await openParts();
  for (const [size, least] of [[1, PART], [2 ** 40, 100 * MIB], [5 * 2 ** 40, 500 * MIB]] as const) {
    await using writer = await bench.store.createPartWriter("object", size, { partSize: 1, resumable: true });
    assertEquals([writer.partSize >= least, writer.partCount <= 10_000], [true, true], String(size));
    await writer.abort();
  }
});

Deno.test("a condition of any size is held by a session, since parts have none", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const { etag = "" } = await store.put("object", DATA, { ifNoneMatch: "*" });
  await assertRejects(() => store.put("object", DATA, { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => writeParts(store, DATA, [0, 1, 2], { ifMatch: "1" }), PreconditionFailedError);
  await writeParts(store, DATA, [0, 1, 2], { ifMatch: etag });
  assertEquals(Object.keys(operations(fake)).filter((name) => name.startsWith("xml.")), []);
});

Deno.test("what headers cannot say goes by a session", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  for (
    const [attributes, isIn] of [
      [{ metadata: { name: "ö" } }, false],
      [{ metadata: { name: " a" } }, false],
      [{ metadata: { name: "" } }, false],
      [{ contentDisposition: "ö" }, false],
      [{ metadata: { name: "a b" } }, true],
    ] as const
  ) {
    await store.put("object", DATA, attributes);
    assertEquals(operations(fake)["xml.startMultipart"] === 1, isIn, JSON.stringify(attributes));
    const { metadata, contentDisposition } = await store.head("object");
    const told = "metadata" in attributes ? { metadata } : { contentDisposition };
    assertEquals(told, attributes);
    operations(fake);
  }
});

Deno.test("names of metadata are in small letters, whichever way an object went", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  for (
    const [data, way] of [[DATA, "xml.startMultipart"], [DATA.subarray(0, 5), "objects.insert"]] as const
  ) {
    await store.put("object", data, { metadata: { "Some-Name": "A" } });
    assertEquals(operations(fake)[way], 1);
    assertEquals([...fake.object("bucket", "object")?.metadata ?? []], [["some-name", "A"]]);
  }
  fake.putObject("bucket", "object", "a", { metadata: new Map([["Other", "B"]]) });
  assertEquals((await store.head("object")).metadata, { other: "B" });
  assertEquals((await getBytes(store, "object")).info.metadata, { other: "B" });
});

Deno.test("who pays stands in every request of an upload", async () => {
  await using bench = await openParts({
    server: { settings: { requesterPays: true } },
    config: { userProject: "payer" },
  });
  const { fake, store } = bench;
  await using writer = await store.createPartWriter("object", DATA.length, { resumable: true });
  await writer.writePart(1, partOf(1));
  await Array.fromAsync(listUploads(store));
  await using resumed = await resumePartWriter(store, "object", DATA.length, writer.token ?? "");
  await resumed.abort();
  const asked = fake.requests.map(({ headers }) => headers["x-goog-user-project"]);
  assertEquals(asked, Array(asked.length).fill("payer"));
  assertEquals(asked.length, 5);
});

Deno.test("damaged parts are refused, and nothing is left of the upload", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  fake.faults.add({
    match: { operation: "xml.putPart", nth: 2, times: Infinity },
    action: { kind: "flip-request", atByte: 60 },
  });
  await assertRejects(() => store.put("object", DATA), ChecksumMismatchError, "other bytes than were sent");
  assertEquals([fake.unfinished("bucket"), fake.object("bucket", "object")], [0, undefined]);
});

Deno.test("a part whose answer has another checksum is an error", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  fake.faults.add({
    match: { operation: "xml.putPart", times: Infinity },
    action: { kind: "headers", set: { "X-Goog-Hash": "crc32c=AAAAAA==", "x-goog-hash": undefined } },
  });
  await assertRejects(
    () => store.put("object", DATA),
    ChecksumMismatchError,
    "got a part with CRC-32C AAAAAA==",
  );
  assertEquals(fake.unfinished("bucket"), 0);
});

Deno.test("an object that is not what was sent is removed, and no other", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  /** Puts other bytes in the place of a part that was sent, as a service would that loses them. */
  const spoil = () => {
    for (const { parts } of fake.bucket("bucket").uploads.values()) {
      const [first, second] = [parts.get(1), parts.get(2)];
      if (first && second) parts.set(1, { ...second, number: 1, etag: first.etag });
    }
  };
  fake.faults.add({ match: { operation: "xml.completeMultipart" }, action: { kind: "before", run: spoil } });
  await assertRejects(() => store.put("object", DATA), ChecksumMismatchError, `${DATA.length} with ${SUM}`);
  assertEquals(fake.object("bucket", "object"), undefined);
  // Where the answer tells no generation, the one that is there is another's.
  fake.faults.add({
    match: { operation: "xml.completeMultipart" },
    action: [{ kind: "before", run: spoil }, { kind: "omit", fields: /^x-goog-generation$/ }],
  });
  fake.faults.add({
    match: { operation: "xml.headObject" },
    action: { kind: "before", run: () => void fake.putObject("bucket", "object", "another's") },
  });
  await assertRejects(() => store.put("object", DATA), ChecksumMismatchError);
  assertEquals((await getBytes(store, "object")).bytes, new TextEncoder().encode("another's"));
});

Deno.test("what the answer does not tell is looked up, and believed of the object alone that was made", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const bare = (fields: RegExp) =>
    fake.faults.add({ match: { operation: "xml.completeMultipart" }, action: { kind: "omit", fields } });
  for (const fields of [/^x-goog-generation$/, /^x-goog-hash$/, /^x-goog-(?:hash|generation)$/]) {
    bare(fields);
    const { version, checksums } = await store.put("object", DATA);
    assertEquals([version, checksums], [fake.object("bucket", "object")?.generation, { crc32c: SUM }]);
    assertEquals(operations(fake)["xml.headObject"], 1);
  }
  bare(/^x-goog-(?:hash|generation)$/);
  fake.faults.add({
    match: { operation: "xml.headObject" },
    action: { kind: "before", run: () => void fake.putObject("bucket", "object", "another's") },
  });
  assertEquals(await store.put("object", DATA), { size: DATA.length, checksums: { crc32c: SUM } });
});

Deno.test("requests of an upload whose answers are lost are made again, or found done", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  for (
    const [operation, more] of [
      ["xml.startMultipart", { "xml.startMultipart": 2 }],
      ["xml.putPart", { "xml.putPart": 4 }],
      // The second one finds no upload any more.
      ["xml.completeMultipart", { "xml.completeMultipart": 2, "xml.listParts": 1, "xml.headObject": 1 }],
    ] as const
  ) {
    lose(fake, operation);
    const { version } = await store.put("object", DATA, { metadata: { name: "a" } });
    assertEquals(version, fake.object("bucket", "object")?.generation);
    const usual = { "xml.startMultipart": 1, "xml.putPart": 3, "xml.completeMultipart": 1 };
    assertEquals(operations(fake), { ...usual, ...more });
  }
});

Deno.test("an upload that was given up is not found done, whatever object is there", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const others: readonly (() => void)[] = [
    () => {},
    () => void fake.putObject("bucket", "object", new Uint8Array(DATA.length)),
    // Other bytes, described alike.
    () =>
      void fake.putObject("bucket", "object", new Uint8Array(DATA.length), {
        fields: { contentType: "application/octet-stream" },
        metadata: new Map([["name", "a"]]),
      }),
    // The same bytes, described otherwise.
    () => void fake.putObject("bucket", "object", DATA),
  ];
  for (const putOther of others) {
    const giveUp = () => {
      fake.bucket("bucket").uploads.clear();
      putOther();
    };
    fake.faults.add({
      match: { operation: "xml.completeMultipart" },
      action: [{ kind: "before", run: giveUp }, { kind: "drop-answer", how: "rst" }],
    });
    const put = () => store.put("object", DATA, { metadata: { name: "a" } });
    await assertRejects(put, NotFoundError, "no such upload");
    assertEquals(fake.object("bucket", "object") === undefined, putOther === others[0], "nothing is removed");
  }
  // One that is still there is not done, whatever object is there.
  fake.putObject("bucket", "object", DATA, { metadata: new Map([["name", "a"]]) });
  fake.faults.add({
    match: { operation: "xml.completeMultipart", times: Infinity },
    action: { kind: "status", status: 503 },
  });
  await using once = openBucket(fake, {
    traits: { takesParts: true },
    config: { partSize: PART, threshold: MIB, kmsKey: "projects/p/locations/l/keyRings/r/cryptoKeys/k" },
    transport: { retry: { maxAttempts: 1 } },
  });
  await assertRejects(() => once.put("object", DATA, { metadata: { name: "a" } }));
  assertEquals(fake.unfinished("bucket"), 0);
  // What was made by a request that is not made again is found, by what it is encrypted with too.
  fake.faults.clear();
  lose(fake, "xml.completeMultipart", Infinity);
  const { version } = await once.put("object", DATA);
  assertEquals(version, fake.object("bucket", "object")?.generation);
});

Deno.test("failures of each step leave nothing behind, and say what failed", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const fails = [
    ["xml.startMultipart", 403, "AccessDenied", PermissionDeniedError],
    ["xml.putPart", 403, "AccessDenied", PermissionDeniedError],
    ["xml.completeMultipart", 409, "ConditionalRequestConflict", UnavailableError],
    ["xml.completeMultipart", 412, "PreconditionFailed", PreconditionFailedError],
    ["xml.completeMultipart", 400, "InvalidPart", ServiceError],
  ] as const;
  for (const [operation, status, code, kind] of fails) {
    const fault = fake.faults.add({
      match: { operation, times: Infinity },
      action: { kind: "status", status, code },
    });
    const error = await assertRejects(() => store.put("object", DATA), kind as typeof ServiceError);
    assertStringIncludes(error.message, 'Cannot put "gs://bucket/object"');
    assertEquals([fake.unfinished("bucket"), fake.object("bucket", "object")], [0, undefined], operation);
    fake.faults.remove(fault);
  }
});

Deno.test("an upload that cannot be given up is named", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const refuse = (operation: Operation) =>
    fake.faults.add({
      match: { operation, times: Infinity },
      action: { kind: "status", status: 403, code: "AccessDenied" },
    });
  refuse("xml.completeMultipart");
  refuse("xml.abortMultipart");
  const error = await assertRejects(() => store.put("object", DATA), PermissionDeniedError);
  const [id = ""] = fake.bucket("bucket").uploads.keys();
  assertStringIncludes(Deno.inspect(error), `upload ${id} stays behind`);
  fake.faults.clear();
  const swept = await Array.fromAsync(sweepUploads(store, { olderThanMs: 0 }));
  assertEquals([swept.map((upload) => upload.id), fake.unfinished("bucket")], [[id], 0]);
});

Deno.test("an upload without a name is no answer of the service", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const unnamed = { kind: "rewrite", from: /<UploadId>[^<]*</, to: "<UploadId><" } as const;
  fake.faults.add({ match: { operation: "xml.startMultipart" }, action: unnamed });
  await assertRejects(() => store.put("object", DATA), ServiceError, "it gives the upload no id");
});
