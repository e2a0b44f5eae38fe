import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ChecksumMismatchError } from "@lade/core";
import { openFake } from "./open_fake.ts";

const QUICK = { context: { random: () => 0 } } as const;
const BYTES = new TextEncoder().encode("content");
const OTHER = "0123456789abcdef0123456789abcdef";

Deno.test("put() holds the etag against the MD5 of its bytes once it was one, where no checksum is confirmed", async () => {
  await using opened = await openFake({ ...QUICK, server: { checksums: false } });
  const { fake, store } = opened;
  await store.put("a", BYTES);
  fake.faults.add({ match: { operation: "PutObject" }, action: { kind: "etag", value: `"${OTHER}"` } });
  const error = await assertRejects(() => store.put("b", BYTES), ChecksumMismatchError);
  assertStringIncludes(error.message, `stored other bytes than were sent: MD5 ${OTHER}`);
  await store.put("c", BYTES);
});

Deno.test("put() takes etags as they are where they are no MD5, and where the bytes are encrypted", async () => {
  await using opened = await openFake({ ...QUICK, server: { checksums: false } });
  const { fake, store } = opened;
  const etag = { kind: "etag", value: `"${OTHER}"` } as const;
  const encrypted = { kind: "headers", set: { "x-amz-server-side-encryption": "aws:kms" } } as const;
  await store.put("a", BYTES);
  fake.faults.add({ match: { operation: "PutObject" }, action: [etag, encrypted] });
  assertEquals((await store.put("b", BYTES)).etag, OTHER);
  await using second = await openFake({ ...QUICK, server: { checksums: false } });
  second.fake.faults.add({ match: { operation: "PutObject" }, action: etag });
  await second.store.put("a", BYTES);
  await second.store.put("b", BYTES);
  second.fake.faults.add({ match: { operation: "PutObject" }, action: etag });
  assertEquals((await second.store.put("c", BYTES)).etag, OTHER);
});

Deno.test("put() computes no MD5 where the service confirms a checksum", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  await store.put("a", BYTES);
  fake.faults.add({ match: { operation: "PutObject" }, action: { kind: "etag", value: `"${OTHER}"` } });
  assertEquals((await store.put("b", BYTES)).etag, OTHER);
});

Deno.test("put() holds the etags of parts, and of what is made of them, against what was sent", async () => {
  const config = { multipart: { partSize: 4 } };
  await using opened = await openFake({ ...QUICK, config, server: { checksums: false } });
  const { fake, store } = opened;
  await store.put("a", BYTES);
  fake.faults.add({
    match: { operation: "UploadPart", nth: 2 },
    action: { kind: "etag", value: `"${OTHER}"` },
  });
  await assertRejects(
    () => store.put("b", BYTES),
    ChecksumMismatchError,
    "stored other bytes than were sent: MD5",
  );
  const rewrite = { kind: "rewrite", from: /[0-9a-f]{32}-2/, to: `${OTHER}-2` } as const;
  fake.faults.add({ match: { operation: "CompleteMultipartUpload" }, action: rewrite });
  await assertRejects(() => store.put("c", BYTES), ChecksumMismatchError, `etag ${OTHER}-2, its parts make`);
  await store.put("d", BYTES);
});

Deno.test("a writer holds the etag of what is made of parts against theirs where no checksum of the whole is confirmed", async () => {
  await using opened = await openFake({ ...QUICK, config: { multipart: { partSize: 4 } } });
  const { fake, store } = opened;
  const unconfirmed = { kind: "rewrite", from: /<ChecksumCRC32C>[^<]*<\/ChecksumCRC32C>/, to: "" } as const;
  const match = { operation: "CompleteMultipartUpload" } as const;
  fake.faults.add({ match, action: unconfirmed });
  const rewrite = { kind: "rewrite", from: /[0-9a-f]{32}-2/, to: `${OTHER}-2` } as const;
  await store.put("a", BYTES);
  fake.faults.add({ match, action: [unconfirmed, rewrite] });
  await assertRejects(() => store.put("b", BYTES), ChecksumMismatchError, `etag ${OTHER}-2, its parts make`);
});
