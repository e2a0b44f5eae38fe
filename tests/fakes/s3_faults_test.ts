import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  codeOf,
  type FakeS3,
  type FaultAction,
  RawConnection,
  type RawRequest,
  rawRequest,
  type RawResponse,
  refuseUnsigned,
  signRequest,
  startFakeS3,
} from "./s3/mod.ts";

const BUCKET = "bucket";
const GET: RawRequest = { bucket: BUCKET, key: "k" };
const PUT: RawRequest = { bucket: BUCKET, key: "new", method: "PUT", body: "x".repeat(100_000) };
const SIZE = 200_000;
const IN_EU = { "x-amz-bucket-region": "eu-west-1" };

async function start(): Promise<FakeS3> {
  const fake = await startFakeS3({ buckets: [BUCKET] });
  fake.putSynthetic(BUCKET, "k", { size: SIZE, checksum: "crc32c" });
  return fake;
}

/** The answer to one request under one fault, and the answer to the same request afterwards. */
async function struck(
  fake: FakeS3,
  action: FaultAction | readonly FaultAction[],
  request: RawRequest = GET,
): Promise<RawResponse> {
  const fault = fake.faults.add({ action });
  const answer = await rawRequest(fake, request);
  assertEquals([fault.hits, fake.requests.at(-1)?.faults], [1, [action].flat().map(({ kind }) => kind)]);
  return answer;
}

Deno.test("a status fault answers an error instead of doing the work", async () => {
  await using fake = await start();
  const slow = await struck(fake, { kind: "status", status: 503, headers: { "Retry-After": "7" } }, PUT);
  assertEquals([slow.status, codeOf(slow), slow.headers["retry-after"]], [503, "SlowDown", "7"]);
  const late = await struck(
    fake,
    { kind: "status", status: 500, code: "Odd", message: "M", afterBody: true },
    PUT,
  );
  assertStringIncludes(late.text, "<Code>Odd</Code><Message>M</Message>");
  assertEquals(fake.requests.at(-1)?.bytesReceived, 100_000);
  assertEquals([fake.requests.at(-1)?.errorCode, fake.object(BUCKET, "new")], ["Odd", undefined]);
  assertEquals((await rawRequest(fake, PUT)).status, 200);
});

Deno.test("a redirect fault names another host and the region as the service does", async () => {
  await using fake = await start();
  const to = "http://127.0.0.2:9";
  const permanent = await struck(fake, { kind: "redirect", status: 301, to, headers: IN_EU });
  assertEquals([codeOf(permanent), permanent.headers["x-amz-bucket-region"]], [
    "PermanentRedirect",
    "eu-west-1",
  ]);
  assertStringIncludes(permanent.text, "<Endpoint>127.0.0.2:9</Endpoint>");
  assertEquals(permanent.headers.location, undefined);
  const temporary = await struck(fake, { kind: "redirect", status: 307, to });
  assertEquals([temporary.status, temporary.headers.location], [307, `${to}/bucket/k`]);
});

Deno.test("a cut fault breaks the connection at any byte of the head or the body, in either way", async () => {
  await using fake = await start();
  const whole = fake.bytes(BUCKET, "k");
  for (const how of ["fin", "rst"] as const) {
    for (const afterBytes of [0, 1, 65_535, 65_536, SIZE - 1]) {
      const answer = await struck(fake, { kind: "cut", afterBytes, how });
      assertEquals([answer.status, answer.end, answer.body.length], [200, how, afterBytes]);
      assertEquals(answer.body, whole?.subarray(0, afterBytes));
    }
    for (const request of [GET, { ...GET, key: "missing" }]) {
      await assertRejects(() => struck(fake, { kind: "cut", in: "head", afterBytes: 20, how }, request));
    }
  }
  const chunked = await struck(fake, { kind: "cut", afterBytes: 10, how: "fin" }, { ...GET, key: "missing" });
  assertEquals([chunked.status, chunked.end, chunked.text], [404, "fin", "<?xml vers"]);
});

Deno.test("a cut-request fault breaks the connection while the body is coming, and stores nothing", async () => {
  await using fake = await start();
  for (const how of ["fin", "rst"] as const) {
    fake.faults.add({ action: { kind: "cut-request", afterBytes: 1000, how } });
    await assertRejects(() => rawRequest(fake, PUT));
    assertEquals(fake.requests.at(-1)?.bytesReceived, 1000);
  }
  assertEquals(fake.object(BUCKET, "new"), undefined);
});

Deno.test("a drop-answer fault does the work all the same", async () => {
  await using fake = await start();
  for (const how of ["fin", "rst"] as const) {
    fake.faults.add({ action: { kind: "drop-answer", how } });
    await assertRejects(() => rawRequest(fake, { ...PUT, key: how }));
    assertEquals([fake.object(BUCKET, how)?.content.size, fake.requests.at(-1)?.status], [100_000, 0]);
  }
});

Deno.test("an error-after-ok fault answers 200 with an error, and padding comes before or inside the document", async () => {
  await using fake = await start();
  const copy = { ...PUT, body: "", headers: { "x-amz-copy-source": "bucket/k" } };
  const failed = await struck(fake, { kind: "error-after-ok", code: "InternalError" }, copy);
  assertEquals([failed.status, codeOf(failed), fake.object(BUCKET, "new")], [
    200,
    "InternalError",
    undefined,
  ]);
  const error: FaultAction = { kind: "error-after-ok", code: "SlowDown" };
  const before = await struck(fake, [error, { kind: "padding", spaces: 3 }], copy);
  assertEquals([before.text.slice(0, 8), codeOf(before)], ["   <?xml", "SlowDown"]);
  const inside = await struck(fake, { kind: "padding", spaces: 3, behindDeclaration: true }, copy);
  assertStringIncludes(inside.text, "?>\n   <CopyObjectResult");
  assertEquals(fake.object(BUCKET, "new")?.content.size, SIZE);
});

Deno.test("faults distort lengths, ranges, ETags, checksums, header fields and bytes", async () => {
  await using fake = await start();
  const whole = fake.bytes(BUCKET, "k") ?? new Uint8Array(0);
  const ranged = { ...GET, headers: { range: "bytes=10-19", "x-amz-checksum-mode": "ENABLED" } };
  const full = { ...GET, headers: { "x-amz-checksum-mode": "ENABLED" } };
  const short = await struck(fake, { kind: "length", delta: 5 });
  assertEquals([short.headers["content-length"], short.end, short.body.length], [
    String(SIZE + 5),
    "fin",
    SIZE,
  ]);
  const resized = await struck(fake, { kind: "resize", delta: -4 }, ranged);
  assertEquals([resized.headers["content-range"], resized.body], [
    `bytes 10-19/${SIZE}`,
    whole.subarray(10, 16),
  ]);
  const longer = await struck(fake, { kind: "resize", delta: 2 }, ranged);
  assertEquals([longer.headers["content-length"], longer.body.slice(10)], ["12", new Uint8Array(2)]);
  const ignored = await struck(fake, { kind: "ignore-range" }, ranged);
  assertEquals([ignored.status, ignored.body.length, ignored.headers["content-range"]], [
    200,
    SIZE,
    undefined,
  ]);
  const wrong = await struck(fake, { kind: "content-range", value: "bytes 0-9/50" }, ranged);
  assertEquals([wrong.headers["content-range"], wrong.body], ["bytes 0-9/50", whole.subarray(10, 20)]);
  const absent = await struck(fake, { kind: "content-range", value: undefined }, ranged);
  assertEquals([absent.status, absent.headers["content-range"]], [206, undefined]);
  assertEquals((await struck(fake, { kind: "etag", value: '"x"' })).headers.etag, '"x"');
  const fields = await struck(fake, { kind: "headers", set: { "Last-Modified": undefined, "X-New": "1" } });
  assertEquals([fields.headers["last-modified"], fields.headers["x-new"]], [undefined, "1"]);
  assert("x-amz-checksum-crc32c" in (await rawRequest(fake, full)).headers);
  assert(
    !("x-amz-checksum-crc32c" in
      (await struck(fake, { kind: "omit", fields: /^x-amz-checksum-/ }, full)).headers),
  );
  const flipped = await struck(fake, { kind: "flip", atByte: 99_999 });
  const differing = [...flipped.body.keys()].filter((i) => flipped.body[i] !== whole[i]);
  assertEquals([differing, (flipped.body[99_999] ?? 0) ^ (whole[99_999] ?? 0)], [[99_999], 1]);
  assertEquals((await rawRequest(fake, GET)).body, whole);
});

Deno.test("a body longer than its length and garbage run into the next answer", async () => {
  await using fake = await start();
  const actions: FaultAction[] = [
    { kind: "length", delta: -3 },
    { kind: "garbage", bytes: new TextEncoder().encode("???") },
  ];
  for (const action of actions) {
    fake.faults.add({ action });
    using connection = await RawConnection.open(fake);
    const { head } = signRequest(fake, GET);
    await connection.write(head, head);
    assertEquals((await connection.read("GET")).end, "whole");
    assertEquals((await connection.read("GET")).status, NaN);
  }
});

Deno.test("a stall fault holds the request, the answer or the body until it is released", async () => {
  await using fake = await start();
  for (const at of ["request", "answer", "body"] as const) {
    const fault = fake.faults.add({ action: { kind: "stall", at, afterBytes: 1000 } });
    using connection = await RawConnection.open(fake);
    await connection.write(signRequest(fake, GET).head);
    await fault.reached;
    let received = 0;
    if (at === "body") { while (received < 1000) received += (await connection.some())?.length ?? NaN; }
    const more = connection.some();
    // Another request is not held, and when it is answered the first would long have been.
    assertEquals((await rawRequest(fake, GET)).body.length, SIZE);
    assertEquals(await Promise.race([more, Promise.resolve("held")]), "held");
    fault.release();
    assert((await more)?.length);
  }
  const forever = fake.faults.add({ action: { kind: "stall", at: "answer" } });
  const connection = await RawConnection.open(fake);
  await connection.write(signRequest(fake, GET).head);
  await forever.reached;
  connection[Symbol.dispose]();
});

Deno.test("a before fault changes the object between two requests", async () => {
  await using fake = await start();
  const run = () => void fake.putObject(BUCKET, "k", "another");
  fake.faults.add({ match: { operation: "GetObject", nth: 2 }, action: { kind: "before", run } });
  const first = await rawRequest(fake, GET);
  const headers = { "if-match": first.headers.etag ?? "" };
  assertEquals((await rawRequest(fake, { ...GET, headers })).status, 412);
});

Deno.test("refuseUnsigned refuses nothing else", async () => {
  await using fake = await start();
  fake.faults.add(refuseUnsigned);
  assertEquals(codeOf(await rawRequest(fake, { ...PUT, payloadHash: "UNSIGNED-PAYLOAD" })), "InvalidRequest");
  assertEquals(codeOf(await rawRequest(fake, PUT)), "200");
});

Deno.test("FaultSet strikes what matches, from the n-th, so many times", async () => {
  await using fake = await start();
  const action: FaultAction = { kind: "status", status: 500 };
  const statuses = async (requests: readonly RawRequest[]) => {
    const answers: number[] = [];
    for (const request of requests) answers.push((await rawRequest(fake, request)).status);
    return answers;
  };
  fake.faults.add({ match: { key: /^k/, method: "GET", nth: 2, times: 2 }, action });
  assertEquals(await statuses([GET, PUT, GET, GET, GET]), [200, 200, 500, 500, 200]);
  fake.faults.add({ match: { operation: ["PutObject", "DeleteObject"] }, action });
  assertEquals(await statuses([GET, PUT, PUT]), [200, 500, 200]);
  const where = fake.faults.add({ match: { where: ({ headers }) => headers.range === "bytes=1-1" }, action });
  assertEquals(await statuses([GET, { ...GET, headers: { range: "bytes=1-1" } }]), [200, 500]);
  fake.faults.remove(where);
  const never = fake.faults.add({ match: { times: 0 }, action });
  assertEquals([await statuses([GET]), never.hits], [[200], 0]);
});

Deno.test("FaultSet makes storms: by chance from a seed, over a concurrency, over a rate", async () => {
  const now = 1_000_000_000_000;
  await using fake = await startFakeS3({ buckets: [BUCKET], clock: () => now });
  fake.putObject(BUCKET, "k", "x");
  const action: FaultAction = { kind: "status", status: 503 };
  const storm = async (seed: number) => {
    const fault = fake.faults.add({ match: { probability: 0.5, seed }, action });
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++) statuses.push((await rawRequest(fake, GET)).status);
    fake.faults.remove(fault);
    return statuses;
  };
  const first = await storm(1);
  assertEquals(await storm(1), first);
  assert(JSON.stringify(await storm(2)) !== JSON.stringify(first));
  assert(first.includes(200) && first.includes(503));

  const rate = fake.faults.add({ match: { overPerSecond: 3 }, action });
  const second = async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await rawRequest(fake, GET)).status);
    return statuses;
  };
  assertEquals(await second(), [200, 200, 200, 503, 503]);
  fake.clock = () => now + 1000;
  assertEquals(await second(), [200, 200, 200, 503, 503]);
  fake.faults.remove(rate);

  const held = fake.faults.add({ match: { key: "held", times: 2 }, action: { kind: "stall", at: "answer" } });
  fake.faults.add({ match: { overConcurrency: 2 }, action });
  const stalled = [1, 2].map(() => rawRequest(fake, { ...GET, key: "held" }));
  while (held.hits < 2) await rawRequest(fake, GET);
  assertEquals((await rawRequest(fake, GET)).status, 503);
  held.release();
  await Promise.all(stalled);
  assertEquals((await rawRequest(fake, GET)).status, 200);
});
