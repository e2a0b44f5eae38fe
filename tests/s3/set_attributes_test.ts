import { assertEquals, assertRejects } from "@std/assert";
import {
  copyObject,
  type ObjectAttributes,
  type ObjectStore,
  observe,
  PreconditionFailedError,
  PrefixStore,
  setAttributes,
} from "@lade/core";
import { Lade } from "@lade/lade";
import { s3Provider } from "@lade/s3";
import { Registry } from "@lade/core/backend";
import { type FakeS3, type FakeS3Options, startFakeS3 } from "../fakes/s3/mod.ts";
import { bare, fakeConfig, openFake } from "./open_fake.ts";

const QUICK = { context: { random: () => 0 } } as const;
const BEFORE: ObjectAttributes = {
  contentType: "text/csv",
  contentEncoding: "gzip",
  cacheControl: "no-store",
  contentDisposition: 'attachment; filename="r.csv"',
  contentLanguage: "de",
  expires: new Date("2031-02-03T04:05:06Z"),
  metadata: { name: "Größe 鍵 😀" },
};
const TAGS = { project: "x = y", größe: "鍵" };
const CLASS = "STANDARD_IA";
const AFTER = { ...BEFORE, contentType: "text/plain", tagCount: 2, tags: TAGS, storageClass: CLASS };

/** The ways to look at a bucket. */
const LAYERS: Readonly<Record<string, (store: ObjectStore) => ObjectStore>> = {
  "S3Store": (store) => store,
  "PrefixStore": (store) => new PrefixStore(store, "below/"),
  "observe()": (store) => observe(store, () => {}),
};
/** A server that copies objects of 1,000 bytes in one request, and one where they go by parts. */
const MEANS: Readonly<Record<string, FakeS3Options>> = {
  "in one request": {},
  "in parts": { maxCopySize: 999 },
};

function operationsOf(fake: FakeS3): string[] {
  return fake.requests.splice(0).map(({ operation = "?" }) => operation);
}

async function told(store: ObjectStore, key: string): Promise<Record<string, unknown>> {
  const { lastModified: _, etag: _etag, key: _key, checksums: _checksums, size: _size, ...rest } = await store
    .head(key);
  return { ...rest, tags: await store.getTags?.(key) };
}

for (const [layer, wrap] of Object.entries(LAYERS)) {
  for (const [means, server] of Object.entries(MEANS)) {
    Deno.test(`setAttributes() of ${layer} ${means} keeps the rest, tags, class and bytes, and moves none`, async () => {
      await using opened = await openFake({ ...QUICK, server });
      const { fake } = opened;
      const store = wrap(opened.store);
      const bytes = new Uint8Array(1000).map((_, i) => i);
      await store.put("a", bytes, { ...BEFORE, tags: TAGS, storageClass: CLASS });
      operationsOf(fake);
      const { etag, size } = await setAttributes(store, "a", { contentType: "text/plain" });
      const inParts = [
        "GetObjectTagging",
        "CreateMultipartUpload",
        "UploadPartCopy",
        "CompleteMultipartUpload",
      ];
      const asked = operationsOf(fake);
      assertEquals(asked, ["HeadObject", "CopyObject", ...(means === "in parts" ? inParts : [])]);
      assertEquals([size, etag], [1000, (await store.head("a")).etag]);
      assertEquals(await told(store, "a"), AFTER);
      const key = layer === "PrefixStore" ? "below/a" : "a";
      assertEquals(fake.bytes("bucket", key), bytes);
    });

    Deno.test(`setAttributes() of ${layer} ${means} keeps the encryption`, async () => {
      await using opened = await openFake({ ...QUICK, server });
      const { fake } = opened;
      const store = wrap(opened.store);
      await store.put("a", new Uint8Array(1000), { contentType: "text/plain" });
      const object = fake.object("bucket", layer === "PrefixStore" ? "below/a" : "a");
      const encryption = new Map(Object.entries({
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": "key-1",
        "x-amz-server-side-encryption-bucket-key-enabled": "true",
      }));
      if (object) object.attributes = { ...object.attributes, encryption };
      await setAttributes(store, "a", { contentType: "text/csv" });
      const now = fake.object("bucket", layer === "PrefixStore" ? "below/a" : "a");
      assertEquals([now === object, now?.attributes.encryption], [false, encryption]);
      await copyObject(store, "a", store, "a", { contentType: "text/html", metadata: { owner: "me" } });
      const last = fake.object("bucket", layer === "PrefixStore" ? "below/a" : "a");
      assertEquals([last === now, last?.attributes.encryption], [false, encryption]);
    });
  }
}

for (const [means, server] of Object.entries(MEANS)) {
  const step = means === "in parts" ? "UploadPartCopy" : "CopyObject";
  Deno.test(`setAttributes() ${means} never gives attributes to content that came meanwhile, nor replaces it`, async () => {
    await using opened = await openFake({ ...QUICK, server });
    const { fake, store } = opened;
    await store.put("a", new Uint8Array(1000), BEFORE);
    fake.faults.add({
      match: { operation: step },
      action: { kind: "before", run: () => void fake.putObject("bucket", "a", "another") },
    });
    await assertRejects(
      () => store.setAttributes?.("a", { contentType: "x/y" }) ?? Promise.resolve(),
      PreconditionFailedError,
    );
    assertEquals(new TextDecoder().decode(fake.bytes("bucket", "a")), "another");
    assertEquals([(await store.head("a")).contentLanguage, fake.uploads("bucket")], [undefined, []]);
  });
}

Deno.test("setAttributes() above 5 GiB replaces nothing that came after its last part", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  fake.putSynthetic("bucket", "a", { size: 5 * 2 ** 30 + 1, seed: 0 });
  fake.faults.add({
    match: { operation: "CompleteMultipartUpload" },
    action: { kind: "before", run: () => void fake.putObject("bucket", "a", "another") },
  });
  const change = () => setAttributes(store, "a", { contentType: "x/y" });
  await assertRejects(change, PreconditionFailedError);
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "a")), "another");
  assertEquals(fake.uploads("bucket"), []);
});

Deno.test("setAttributes() of a bucket with versions makes one, and the old one stays as it was", async () => {
  await using opened = await openFake({ ...QUICK, server: { buckets: [] } });
  const { fake, store } = opened;
  fake.createBucket("bucket", { versioning: "enabled" });
  const { version = "" } = await store.put("a", new Uint8Array(10), { contentType: "text/csv" });
  const changed = await setAttributes(store, "a", { contentType: "text/plain" });
  assertEquals((await store.head("a")).version, changed.version);
  assertEquals((await store.head("a", { version })).contentType, "text/csv");
  assertEquals((await store.head("a")).contentType, "text/plain");
});

Deno.test("Lade.setAttributes() and Lade.copy() onto itself ask for a HEAD and a copy", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  fake.putObject("bucket", "a", "content");
  const registry = new Registry().register(s3Provider(bare));
  await using lade = new Lade({ registry, config: { s3: { ...fakeConfig(fake) } } });
  await lade.setAttributes("s3://bucket/a", { contentType: "text/plain", metadata: { owner: "me" } });
  let bytes = 0;
  await lade.copy("s3://bucket/a", "s3://bucket/a", {
    cacheControl: "no-store",
    onProgress: (event) => void (bytes += event.type === "bytes" ? event.bytes : 0),
  });
  assertEquals(bytes, 7);
  assertEquals(operationsOf(fake), ["HeadObject", "CopyObject", "HeadObject", "CopyObject"]);
  const { contentType, cacheControl, metadata } = await lade.stat("s3://bucket/a");
  assertEquals([contentType, cacheControl, metadata], ["text/plain", "no-store", { owner: "me" }]);
});
