import { assertEquals, assertRejects } from "@std/assert";
import {
  copyObject,
  MemoryStore,
  type ObjectAttributes,
  type ObjectStore,
  observe,
  PermissionDeniedError,
  PrefixStore,
  type PutOptions,
} from "@lade/core";
import { transferTree } from "../../packages/transfer/testing/store_calls.ts";
import type { S3Options } from "@lade/s3";
import { type FakeS3, type FakeS3Options, startFakeS3 } from "../fakes/s3/mod.ts";
import { openBucket, openFake } from "./open_fake.ts";

const ALL: ObjectAttributes = {
  contentType: "text/csv",
  contentEncoding: "gzip",
  cacheControl: "no-store",
  contentDisposition: 'attachment; filename="r.csv"',
  contentLanguage: "de",
  expires: new Date("2031-02-03T04:05:06Z"),
  metadata: { name: "Größe 鍵 😀", mtime: "1354104905.5" },
};
const TAGS = { project: "x = y", größe: "鍵" };
const CLASS = "STANDARD_IA";

interface TwoBuckets extends AsyncDisposable {
  readonly fake: FakeS3;
  readonly from: ObjectStore;
  readonly to: ObjectStore;
}

/** A server with the buckets `from` and `to`, and stores of both. */
async function openTwo(
  server: FakeS3Options = {},
  config: S3Options = {},
  ofTarget: S3Options = {},
): Promise<TwoBuckets> {
  const fake = await startFakeS3({ buckets: ["from", "target"], minPartSize: 1, ...server });
  const from = await openBucket(fake, { bucket: "from", config });
  const to = await openBucket(fake, { bucket: "target", config: { ...config, ...ofTarget } });
  const close = async () => {
    for (const each of [from, to, fake]) await each[Symbol.asyncDispose]();
  };
  return { fake, from, to, [Symbol.asyncDispose]: close };
}

function operationsOf(fake: FakeS3): string[] {
  return fake.requests.splice(0).map(({ operation = "?" }) => operation);
}

async function told(store: ObjectStore, key: string): Promise<Record<string, unknown>> {
  const { lastModified: _, etag: _etag, key: _key, checksums: _checksums, ...rest } = await store.head(key);
  return { ...rest, tags: await store.getTags?.(key) };
}

const EVERYTHING = { ...ALL, storageClass: CLASS, tagCount: 2, tags: TAGS };

Deno.test("a copy between two buckets of one service is its own, and keeps everything", async () => {
  await using two = await openTwo();
  const { fake, from, to } = two;
  await from.put("dir/a", new Uint8Array(100), { ...ALL, tags: TAGS, storageClass: CLASS });
  operationsOf(fake);
  const { read, sourceEtag } = await copyObject(from, "dir/a", to, "b");
  assertEquals(operationsOf(fake), ["HeadObject", "CopyObject"]);
  assertEquals([read, sourceEtag], [undefined, (await from.head("dir/a")).etag]);
  assertEquals(await told(to, "b"), { size: 100, ...EVERYTHING });
  operationsOf(fake);
  const { counts } = await transferTree([from, "dir/"], [to, "t/"]);
  assertEquals([counts.objects, counts.failed], [1, 0]);
  assertEquals(operationsOf(fake), ["ListObjectsV2", "CopyObject"]);
  assertEquals(await told(to, "t/a"), { size: 100, ...EVERYTHING });
});

Deno.test("a copy by what a listing told is of what is there, also when that has changed since", async () => {
  await using two = await openTwo();
  const { fake, from, to } = two;
  await from.put("a", new Uint8Array(10));
  const [source] = await Array.fromAsync(from.list());
  await from.put("a", new Uint8Array(20), { storageClass: CLASS });
  operationsOf(fake);
  assertEquals((await copyObject(from, "a", to, "b", source && { source })).size, 20);
  assertEquals(operationsOf(fake), ["CopyObject", "HeadObject", "CopyObject"]);
  assertEquals((await to.head("b")).storageClass, CLASS);
});

Deno.test("a copy with new attributes keeps the others and the tags, also onto itself", async () => {
  await using two = await openTwo();
  const { from, to } = two;
  await from.put("a", new Uint8Array(10), { ...ALL, tags: TAGS, storageClass: CLASS });
  for (const [store, key] of [[to, "b"], [from, "b"], [from, "a"]] as const) {
    await copyObject(from, "a", store, key, { contentType: "text/plain" });
    assertEquals(await told(store, key), { size: 10, ...EVERYTHING, contentType: "text/plain" });
  }
  await copyObject(from, "a", from, "a", { storageClass: "GLACIER_IR", tags: {} });
  const { contentType, storageClass, tagCount } = await from.head("a");
  assertEquals([contentType, storageClass, tagCount], ["text/plain", "GLACIER_IR", undefined]);
});

Deno.test("a copy in parts keeps everything", async () => {
  await using two = await openTwo({ maxCopySize: 1000 });
  const { fake, from, to } = two;
  await from.put("a", new Uint8Array(1001).fill(7), { ...ALL, tags: TAGS, storageClass: CLASS });
  operationsOf(fake);
  await copyObject(from, "a", to, "b");
  assertEquals(operationsOf(fake), [
    "HeadObject",
    "CopyObject",
    "GetObjectTagging",
    "CreateMultipartUpload",
    "UploadPartCopy",
    "CompleteMultipartUpload",
  ]);
  assertEquals(await told(to, "b"), { size: 1001, ...EVERYTHING });
  const [source, copied] = [await from.head("a"), await to.head("b")];
  assertEquals([source.checksums === undefined, copied.checksums], [false, source.checksums]);
  await copyObject(from, "a", from, "c", { contentType: "text/plain", tags: { other: "1" } });
  const changed = { contentType: "text/plain", tagCount: 1, tags: { other: "1" } };
  assertEquals(await told(from, "c"), { size: 1001, ...EVERYTHING, ...changed });
  await copyObject(from, "c", to, "untagged", { tags: {} });
  operationsOf(fake);
  await copyObject(to, "untagged", to, "d");
  assertEquals(operationsOf(fake).includes("GetObjectTagging"), false, "nobody asks where there are none");
});

const LAYERS: Readonly<Record<string, (store: ObjectStore) => ObjectStore>> = {
  "PrefixStore": (store) => new PrefixStore(store, "below/"),
  "observe()": (store) => observe(store, () => {}),
  "PrefixStore of observe()": (store) => new PrefixStore(observe(store, () => {}), "below/"),
};

for (const [layer, wrap] of Object.entries(LAYERS)) {
  Deno.test(`a copy in parts between two buckets keeps or replaces everything through ${layer}`, async () => {
    await using two = await openTwo({ maxCopySize: 1000 });
    const { fake } = two;
    const [from, to] = [wrap(two.from), wrap(two.to)];
    const bytes = new Uint8Array(5000).map((_, i) => i);
    await from.put("a", bytes, { ...ALL, tags: TAGS, storageClass: CLASS });
    const isSent = (operation: string) => /^(GetObject|PutObject|UploadPart)$/.test(operation);
    operationsOf(fake);
    for (const [source, target] of [[from, to], [two.from, to], [from, two.to], [from, from]] as const) {
      const key = source === two.from && layer.startsWith("Prefix") ? "below/a" : "a";
      assertEquals((await copyObject(source, key, target, "b")).dropped, undefined);
      assertEquals(await told(target, "b"), { size: 5000, ...EVERYTHING });
      const given = { contentType: "text/plain", storageClass: "GLACIER_IR", metadata: { own: "1" } };
      assertEquals(
        (await copyObject(source, key, target, "c", { ...given, keepTime: false })).dropped,
        undefined,
      );
      assertEquals(await told(target, "c"), { size: 5000, ...EVERYTHING, ...given });
      await target.copyFrom?.(source, key, "d", { attributes: { contentLanguage: "fr" } });
      const { contentDisposition, contentLanguage, tags, storageClass } = await told(target, "d");
      assertEquals([contentDisposition, contentLanguage, tags, storageClass], [undefined, "fr", TAGS, CLASS]);
      const operations = operationsOf(fake);
      assertEquals([operations.filter(isSent), operations.includes("UploadPartCopy")], [[], true]);
    }
    assertEquals(fake.bytes("target", layer.startsWith("Prefix") ? "below/b" : "b"), bytes);
  });
}

Deno.test("tags of the configuration are added to those of the source", async () => {
  await using two = await openTwo({}, {}, { tags: { owner: "me" } });
  const { fake, from, to } = two;
  await from.put("a", new Uint8Array(10), { tags: TAGS });
  await copyObject(from, "a", to, "b");
  assertEquals(await to.getTags?.("b"), { owner: "me", ...TAGS });
  await from.put("a", new Uint8Array(10));
  operationsOf(fake);
  await copyObject(from, "a", to, "b");
  assertEquals(operationsOf(fake), ["HeadObject", "CopyObject"]);
  assertEquals(await to.getTags?.("b"), { owner: "me" });
});

Deno.test("a copy is encrypted as its target says", async () => {
  await using two = await openTwo({}, {}, { sse: "aws:kms", sseKmsKeyId: "key-1" });
  const { fake, from, to } = two;
  await from.put("a", new Uint8Array(10), ALL);
  await copyObject(from, "a", to, "b");
  assertEquals(
    fake.object("target", "b")?.attributes.encryption.get("x-amz-server-side-encryption"),
    "aws:kms",
  );
  assertEquals((await to.head("b")).contentLanguage, "de");
});

Deno.test("a copy between customer keys gives both of them", async () => {
  const keys = [1, 2].map((byte) => new Uint8Array(32).fill(byte));
  const [one, other] = keys.map((sseCustomerKey) => sseCustomerKey && { sseCustomerKey });
  await using two = await openTwo({}, one, other);
  await two.from.put("a", new Uint8Array(10), ALL);
  await copyObject(two.from, "a", two.to, "b");
  assertEquals((await two.to.head("b")).contentLanguage, "de");
});

Deno.test("what another service or another identity has is read and written, with everything that goes along", async () => {
  await using one = await openFake();
  await using other = await openFake();
  const second = { accessKeyId: "AKSECOND", secretAccessKey: "secret" };
  one.fake.credentials.set(second.accessKeyId, { secretAccessKey: second.secretAccessKey });
  await using foreign = await openBucket(one.fake, { config: { credentials: second } });
  await one.store.put("a", new Uint8Array(10), { ...ALL, tags: TAGS, storageClass: CLASS });
  for (const to of [other.store, foreign]) {
    const { read, dropped } = await copyObject(one.store, "a", to, "b");
    assertEquals(read?.info.size, 10);
    const reason = `another service may not have ${CLASS}`;
    assertEquals(dropped, [{ name: "storageClass", reason }]);
    assertEquals(await told(to, "b"), { size: 10, ...ALL, tagCount: 2, tags: TAGS });
  }
  const classless = await copyObject(one.store, "a", new MemoryStore(), "b");
  assertEquals(classless.dropped, [{ name: "storageClass", reason: "the store has none" }]);
});

for (
  const [what, denied, reason] of [
    ["read", "GetObjectTagging", "they may not be read"],
    ["written", "PutObjectTagging", "they may not be written"],
  ] as const
) {
  Deno.test(`tags that may not be ${what} are dropped from a copy, and told`, async () => {
    await using two = await openTwo();
    const { fake, from, to } = two;
    await from.put("a", new Uint8Array(10), { ...ALL, tags: TAGS });
    const credential = fake.credentials.get(fake.accessKeyId);
    if (credential) credential.allowed = new Set(ALLOWED.filter((action) => action !== `s3:${denied}`));
    const { dropped } = await copyObject(from, "a", to, "b");
    assertEquals(dropped, [{ name: "tags", reason }]);
    const asked = { tags: { a: "b" } };
    const given = await copyObject(from, "a", to, "b", asked).then(() => "copied", (error) => error.name);
    assertEquals(given, denied === "PutObjectTagging" ? "PermissionDeniedError" : "copied");
    if (credential) credential.allowed = new Set(["s3:PutObject"]);
    await assertRejects(() => copyObject(from, "a", to, "c"), PermissionDeniedError);
    if (credential) delete credential.allowed;
    assertEquals((await to.head("b")).contentLanguage, "de");
  });
}

const ALLOWED = [
  "s3:GetObject",
  "s3:PutObject",
  "s3:ListBucket",
  "s3:GetObjectTagging",
  "s3:PutObjectTagging",
];

Deno.test("what no header can carry is refused, however the object is written", async () => {
  await using opened = await openFake({ config: { multipart: { partSize: 100 } } });
  const { fake, store } = opened;
  const wrong: PutOptions[] = [
    { contentDisposition: 'attachment; filename="ä.csv"' },
    { contentType: "text/plain\r\nx-amz-acl: public-read" },
    { cacheControl: "no-store\n" },
    { contentLanguage: "日本" },
  ];
  for (const options of wrong) {
    for (const size of [10, 1000]) {
      await assertRejects(() => store.put("a", new Uint8Array(size), options), TypeError, "HTTP headers");
      const write = async () => {
        const writer = await store.createPartWriter("a", size, options);
        for (let index = 0; index < writer.partCount; index++) {
          await writer.writePart(index, new Uint8Array(Math.min(writer.partSize, size)));
        }
        await writer.close();
      };
      await assertRejects(write, TypeError, "HTTP headers");
    }
    await store.put("b", new Uint8Array(1));
    await assertRejects(() => store.copy("b", "a", { attributes: options }), TypeError, "HTTP headers");
  }
  assertEquals([fake.object("bucket", "a"), fake.uploads("bucket")], [undefined, []]);
});
