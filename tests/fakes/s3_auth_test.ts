import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type FakeS3, startFakeS3 } from "./s3/mod.ts";
import { codeOf, encodeHead, presign, type RawRequest, rawRequest, signRequest } from "./s3/raw_client.ts";
import { RawConnection, type RawResponse } from "@lade/testing/http";

const BUCKET = "bucket";
const OBJECT = { bucket: BUCKET, key: "k" };

async function start(): Promise<FakeS3> {
  const fake = await startFakeS3({ buckets: [BUCKET], clock: () => Date.UTC(2030, 0, 1) });
  fake.putObject(BUCKET, "k", "value");
  return fake;
}

async function send(
  fake: FakeS3,
  target: string,
  headers: Record<string, string> = {},
): Promise<RawResponse> {
  using connection = await RawConnection.open(fake);
  await connection.write(encodeHead("GET", target, { host: `127.0.0.1:${fake.port}`, ...headers }));
  return await connection.read("GET");
}

Deno.test("FakeS3 tells an unknown key from a wrong secret", async () => {
  await using fake = await start();
  const { accessKeyId, secretAccessKey } = fake;
  const unknown = { accessKeyId: "AKIAUNKNOWN", secretAccessKey };
  const wrong = { accessKeyId, secretAccessKey: "wrong" };
  assertEquals(codeOf(await rawRequest(fake, { ...OBJECT, credentials: unknown })), "InvalidAccessKeyId");
  const answer = await rawRequest(fake, { ...OBJECT, credentials: wrong });
  assertEquals([answer.status, codeOf(answer)], [403, "SignatureDoesNotMatch"]);
  assertStringIncludes(answer.text, "<StringToSign>AWS4-HMAC-SHA256\n20300101T000000Z\n");
});

Deno.test("FakeS3 checks session tokens, and sees credentials expire and rotate", async () => {
  await using fake = await start();
  const temporary = { accessKeyId: "ASIATEMPORARY", secretAccessKey: "secret", sessionToken: "token" };
  const entry = { secretAccessKey: "secret", sessionToken: "token", expiresAt: fake.clock() + 1 };
  fake.credentials.set("ASIATEMPORARY", entry);
  const get = (credentials: RawRequest["credentials"] & object) =>
    rawRequest(fake, { ...OBJECT, credentials });
  assertEquals((await get(temporary)).text, "value");
  assertEquals(codeOf(await get({ ...temporary, sessionToken: "other" })), "InvalidToken");
  assertEquals(
    codeOf(await get({ accessKeyId: "ASIATEMPORARY", secretAccessKey: "secret" })),
    "InvalidToken",
  );
  assertEquals(codeOf(await get({ ...temporary, ...fake, sessionToken: "token" })), "InvalidToken");
  entry.expiresAt = fake.clock();
  const expired = await get(temporary);
  assertEquals([expired.status, codeOf(expired)], [400, "ExpiredToken"]);
  fake.credentials.set("ASIATEMPORARY", { secretAccessKey: "rotated", sessionToken: "token" });
  assertEquals(codeOf(await get(temporary)), "SignatureDoesNotMatch");
  assertEquals((await get({ ...temporary, secretAccessKey: "rotated" })).status, 200);
});

Deno.test("FakeS3 names the right region to a signature for a wrong one", async () => {
  await using fake = await start();
  fake.createBucket("far", { region: "ap-south-1" });
  const answer = await rawRequest(fake, { bucket: "far", query: "list-type=2" });
  assertEquals([answer.status, codeOf(answer)], [400, "AuthorizationHeaderMalformed"]);
  assertStringIncludes(answer.text, "the region 'us-east-1' is wrong; expecting 'ap-south-1'");
  assertStringIncludes(answer.text, "<Region>ap-south-1</Region>");
  assertEquals(answer.headers["x-amz-bucket-region"], "ap-south-1");
  const head = await rawRequest(fake, { bucket: "far", method: "HEAD" });
  assertEquals([head.status, head.headers["x-amz-bucket-region"]], [400, "ap-south-1"]);
  assertEquals(
    (await rawRequest(fake, { bucket: "far", query: "list-type=2", region: "ap-south-1" })).status,
    200,
  );
});

Deno.test("FakeS3 refuses a clock that is more than fifteen minutes off", async () => {
  await using fake = await start();
  const minutes = async (off: number) =>
    codeOf(await rawRequest(fake, { ...OBJECT, timeMs: fake.clock() + off * 60_000 }));
  assertEquals(await minutes(15), "200");
  assertEquals(await minutes(-15), "200");
  assertEquals(await minutes(16), "RequestTimeTooSkewed");
  assertEquals(await minutes(-16), "RequestTimeTooSkewed");
  const answer = await rawRequest(fake, { ...OBJECT, timeMs: fake.clock() - 3_600_000 });
  assertStringIncludes(
    answer.text,
    "<RequestTime>20291231T230000Z</RequestTime><ServerTime>2030-01-01T00:00:00Z",
  );
  const now = fake.clock();
  fake.clock = () => now - 3_600_000;
  assertEquals((await rawRequest(fake, { ...OBJECT, timeMs: now - 3_600_000 })).status, 200);
});

Deno.test("FakeS3 checks every part of a signed request", async () => {
  await using fake = await start();
  const { target, headers } = signRequest(fake, { ...OBJECT, headers: { range: "bytes=0-1" } });
  const cases: [string, string, Record<string, string>][] = [
    ["206", target, headers],
    ["SignatureDoesNotMatch", `${target}x`, headers],
    ["SignatureDoesNotMatch", `${target}?versionId=null`, headers],
    ["SignatureDoesNotMatch", target, { ...headers, range: "bytes=0-2" }],
    ["AccessDenied", target, { ...headers, "x-amz-request-payer": "requester" }],
    ["InvalidArgument", target, { ...headers, "x-amz-content-sha256": "nonsense" }],
    ["AccessDenied", target, { ...headers, "x-amz-date": "yesterday" }],
    ["AuthorizationHeaderMalformed", target, { ...headers, "x-amz-date": "20300102T000000Z" }],
    ["InvalidRequest", target, { ...headers, authorization: "AWS AKIA:signature" }],
    ["AuthorizationHeaderMalformed", target, { ...headers, authorization: "AWS4-HMAC-SHA256 Credential=x" }],
    ["InvalidArgument", `${target}?X-Amz-Signature=x`, headers],
    ["InvalidRequest", "/bucket/k?AWSAccessKeyId=x&Signature=y&Expires=1", {}],
    ["InvalidURI", "/bucket/%zz", headers],
    ["InvalidURI", "/bucket/%ff", headers],
  ];
  for (const [code, at, fields] of cases) {
    assertEquals(codeOf(await send(fake, at, fields)), code, at + fields.range);
  }
  const { "x-amz-content-sha256": _, ...unhashed } = headers;
  assertEquals(codeOf(await send(fake, target, unhashed)), "InvalidRequest");
});

Deno.test("FakeS3 takes a plus in a path for a space, as the service does", async () => {
  await using fake = await start();
  fake.putObject(BUCKET, "a b", "space");
  fake.bucket(BUCKET).publicAccess = "read";
  assertEquals((await send(fake, "/bucket/a+b")).text, "space");
  assertEquals((await send(fake, "/bucket/a%2Bb")).status, 404);
});

Deno.test("FakeS3 honours presigned requests until they expire, unless they were changed", async () => {
  await using fake = await start();
  const start_ = fake.clock();
  const url = presign(fake, { ...OBJECT, expires: 60 });
  assertEquals((await send(fake, url)).text, "value");
  assertEquals(codeOf(await send(fake, url.replace("/k?", "/other?"))), "SignatureDoesNotMatch");
  assertEquals(codeOf(await send(fake, url.replace("Expires=60", "Expires=600"))), "SignatureDoesNotMatch");
  assertEquals(codeOf(await send(fake, `${url}&versionId=null`)), "SignatureDoesNotMatch");
  assertEquals(
    codeOf(await send(fake, url.replace(/X-Amz-Date=[^&]*&/, ""))),
    "AuthorizationQueryParametersError",
  );
  const week = presign(fake, { ...OBJECT, expires: 604_801 });
  assertEquals(codeOf(await send(fake, week)), "AuthorizationQueryParametersError");
  const future = presign(fake, { ...OBJECT, expires: 60, timeMs: start_ + 3_600_000 });
  assertStringIncludes((await send(fake, future)).text, "Request is not yet valid");
  const region = presign(fake, { ...OBJECT, expires: 60, region: "eu-west-1" });
  assertEquals(codeOf(await send(fake, region)), "AuthorizationQueryParametersError");
  fake.clock = () => start_ + 61_000;
  const late = await send(fake, url);
  assertEquals([late.status, codeOf(late)], [403, "AccessDenied"]);
  assertStringIncludes(late.text, "Request has expired");
});

Deno.test("FakeS3 takes header fields from the query of a presigned request", async () => {
  await using fake = await start();
  using connection = await RawConnection.open(fake);
  const query = "x-amz-meta-color=red&x-amz-storage-class=STANDARD_IA";
  const target = presign(fake, { bucket: BUCKET, key: "put", method: "PUT", query, expires: 60 });
  await connection.write(
    encodeHead("PUT", target, { host: `127.0.0.1:${fake.port}`, "content-length": "1" }),
    "x",
  );
  assertEquals((await connection.read("PUT")).status, 200);
  const attributes = fake.object(BUCKET, "put")?.attributes;
  assertEquals([attributes?.metadata.get("color"), attributes?.storageClass], ["red", "STANDARD_IA"]);
});

Deno.test("FakeS3 lets requests without a signature do what the bucket allows", async () => {
  await using fake = await start();
  const anonymous = async (request: RawRequest) =>
    codeOf(await rawRequest(fake, { ...request, credentials: null }));
  const put = { bucket: BUCKET, key: "new", method: "PUT", body: "x" };
  const list = { bucket: BUCKET, query: "list-type=2" };
  assertEquals(
    [await anonymous({}), await anonymous(OBJECT), await anonymous(list)],
    Array(3).fill("AccessDenied"),
  );
  fake.bucket(BUCKET).publicAccess = "read";
  assertEquals([await anonymous(OBJECT), await anonymous(list), await anonymous(put)], [
    "200",
    "200",
    "AccessDenied",
  ]);
  fake.bucket(BUCKET).publicAccess = "read-write";
  assertEquals(await anonymous(put), "200");
});

Deno.test("FakeS3 keeps accounts, denied operations and paying requesters apart", async () => {
  await using fake = await start();
  const other = { accessKeyId: "AKIAOTHER", secretAccessKey: "secret" };
  fake.credentials.set("AKIAOTHER", { secretAccessKey: "secret", owner: "111111111111" });
  assertEquals(codeOf(await rawRequest(fake, { ...OBJECT, credentials: other })), "AccessDenied");
  const create = { bucket: BUCKET, method: "PUT" };
  assertEquals(codeOf(await rawRequest(fake, { ...create, credentials: other })), "BucketAlreadyExists");
  assertEquals(codeOf(await rawRequest(fake, create)), "BucketAlreadyOwnedByYou");
  fake.bucket(BUCKET).requesterPays = true;
  assertEquals(codeOf(await rawRequest(fake, OBJECT)), "AccessDenied");
  const payer = { "x-amz-request-payer": "requester" };
  const paid = await rawRequest(fake, { ...OBJECT, headers: payer });
  assertEquals([paid.status, paid.headers["x-amz-request-charged"]], [200, "requester"]);
  const credential = fake.credentials.get(fake.accessKeyId);
  assert(credential !== undefined);
  const missing = { bucket: BUCKET, key: "missing", headers: payer };
  assertEquals(codeOf(await rawRequest(fake, missing)), "NoSuchKey");
  credential.denied = new Set(["ListObjectsV2"]);
  assertEquals(
    codeOf(await rawRequest(fake, { bucket: BUCKET, query: "list-type=2", headers: payer })),
    "AccessDenied",
  );
  assertEquals(codeOf(await rawRequest(fake, missing)), "AccessDenied");
});

Deno.test("FakeS3 allows the IAM actions that a key has alone, those of versions by their own names", async () => {
  await using fake = await start();
  const allow = (...actions: string[]) => {
    const { secretAccessKey } = fake;
    fake.credentials.set(fake.accessKeyId, { secretAccessKey, allowed: new Set(actions) });
  };
  const status = async (request: RawRequest) => (await rawRequest(fake, request)).status;
  const missing = { bucket: BUCKET, key: "missing" };
  allow("s3:GetObject");
  assertEquals(await status(OBJECT), 200);
  assertEquals(await status(missing), 403);
  assertEquals(await status({ ...OBJECT, query: "versionId=null" }), 403);
  assertEquals(await status({ bucket: BUCKET, query: "list-type=2" }), 403);
  allow("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket");
  assertEquals(await status(missing), 404);
  assertEquals(await status({ ...OBJECT, query: "versionId=null" }), 200);
  assertEquals(await status({ ...OBJECT, method: "DELETE" }), 403);
});
