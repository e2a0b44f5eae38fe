import { assertEquals } from "@std/assert";
import { checksumOf } from "./s3/checksum/algorithm.ts";
import { RawConnection, rawRequest, signRequest, startFakeS3 } from "./s3/mod.ts";

const BUCKET = "bucket";
/** Longer than any test lives. */
const FOREVER_MS = 1_000_000_000;

Deno.test("latency and a delay fault hold an answer back, and end with the server", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET], latencyMs: FOREVER_MS });
  fake.putObject(BUCKET, "k", "value");
  const get = { bucket: BUCKET, key: "k" };
  using slow = await RawConnection.open(fake);
  await slow.write(signRequest(fake, get).head);
  using delayed = await RawConnection.open(fake);
  const fault = fake.faults.add({ match: { key: "delayed" }, action: { kind: "delay", ms: FOREVER_MS } });
  await delayed.write(signRequest(fake, { ...get, key: "delayed" }).head);
  await fault.reached;
  fake.settings.latencyMs = 0;
  const answers = [slow.some(), delayed.some()].map((answer) => answer.catch(() => null));
  assertEquals((await rawRequest(fake, get)).text, "value");
  assertEquals(await Promise.race([...answers, Promise.resolve("held")]), "held");
});

Deno.test("bandwidth is held per connection in both directions", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET], bytesPerSecond: 1 });
  fake.putSynthetic(BUCKET, "k", { size: 10_000_000 });
  using down = await RawConnection.open(fake);
  await down.write(signRequest(fake, { bucket: BUCKET, key: "k" }).head);
  const first = 256 * 1024;
  const head = (await down.some())?.length ?? 0;
  for (let received = head; received < first;) received += (await down.some())?.length ?? NaN;
  assertEquals(fake.requests[0]?.bytesSent, first);
  using up = await RawConnection.open(fake);
  const put = signRequest(fake, { bucket: BUCKET, key: "new", method: "PUT", body: "x".repeat(10) });
  await up.write(put.head, put.body);
  const tiny = { bucket: BUCKET, key: "k", headers: { range: "bytes=0-0" } };
  while (fake.requests.every(({ key }) => key !== "new")) await rawRequest(fake, tiny);
  assertEquals((await rawRequest(fake, tiny)).status, 206);
  assertEquals(fake.object(BUCKET, "new"), undefined);
});

Deno.test("putSynthetic() stores an object of any size whose ranges agree with the whole", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  fake.putSynthetic(BUCKET, "k", { size: 9_000_000, seed: 7, checksum: "crc32c" });
  const whole = fake.bytes(BUCKET, "k") ?? new Uint8Array(0);
  assertEquals(fake.object(BUCKET, "k")?.checksum?.value, checksumOf("crc32c", [whole]));
  for (const [from, to] of [[0, 0], [4_194_300, 4_194_340], [8_388_637, 8_999_999]] as const) {
    const headers = { range: `bytes=${from}-${to}` };
    assertEquals(
      (await rawRequest(fake, { bucket: BUCKET, key: "k", headers })).body,
      whole.subarray(from, to + 1),
    );
  }
  const tebibyte = 1024 ** 4;
  fake.putSynthetic(BUCKET, "huge", { size: tebibyte });
  const head = await rawRequest(fake, { bucket: BUCKET, key: "huge", method: "HEAD" });
  assertEquals(head.headers["content-length"], String(tebibyte));
  const tail = await rawRequest(fake, { bucket: BUCKET, key: "huge", headers: { range: "bytes=-3" } });
  assertEquals(tail.headers["content-range"], `bytes ${tebibyte - 3}-${tebibyte - 1}/${tebibyte}`);
});

Deno.test("a bucket that discards checks what it is sent and keeps only its size", async () => {
  await using fake = await startFakeS3({ minPartSize: 1 });
  fake.createBucket(BUCKET, { discard: true });
  const put = { bucket: BUCKET, key: "k", method: "PUT", body: "value" };
  const crc = (text: string) => checksumOf("crc32c", [new TextEncoder().encode(text)]);
  assertEquals(
    (await rawRequest(fake, { ...put, headers: { "x-amz-checksum-crc32c": crc("other") } })).status,
    400,
  );
  assertEquals(
    (await rawRequest(fake, { ...put, headers: { "x-amz-checksum-crc32c": crc("value") } })).status,
    200,
  );
  assertEquals(fake.bytes(BUCKET, "k"), new Uint8Array(5));
  const headers = { "x-amz-checksum-algorithm": "CRC32C", "x-amz-checksum-type": "FULL_OBJECT" };
  const begun = await rawRequest(fake, {
    bucket: BUCKET,
    key: "m",
    method: "POST",
    query: "uploads",
    headers,
  });
  const uploadId = /<UploadId>(.*?)</.exec(begun.text)?.[1];
  const part = await rawRequest(fake, { ...put, key: "m", query: `partNumber=1&uploadId=${uploadId}` });
  const done = await rawRequest(fake, {
    bucket: BUCKET,
    key: "m",
    method: "POST",
    query: `uploadId=${uploadId}`,
    headers: { "x-amz-checksum-crc32c": crc("value") },
    body:
      `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${
        part.headers.etag?.slice(1, -1)
      }</ETag></Part>` +
      `</CompleteMultipartUpload>`,
  });
  assertEquals([done.status, fake.object(BUCKET, "m")?.checksum?.value], [200, crc("value")]);
});
