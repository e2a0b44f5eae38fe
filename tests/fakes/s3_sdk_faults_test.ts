import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type FakeS3, type FaultAction, startFakeS3 } from "./s3/mod.ts";

const Bucket = "bucket";
const SIZE = 200_000;

async function start(): Promise<FakeS3> {
  const fake = await startFakeS3({ buckets: [Bucket], minPartSize: 1 });
  fake.putSynthetic(Bucket, "k", { size: SIZE, checksum: "crc32c" });
  return fake;
}

function clientOf(fake: FakeS3, config: S3ClientConfig = {}): S3Client & Disposable {
  const { accessKeyId, secretAccessKey } = fake;
  const client = new S3Client({
    endpoint: fake.url,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    ...config,
  });
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
}

async function get(client: S3Client): Promise<number | undefined> {
  const answer = await client.send(new GetObjectCommand({ Bucket, Key: "k" }));
  return (await answer.Body?.transformToByteArray())?.length;
}

Deno.test("the SDK sees a cut, lengthened or flipped body as an error", async () => {
  await using fake = await start();
  using client = clientOf(fake);
  const cases: [FaultAction, RegExp][] = [
    [{ kind: "cut", afterBytes: 1000, how: "fin" }, /aborted/],
    [{ kind: "cut", afterBytes: 1000, how: "rst" }, /aborted/],
    [{ kind: "length", delta: 5 }, /aborted/],
    [{ kind: "length", delta: -5 }, /Checksum mismatch/],
    [{ kind: "flip", atByte: 5 }, /Checksum mismatch/],
  ];
  for (const [action, message] of cases) {
    fake.faults.add({ action });
    const error = await assertRejects(() => get(client), Error);
    assertMatch(error.message, message);
  }
  // On a connection that served before, Deno's node:http would send the request once more by itself.
  using fresh = clientOf(fake);
  fake.faults.add({ action: { kind: "cut", in: "head", afterBytes: 10, how: "rst" } });
  await assertRejects(() => get(fresh));
  assertEquals(await get(fresh), SIZE);
});

Deno.test("the SDK names errors by their code, also those in an answer that began with 200", async () => {
  await using fake = await start();
  using client = clientOf(fake);
  const copy = () => client.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: "bucket/k" }));
  fake.faults.add({ action: { kind: "status", status: 503 } });
  assertEquals((await assertRejects(copy, Error)).name, "SlowDown");
  const failed: FaultAction = { kind: "error-after-ok", code: "InternalError" };
  for (const padding of [0, 3, 5000]) {
    fake.faults.add({ action: [failed, { kind: "padding", spaces: padding }] });
    assertEquals((await assertRejects(copy, Error)).name, "InternalError");
    assertEquals(fake.object(Bucket, "copy"), undefined);
  }
  for (const behindDeclaration of [false, true]) {
    fake.faults.add({ action: { kind: "padding", spaces: 5000, behindDeclaration } });
    assertEquals((await copy()).CopyObjectResult?.ETag, `"${fake.object(Bucket, "k")?.etag}"`);
  }
});

Deno.test("a lost answer to CompleteMultipartUpload leaves the object there and the SDK with NoSuchUpload", async () => {
  await using fake = await start();
  using client = clientOf(fake, { maxAttempts: 2 });
  const Key = "m";
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const { ETag } = await client.send(
    new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "abc" }),
  );
  fake.faults.add({ action: { kind: "drop-answer", how: "rst" } });
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  const complete = () =>
    client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
  assertEquals((await assertRejects(complete, Error)).name, "NoSuchUpload");
  assertEquals(fake.bytes(Bucket, Key), new TextEncoder().encode("abc"));
});

Deno.test("the SDK follows a region redirect when it is asked to, and corrects its clock", async () => {
  await using fake = await start();
  const headers = { "x-amz-bucket-region": "us-east-1" };
  const redirect: FaultAction = { kind: "redirect", status: 301, headers };
  fake.faults.add({ action: redirect });
  using following = clientOf(fake, { followRegionRedirects: true });
  assertEquals(await get(following), SIZE);
  fake.faults.add({ action: redirect });
  using staying = clientOf(fake);
  assertEquals((await assertRejects(() => get(staying), Error)).name, "PermanentRedirect");
  fake.clock = () => Date.now() + 3_600_000;
  using skewed = clientOf(fake, { maxAttempts: 2 });
  assertEquals(await get(skewed), SIZE);
  assertEquals(fake.requests.slice(-2).map(({ errorCode }) => errorCode), [
    "RequestTimeTooSkewed",
    undefined,
  ]);
});

Deno.test("the SDK meets a connection that is reset while it sends", async () => {
  await using fake = await start();
  using client = clientOf(fake);
  const put = () => client.send(new PutObjectCommand({ Bucket, Key: "p", Body: new Uint8Array(3_000_000) }));
  fake.faults.add({ action: { kind: "cut-request", afterBytes: 1000, how: "rst" } });
  await assertRejects(put);
  assertEquals(fake.object(Bucket, "p"), undefined);
  await put();
  assertEquals([fake.requests.at(-1)?.headers.expect, fake.object(Bucket, "p")?.content.size], [
    "100-continue",
    3_000_000,
  ]);
});
