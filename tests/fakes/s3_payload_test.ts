import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { checksumOf } from "./s3/checksum/algorithm.ts";
import { ALGORITHMS } from "./s3/checksum/algorithm.ts";
import { type FakeS3, startFakeS3 } from "./s3/mod.ts";
import { codeOf, type RawRequest, rawRequest, signRequest } from "./s3/raw_client.ts";
import { RawConnection } from "@lade/testing/http";

const BUCKET = "bucket";
const PUT = { bucket: BUCKET, key: "k", method: "PUT" };
const UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

async function put(fake: FakeS3, request: RawRequest): Promise<string> {
  return codeOf(await rawRequest(fake, { ...PUT, ...request }));
}

Deno.test("checksumOf() gives the check values of every algorithm, however the bytes are cut", () => {
  const digits = new TextEncoder().encode("123456789");
  const expected: Record<string, string> = {
    crc32: "cbf43926",
    crc32c: "e3069283",
    crc64nvme: "ae8b14860a799888",
    sha1: "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
    sha256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
    md5: "25f9e794323b453885f5181f1b624d0b",
  };
  const long = new Uint8Array(10_007).map((_, i) => i * i);
  for (const algorithm of ALGORITHMS) {
    const hex = Uint8Array.fromBase64(checksumOf(algorithm, [digits])).toHex();
    assertEquals(hex, expected[algorithm] ?? createHash(algorithm).update(digits).digest("hex"));
    const pieces = [
      long.subarray(0, 13),
      long.subarray(13, 13),
      long.subarray(13, 5000),
      long.subarray(5000),
    ];
    assertEquals(checksumOf(algorithm, pieces), checksumOf(algorithm, [long]));
  }
});

Deno.test("FakeS3 compares a body with its SHA-256, its MD5 and its checksum, and stores nothing that differs", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  const body = "the body";
  const wrong = createHash("sha256").update("other").digest("hex");
  assertEquals(await put(fake, { body, payloadHash: wrong }), "XAmzContentSHA256Mismatch");
  const md5 = (text: string) => ({ "content-md5": createHash("md5").update(text).digest("base64") });
  assertEquals(await put(fake, { body, headers: md5("other") }), "BadDigest");
  assertEquals(await put(fake, { body, headers: { "content-md5": "short" } }), "InvalidDigest");
  for (const algorithm of ALGORITHMS) {
    const checksum = (text: string) => ({
      [`x-amz-checksum-${algorithm}`]: checksumOf(algorithm, [new TextEncoder().encode(text)]),
    });
    assertEquals(await put(fake, { body, headers: checksum("other") }), "BadDigest");
    assertEquals(fake.objects(BUCKET), []);
    const answer = await rawRequest(fake, { ...PUT, body, headers: checksum(body) });
    const field = `x-amz-checksum-${algorithm}`;
    assertEquals([answer.headers[field], answer.headers["x-amz-checksum-type"]], [
      checksum(body)[field],
      "FULL_OBJECT",
    ]);
    fake.removeObject(BUCKET, "k");
  }
  assertEquals(await put(fake, { body, headers: md5(body), payloadHash: "UNSIGNED-PAYLOAD" }), "200");
});

Deno.test("FakeS3 refuses checksums that are malformed, doubled, unknown or announced but absent", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  const crc32 = checksumOf("crc32", [new TextEncoder().encode("x")]);
  const sha1 = checksumOf("sha1", [new TextEncoder().encode("x")]);
  const cases: Record<string, string>[] = [
    { "x-amz-checksum-crc32": "AAAA" },
    { "x-amz-checksum-crc32": "not base64" },
    { "x-amz-checksum-crc32": crc32, "x-amz-checksum-sha1": sha1 },
    { "x-amz-checksum-xxhash64": "AAAAAAAAAAA=" },
    { "x-amz-sdk-checksum-algorithm": "CRC32" },
    { "x-amz-sdk-checksum-algorithm": "SHA1", "x-amz-checksum-crc32": crc32 },
  ];
  for (const headers of cases) {
    assertEquals(await put(fake, { body: "x", headers }), "InvalidRequest", JSON.stringify(headers));
  }
  assertEquals(fake.objects(BUCKET), []);
});

Deno.test("FakeS3 computes a CRC-64/NVME for what came without a checksum, unless it is told not to", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  const get = { bucket: BUCKET, key: "k", headers: { "x-amz-checksum-mode": "ENABLED" } };
  const value = checksumOf("crc64nvme", [new TextEncoder().encode("x")]);
  assertEquals((await rawRequest(fake, { ...PUT, body: "x" })).headers["x-amz-checksum-crc64nvme"], value);
  assertEquals((await rawRequest(fake, get)).headers["x-amz-checksum-crc64nvme"], value);
  assertEquals(
    (await rawRequest(fake, { bucket: BUCKET, key: "k" })).headers["x-amz-checksum-crc64nvme"],
    undefined,
  );
  fake.putObject(BUCKET, "k", "another");
  fake.settings.defaultChecksum = false;
  assertEquals((await rawRequest(fake, get)).headers["x-amz-checksum-type"], undefined);
  fake.settings.checksums = false;
  const ignored = { ...PUT, body: "x", headers: { "x-amz-checksum-crc32": "AAAAAA==" } };
  assertEquals((await rawRequest(fake, ignored)).headers["x-amz-checksum-crc32"], undefined);
  assertEquals(fake.object(BUCKET, "k")?.checksum, undefined);
});

Deno.test("FakeS3 leaves the checksum of the whole out of the answer to a range", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  fake.putObject(BUCKET, "k", "value");
  const answer = await rawRequest(fake, {
    bucket: BUCKET,
    key: "k",
    headers: { range: "bytes=0-1", "x-amz-checksum-mode": "ENABLED" },
  });
  assertEquals([answer.status, answer.headers["x-amz-checksum-crc64nvme"]], [206, undefined]);
});

/** Sends an aws-chunked body. */
async function sendChunks(
  fake: FakeS3,
  options: { announced?: string; length: number; wire: string; payloadHash?: string },
): Promise<string> {
  using connection = await RawConnection.open(fake);
  const signed = signRequest(fake, {
    ...PUT,
    payloadHash: options.payloadHash ?? UNSIGNED_TRAILER,
    headers: {
      "content-length": String(options.wire.length),
      "content-encoding": "aws-chunked,gzip",
      "x-amz-decoded-content-length": String(options.length),
      ...(options.announced === undefined ? {} : { "x-amz-trailer": options.announced }),
    },
  });
  await connection.write(signed.head, options.wire);
  return codeOf(await connection.read("PUT"));
}

Deno.test("FakeS3 takes aws-chunked bodies apart and checks their trailer", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  const announced = "x-amz-checksum-crc32c";
  const crc = checksumOf("crc32c", [new TextEncoder().encode("hello")]);
  const body = `5\r\nhello\r\n0\r\n`;
  const good = { announced, length: 5, wire: `${body}${announced}:${crc}\r\n\r\n` };
  assertEquals(await sendChunks(fake, good), "200");
  assertEquals(new TextDecoder().decode(fake.bytes(BUCKET, "k")), "hello");
  assertEquals(fake.object(BUCKET, "k")?.attributes.fields.get("content-encoding"), "gzip");
  fake.removeObject(BUCKET, "k");
  const cases: [string, Parameters<typeof sendChunks>[1]][] = [
    ["BadDigest", { ...good, wire: `${body}${announced}:AAAAAA==\r\n\r\n` }],
    ["InvalidRequest", { ...good, wire: `${body}\r\n` }],
    ["InvalidRequest", { ...good, wire: `${body}x-amz-checksum-crc32:${crc}\r\n\r\n` }],
    ["InvalidRequest", { length: 5, wire: good.wire }],
    ["IncompleteBody", { ...good, length: 6 }],
    ["IncompleteBody", { ...good, wire: body }],
    ["InvalidRequest", { ...good, wire: `5\r\nhello!\r\n0\r\n\r\n` }],
    ["InvalidRequest", { ...good, wire: `${good.wire}extra` }],
    ["InvalidChunkSizeError", { ...good, length: 10, wire: `5\r\nhello\r\n${good.wire}` }],
    ["InvalidRequest", { ...good, payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }],
  ];
  for (const [code, options] of cases) assertEquals(await sendChunks(fake, options), code, options.wire);
  assertEquals(fake.objects(BUCKET), []);
});
