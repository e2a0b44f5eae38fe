import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ChecksumMismatchError,
  copyObject,
  getBytes,
  MemoryStore,
  ServiceError,
  type StoreNotice,
  UnsupportedError,
} from "@lade/core";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { openS3Store, s3Provider } from "@lade/s3";
import { type FakeS3, type Habits, startFakeS3 } from "../fakes/s3/mod.ts";
import { noise } from "./noise.ts";
import { bare, fakeConfig, openBucket, openFake, type OpenFakeOptions } from "./open_fake.ts";

const PARTS = { multipart: { partSize: 1000 } };

/** Opens a fake with habits, and keeps what its store finds out. */
async function openWith(habits: Partial<Habits>, options: OpenFakeOptions = {}) {
  const notices: StoreNotice[] = [];
  const opened = await openFake({
    ...options,
    server: { habits, ...options.server },
    context: { onNotice: (notice) => notices.push(notice), random: () => 0 },
  });
  return { ...opened, notices };
}

/** The operations and statuses of the requests since the last call. */
function answersOf(fake: FakeS3): string[] {
  return fake.requests.splice(0).map(({ operation, status }) => `${operation} ${status}`);
}

const CHECKSUM_HEADERS = [
  "* x-amz-checksum-crc32c",
  "* x-amz-checksum-algorithm",
  "* x-amz-checksum-type",
  "* x-amz-checksum-mode",
  "* x-amz-sdk-checksum-algorithm",
  "* x-amz-mp-object-size",
];

Deno.test("a service that refuses every header about checksums is written to and read without, from the second request on", async () => {
  await using opened = await openWith({ refused: CHECKSUM_HEADERS }, { config: PARTS });
  const { fake, store, notices } = opened;
  await store.put("small", noise(10));
  assertEquals(answersOf(fake), ["PutObject 501", "PutObject 200"]);
  await store.put("small", noise(10));
  assertEquals(answersOf(fake), ["PutObject 200"]);
  const { checksums } = await store.put("large", noise(3000));
  assertEquals(checksums, undefined);
  assertEquals(answersOf(fake), [
    "CreateMultipartUpload 200",
    ...Array(3).fill("UploadPart 200"),
    "CompleteMultipartUpload 501",
    "CompleteMultipartUpload 200",
  ]);
  await store.put("large", noise(3000));
  assertEquals(answersOf(fake).length, 5);
  assertEquals((await getBytes(store, "large")).bytes, noise(3000));
  assertEquals((await store.head("small")).size, 10);
  assertEquals(answersOf(fake), ["GetObject 501", "GetObject 200", "HeadObject 200"]);
  for await (const { error } of store.deleteMany(["small", "large"])) assertEquals(error, undefined);
  assertEquals(answersOf(fake), ["DeleteObjects 200"]);
  assertEquals(notices.map(({ uri }) => uri), Array(3).fill("s3://bucket"));
  assertEquals(notices.map(({ text }) => text.replace(/^the service at \S+ /, "")), [
    "refuses checksums of what is written: uploads go without",
    "refuses to be told the size of an object made of parts: it is left out",
    "refuses to be asked for checksums: downloads are not compared with them",
  ]);
});

Deno.test("a checksum that was asked for is never left out: a service that refuses it is an error", async () => {
  for (const checksum of ["crc32c", "crc64nvme"] as const) {
    await using opened = await openWith(
      { refused: [`* x-amz-checksum-${checksum}`, "* x-amz-checksum-algorithm"] },
      { config: { ...PARTS, checksum } },
    );
    const { fake, store } = opened;
    for (const size of [10, 3000]) {
      await assertRejects(() => store.put("object", noise(size)), UnsupportedError);
    }
    assertEquals(fake.objects("bucket"), []);
    assertEquals(fake.uploads("bucket"), []);
  }
});

Deno.test("a checksum that was asked for and is not confirmed of an object is an error", async () => {
  await using opened = await openFake({ config: { checksum: "crc32c" }, server: { checksums: false } });
  const error = await assertRejects(() => opened.store.put("object", noise(10)), UnsupportedError);
  assertStringIncludes(error.message, "without confirming their CRC32C");
});

Deno.test("a checksum that was asked for and is not kept of an object made of parts is an error, and leaves nothing", async () => {
  await using opened = await openFake({
    config: { ...PARTS, checksum: "crc32c" },
    server: { checksums: false },
  });
  const { fake, store } = opened;
  const error = await assertRejects(() => store.put("object", noise(3000)), UnsupportedError);
  assertStringIncludes(error.message, 'use checksum "auto"');
  assertEquals(fake.objects("bucket"), []);
  assertEquals(fake.uploads("bucket"), []);
});

Deno.test("what a caller asked for is not left out where a service refuses it: encryption, tags, storage class", async () => {
  const headers = ["server-side-encryption", "tagging", "storage-class"].map((name) => `* x-amz-${name}`);
  await using fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1, habits: { refused: headers } });
  const asked = [
    [{ sse: "AES256" as const }, {}],
    [{ tags: { name: "value" } }, {}],
    [{}, { storageClass: "STANDARD_IA" }],
  ] as const;
  for (const [config, options] of asked) {
    await using store = await openBucket(fake, { config: { ...PARTS, ...config } });
    for (const size of [10, 3000]) {
      await assertRejects(() => store.put("object", noise(size), options), UnsupportedError);
    }
  }
  assertEquals(fake.objects("bucket"), []);
  assertEquals(fake.uploads("bucket"), []);
});

Deno.test("encryption that a service passes over is an error, and before parts are sent", async () => {
  const ends = ["", "-customer-algorithm", "-customer-key", "-customer-key-md5"];
  const ignored = ["", "copy-source-"].flatMap((of) =>
    ends.map((end) => `* x-amz-${of}server-side-encryption${end}`)
  );
  await using fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1, habits: { ignored } });
  fake.putObject("bucket", "from", "content");
  for (const config of [{ sse: "aws:kms" }, { sseCustomerKey: new Uint8Array(32).fill(7) }] as const) {
    await using store = await openBucket(fake, { config: { ...PARTS, ...config } });
    const put = await assertRejects(() => store.put("object", noise(10)), UnsupportedError);
    assertStringIncludes(put.message, "does not confirm the encryption by sse");
    await assertRejects(() => store.copy("from", "copy"), UnsupportedError);
    fake.requests.splice(0);
    const parts = await assertRejects(() => store.put("large", noise(3000)), UnsupportedError);
    assertStringIncludes(parts.message, "nothing was written");
    assertEquals(answersOf(fake), ["CreateMultipartUpload 200", "AbortMultipartUpload 204"]);
    assertEquals(fake.object("bucket", "large"), undefined);
  }
});

Deno.test("a start outside ASCII is not left to a service other than Amazon's", async () => {
  await using opened = await openWith({});
  const { fake, store } = opened;
  for (const key of ["a", "bä", "bé", "bü", "c"]) fake.putObject("bucket", key, "");
  const listed = await Array.fromAsync(store.list("", { startAfter: "bé" }), ({ key }) => key);
  assertEquals(listed, ["bü", "c"]);
  assertEquals(fake.requests.map(({ query }) => query["start-after"]), ["b"]);
});

Deno.test("a service that takes no checksums of parts is sent parts without, once it has refused one twice", async () => {
  await using opened = await openWith({ partChecksums: "refused" }, {
    config: { ...PARTS, uploadConcurrency: 1 },
  });
  const { fake, store, notices } = opened;
  await store.put("object", noise(3000));
  assertEquals(fake.bytes("bucket", "object"), noise(3000));
  const completion = fake.requests.find(({ operation }) => operation === "CompleteMultipartUpload");
  assertEquals([completion?.status, completion?.headers["x-amz-checksum-crc32c"]], [200, undefined]);
  assertEquals(answersOf(fake).filter((answer) => answer.startsWith("UploadPart")), [
    "UploadPart 400",
    "UploadPart 400",
    ...Array(3).fill("UploadPart 200"),
  ]);
  await store.put("object", noise(2500));
  assertEquals(answersOf(fake).length, 5);
  assertEquals(notices.length, 1);
  const { checksums } = await store.put("small", noise(10));
  assert(checksums?.crc32c, "single objects still carry theirs");
});

Deno.test("a service that takes checksums of parts and none of the whole makes the object without", async () => {
  await using opened = await openWith({ partChecksums: "refused as one" }, { config: PARTS });
  const { fake, store, notices } = opened;
  for (const completions of [["400", "200"], ["200"]]) {
    await store.put("object", noise(3000));
    assertEquals(
      answersOf(fake).filter((answer) => answer.startsWith("Complete")),
      completions.map((status) => `CompleteMultipartUpload ${status}`),
    );
    assertEquals(fake.bytes("bucket", "object"), noise(3000));
  }
  assertEquals(notices.length, 1);
  await using strict = await openBucket(fake, { config: { ...PARTS, checksum: "crc32c" } });
  await assertRejects(() => strict.put("other", noise(3000)), ServiceError);
  assertEquals(fake.object("bucket", "other"), undefined);
});

Deno.test("a checksum of the parts that a service makes in place of the whole's is compared, and told as none of the object", async () => {
  const data = noise(2500);
  const sums = [0, 1000, 2000].map((at) => atob(crc32cToBase64(crc32c(data.subarray(at, at + 1000)))));
  const ofParts = crc32c(Uint8Array.from(sums.join(""), (char) => char.charCodeAt(0)));
  for (const [sum, isRight] of [[crc32cToBase64(ofParts), true], ["AAAAAA==", false]] as const) {
    await using opened = await openWith({}, { config: PARTS });
    const { fake, store } = opened;
    fake.faults.add({
      match: { operation: "CompleteMultipartUpload" },
      action: { kind: "rewrite", from: /<ChecksumCRC32C>[^<]*/, to: `<ChecksumCRC32C>${sum}-3` },
    });
    const writing = store.put("object", data);
    if (isRight) assertEquals((await writing).checksums, undefined);
    else await assertRejects(() => writing, ChecksumMismatchError, "AAAAAA==-3");
  }
});

Deno.test("checksums of a service that gives back the headers of requests are not compared", async () => {
  await using opened = await openWith({});
  const { fake, store } = opened;
  fake.putSynthetic("bucket", "object", { size: 100, checksum: "crc32c" });
  const wrong = { "x-amz-checksum-crc32c": "AAAAAA==", "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  fake.faults.add({
    match: { operation: "GetObject", times: Infinity },
    action: { kind: "headers", set: wrong },
  });
  const { info } = await getBytes(store, "object");
  assertEquals([info.size, info.checksums], [100, undefined]);
});

Deno.test("bytes that a service calls damaged are not sent again without their checksum where the etag says the same", async () => {
  await using opened = await openWith({});
  const { fake, store } = opened;
  fake.faults.add({
    match: { operation: "PutObject", times: 2 },
    action: {
      kind: "status",
      status: 400,
      code: "BadRequest",
      message: "Value for x-amz-checksum-crc32c header is invalid.",
    },
  });
  fake.faults.add({
    match: { operation: "PutObject", nth: 3 },
    action: { kind: "etag", value: `"${"0".repeat(32)}"` },
  });
  await assertRejects(() => store.put("object", noise(10)), ChecksumMismatchError);
});

Deno.test("an upload that fails for the checksums of its parts is made again without, where the bytes can be had again", async () => {
  const habits = { partChecksums: "breaking" } as const;
  for (
    const [how, write] of Object.entries({
      "put()": (store: Awaited<ReturnType<typeof openWith>>["store"]) => store.put("object", noise(3000)),
      "copyObject()": async (store: Awaited<ReturnType<typeof openWith>>["store"]) => {
        const memory = new MemoryStore();
        await memory.put("from", noise(3000));
        await copyObject(memory, "from", store, "object", { chunkSize: 1000 });
      },
    })
  ) {
    await using opened = await openWith(habits, { config: PARTS });
    const { fake, store, notices } = opened;
    await write(store);
    assertEquals(fake.bytes("bucket", "object"), noise(3000), how);
    assertEquals(fake.uploads("bucket"), [], how);
    fake.requests.splice(0);
    await write(store);
    assertEquals(answersOf(fake).filter((answer) => !answer.endsWith(" 200")), [], how);
    assertEquals(notices.length, 1, how);
  }
});

Deno.test("an upload that fails for the checksums of its parts says what to do where the bytes are gone, and the next one succeeds", async () => {
  await using opened = await openWith({ partChecksums: "breaking" }, { config: PARTS });
  const { fake, store } = opened;
  const write = async () => {
    await using writer = await store.createWriter("object", { partSize: 1000 });
    await writer.write(noise(3000));
    await writer.close();
  };
  const error = await assertRejects(write, ServiceError);
  assertStringIncludes(error.message, "parts go without from now on");
  assert(error.retryable);
  assertEquals(fake.uploads("bucket"), []);
  await write();
  assertEquals(fake.bytes("bucket", "object"), noise(3000));
  await using strict = await openBucket(fake, { config: { ...PARTS, checksum: "crc32c" } });
  const refused = await assertRejects(() => strict.put("object", noise(3000)), ServiceError);
  assertStringIncludes(refused.message, 'set checksum "none", or "auto"');
});

Deno.test("parts that are really missing are not taken for a trait of the service", async () => {
  await using opened = await openWith({}, { config: PARTS });
  const { fake, store, notices } = opened;
  fake.faults.add({
    match: { operation: "CompleteMultipartUpload" },
    action: { kind: "before", run: () => void fake.uploads("bucket")[0]?.parts.delete(2) },
  });
  await assertRejects(() => store.put("object", noise(3000)), ServiceError);
  assertEquals(notices, []);
});

Deno.test("deleteMany() works at services that want Content-MD5, in one request", async () => {
  await using opened = await openWith({ wantsContentMd5: true });
  const { fake, store } = opened;
  for (const key of ["a", "b", "c"]) fake.putObject("bucket", key, "");
  for await (const { error } of store.deleteMany(["a", "b", "c"])) assertEquals(error, undefined);
  assertEquals(answersOf(fake), ["DeleteObjects 200"]);
  assertEquals(fake.objects("bucket"), []);
});

Deno.test("deleteMany() asks a service that cannot delete many keys for that once", async () => {
  await using opened = await openWith({ missing: ["DeleteObjects"] });
  const { fake, store, notices } = opened;
  for (let round = 0; round < 2; round++) {
    for (const key of ["a", "b"]) fake.putObject("bucket", key, "");
    for await (const { error } of store.deleteMany(["a", "b"])) assertEquals(error, undefined);
  }
  assertEquals(answersOf(fake), ["DeleteObjects 501", ...Array(4).fill("DeleteObject 204")]);
  assertEquals(notices.length, 1);
});

Deno.test("If-Match reaches a service that compares it with its quotes, and is sent without them from then on", async () => {
  await using opened = await openWith({ rawIfMatch: true }, { config: PARTS });
  const { fake, store, notices } = opened;
  const first = await store.put("object", noise(10));
  const second = await store.put("object", noise(11), { ifMatch: first.etag ?? "" });
  const third = await store.put("object", noise(3000), { ifMatch: second.etag ?? "" });
  fake.requests.splice(0);
  await assertRejects(() => store.put("object", noise(12), { ifMatch: second.etag ?? "" }));
  assertEquals(answersOf(fake), ["PutObject 412"]);
  await store.delete("object", { ifMatch: third.etag ?? "" });
  assertEquals(fake.objects("bucket"), []);
  assertEquals(notices.map(({ text }) => text.replace(/^the service at \S+ /, "")), [
    "compares If-Match with the etag without its quotes: it is sent so",
  ]);
});

Deno.test("a condition that does not hold is not taken for quotes that are not understood", async () => {
  await using opened = await openWith({});
  const { store, notices } = opened;
  await store.put("object", noise(10));
  await assertRejects(() => store.put("object", noise(11), { ifMatch: "another" }));
  assertEquals(notices, []);
});

Deno.test("what one store has found out about a service holds for all stores of its provider, and for no other", async () => {
  await using fake = await startFakeS3({
    buckets: ["bucket", "other"],
    habits: { refused: CHECKSUM_HEADERS },
  });
  const provider = s3Provider(bare);
  const config = { ...fakeConfig(fake) };
  for (const [bucket, requests] of [["bucket", 2], ["other", 1]] as const) {
    await using store = await provider.open(bucket, { config });
    await store.put("object", noise(10));
    assertEquals(answersOf(fake).length, requests);
  }
  await using apart = await openS3Store("other", { config, surroundings: bare });
  await apart.put("object", noise(10));
  assertEquals(answersOf(fake).length, 2);
});
