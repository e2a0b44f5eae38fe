import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { makeCertificate, startFakeS3 } from "./s3/mod.ts";
import { seededRandom } from "@lade/testing";
import { encodeHead, type RawRequest, rawRequest, signRequest } from "./s3/raw_client.ts";
import { RawConnection } from "@lade/testing/http";

const BUCKET = "bucket";

Deno.test("FakeS3 serves many requests on one connection, also when they are sent together", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  fake.putObject(BUCKET, "k", "value");
  using connection = await RawConnection.open(fake);
  const get = signRequest(fake, { bucket: BUCKET, key: "k" });
  const put = signRequest(fake, { bucket: BUCKET, key: "new", method: "PUT", body: "x".repeat(100_000) });
  await connection.write(get.head, put.head, put.body, get.head);
  assertEquals((await connection.read("GET")).text, "value");
  assertEquals((await connection.read("PUT")).status, 200);
  assertEquals((await connection.read("GET")).text, "value");
  assertEquals(fake.requests.map((request) => request.connection), [1, 1, 1]);
  assertEquals(fake.requests.map((request) => [request.bytesReceived, request.bytesSent]), [[0, 5], [
    100_000,
    0,
  ], [0, 5]]);
  assertEquals([fake.connectionCount, fake.openConnections], [1, 1]);
});

Deno.test("FakeS3 closes the connection when it is asked to", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  using connection = await RawConnection.open(fake);
  await connection.write(signRequest(fake, { headers: { connection: "close" } }).head);
  const answer = await connection.read("GET");
  assertEquals([answer.status, answer.headers.connection, await connection.some()], [200, "close", null]);
});

Deno.test("FakeS3 asks for a body with 100 Continue, and not for one it refuses", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  const request = {
    bucket: BUCKET,
    key: "k",
    method: "PUT",
    body: "body",
    headers: { expect: "100-continue" },
  };
  using connection = await RawConnection.open(fake);
  const good = signRequest(fake, request);
  await connection.write(good.head);
  assertEquals((await connection.read("PUT")).status, 100);
  await connection.write(good.body);
  assertEquals((await connection.read("PUT")).status, 200);
  await connection.write(signRequest(fake, { ...request, bucket: "missing" }).head);
  const refused = await connection.read("PUT");
  assertEquals([refused.status, refused.headers.connection, await connection.some()], [404, "close", null]);
});

Deno.test("FakeS3 reads chunked bodies, and wants to know their length all the same", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  for (const [headers, status] of [[{ "x-amz-decoded-content-length": "11" }, 200], [{}, 411]] as const) {
    using connection = await RawConnection.open(fake);
    const { head } = signRequest(fake, {
      bucket: BUCKET,
      key: "k",
      method: "PUT",
      payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      headers: { "transfer-encoding": "chunked", ...headers },
    });
    // Two layers of chunks: those of HTTP around those of aws-chunked.
    await connection.write(
      head,
      "6;ext=1\r\nb\r\nhel\r\n",
      "f\r\nlo world\r\n0\r\n\r\n\r\n",
      "0\r\nTrailer: x\r\n\r\n",
    );
    assertEquals((await connection.read("PUT")).status, status);
  }
  assertEquals(new TextDecoder().decode(fake.bytes(BUCKET, "k")), "hello world");
});

Deno.test("FakeS3 refuses what is not exactly HTTP/1.1, and closes", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  const heads = [
    "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    "get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nx: 1\r\n folded\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nx : 1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nx: 1\n\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
    `GET / HTTP/1.1\r\nHost: a\r\nx: ${"y".repeat(40_000)}\r\n\r\n`,
  ];
  for (const head of heads) {
    using connection = await RawConnection.open(fake);
    await connection.write(head);
    const answer = await connection.read("GET");
    assertEquals([answer.status, await connection.some()], [400, null], head);
  }
  assertEquals(fake.requests, []);
});

Deno.test("FakeS3 stores nothing of a body that ends early or is framed wrongly", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  const request = { bucket: BUCKET, key: "k", method: "PUT" };
  using early = await RawConnection.open(fake);
  const { head } = signRequest(fake, { ...request, body: "whole body" });
  await early.write(head, "whole");
  await early.end();
  const answer = await early.read("PUT");
  assertEquals(answer.status, 400);
  assertStringIncludes(answer.text, "<Code>IncompleteBody</Code>");
  using wrong = await RawConnection.open(fake);
  const headers = { "transfer-encoding": "chunked", "x-amz-decoded-content-length": "3" };
  const chunked = signRequest(fake, {
    ...request,
    headers,
    payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  });
  await wrong.write(chunked.head, "zz\r\nabc\r\n");
  assertEquals((await wrong.read("PUT")).status, 400);
  assertEquals(fake.objects(BUCKET), []);
});

Deno.test("FakeS3 describes but does not send the body of a HEAD, also of an error", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  fake.putObject(BUCKET, "k", "value");
  using connection = await RawConnection.open(fake);
  for (const [key, status, length] of [["k", 200, "5"], ["missing", 404, undefined]] as const) {
    await connection.write(signRequest(fake, { bucket: BUCKET, key, method: "HEAD" }).head);
    const answer = await connection.read("HEAD");
    assertEquals([answer.status, answer.headers["content-length"], answer.body.length], [status, length, 0]);
  }
  assertEquals(
    (await rawRequest(fake, { bucket: BUCKET, key: "missing" })).headers["transfer-encoding"],
    "chunked",
  );
});

Deno.test("FakeS3 stops at once while requests stall and connections idle", async () => {
  const fake = await startFakeS3({ buckets: [BUCKET] });
  fake.putSynthetic(BUCKET, "k", { size: 64 * 1024 * 1024 });
  const fault = fake.faults.add({ match: { key: "stalled" }, action: { kind: "stall", at: "request" } });
  using idle = await RawConnection.open(fake);
  using stalled = await RawConnection.open(fake);
  using unread = await RawConnection.open(fake);
  await stalled.write(signRequest(fake, { bucket: BUCKET, key: "stalled" }).head);
  await unread.write(signRequest(fake, { bucket: BUCKET, key: "k" }).head);
  await unread.some();
  await fault.reached;
  await fake[Symbol.asyncDispose]();
  assertEquals(fake.openConnections, 0);
  await assertRejects(() => RawConnection.open(fake));
  assertEquals(await idle.some().catch(() => null), null);
});

Deno.test("FakeS3 speaks TLS with a certificate that clients check", async () => {
  const certificate = makeCertificate({ hosts: ["localhost", "127.0.0.1"] });
  await using fake = await startFakeS3({ tls: certificate, buckets: [BUCKET] });
  fake.putSynthetic(BUCKET, "k", { size: 1_000_000 });
  assert(fake.url.startsWith("https://"));
  using client = Deno.createHttpClient({ caCerts: [certificate.cert] });
  const { headers } = signRequest(fake, { bucket: BUCKET, key: "k" });
  const response = await fetch(`${fake.url}/${BUCKET}/k`, { headers, client });
  assertEquals(await response.bytes(), fake.bytes(BUCKET, "k"));
  const other = makeCertificate({ hosts: ["other.example"] });
  await using wrong = await startFakeS3({ tls: other });
  using trusting = Deno.createHttpClient({ caCerts: [other.cert] });
  await assertRejects(() => fetch(wrong.url, { client: trusting }), TypeError);
});

Deno.test("FakeS3 finds the bucket in the host as well as in the path", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET, "dotted.name"] });
  fake.putObject(BUCKET, "k/v", "one");
  fake.putObject("dotted.name", "k/v", "two");
  const hosts = {
    "bucket.localhost": "one",
    "bucket.s3.localhost": "one",
    "dotted.name.s3.localhost": "two",
  };
  for (const [host, value] of Object.entries(hosts)) {
    using connection = await RawConnection.open(fake);
    const { secretAccessKey, accessKeyId } = fake;
    // The first part of the path is the bucket only in path style, so that here it is the beginning of the
    // key.
    const signed = signRequest(fake, {
      bucket: "k",
      key: "v",
      headers: { host: `${host}:${fake.port}` },
      credentials: { accessKeyId, secretAccessKey },
    });
    await connection.write(encodeHead("GET", signed.target, signed.headers));
    assertEquals((await connection.read("GET")).text, value);
  }
});

Deno.test("FakeS3 survives requests that were changed at random", async () => {
  const seed = Date.now() % 2 ** 31;
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  fake.putObject(BUCKET, "k", "value");
  const requests: RawRequest[] = [
    { bucket: BUCKET, key: "k", headers: { range: "bytes=1-2" } },
    { bucket: BUCKET, query: "list-type=2&max-keys=3" },
    { bucket: BUCKET, key: "new", method: "PUT", body: "body", headers: { "x-amz-tagging": "a=1" } },
    {
      bucket: BUCKET,
      key: "k",
      method: "PUT",
      query: "tagging",
      body: "<Tagging><TagSet></TagSet></Tagging>",
    },
    { bucket: BUCKET, key: "k", method: "POST", query: "uploadId=x", body: "<CompleteMultipartUpload/>" },
  ];
  for (let i = 0; i < 300; i++) {
    const { head, body } = signRequest(fake, requests[below(requests.length)] ?? {});
    const bytes = [...head, ...body];
    for (let changes = 1 + below(3); changes > 0; changes--) {
      bytes.splice(below(bytes.length), below(3), ...Array.from({ length: below(3) }, () => below(256)));
    }
    using connection = await RawConnection.open(fake);
    // The server may refuse the head and be gone before all of this is written.
    await connection.write(Uint8Array.from(bytes)).then(() => connection.end()).catch(() => {});
    try {
      while (await connection.some() !== null);
    } catch (error) {
      assert(error instanceof Deno.errors.ConnectionReset, `seed ${seed}, request ${i}: ${error}`);
    }
  }
  assertEquals((await rawRequest(fake, { bucket: BUCKET, query: "list-type=2" })).status, 200);
});
