import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { checksumOf, compositeOf } from "./s3/checksum/algorithm.ts";
import { type FakeS3, startFakeS3 } from "./s3/mod.ts";
import { codeOf, type RawRequest, rawRequest } from "./s3/raw_client.ts";
import type { RawResponse } from "@lade/testing/http";

const BUCKET = "bucket";
const KEY = "dir/k";

class Session {
  readonly #fake: FakeS3;
  readonly id: string;

  constructor(fake: FakeS3, id: string) {
    this.#fake = fake;
    this.id = id;
  }

  static async begin(fake: FakeS3, headers: Record<string, string> = {}, key = KEY): Promise<Session> {
    const answer = await rawRequest(fake, {
      bucket: BUCKET,
      key,
      method: "POST",
      query: "uploads=",
      headers,
    });
    return new Session(fake, /<UploadId>(.*?)</.exec(answer.text)?.[1] ?? codeOf(answer));
  }

  send(request: RawRequest, query: string): Promise<RawResponse> {
    return rawRequest(this.#fake, {
      bucket: BUCKET,
      key: KEY,
      query: `${query}uploadId=${this.id}`,
      ...request,
    });
  }

  part(number: number, body: string, headers: Record<string, string> = {}): Promise<RawResponse> {
    return this.send({ method: "PUT", body, headers }, `partNumber=${number}&`);
  }

  complete(
    parts: readonly [number, string][],
    headers: Record<string, string> = {},
    extra = "",
  ): Promise<RawResponse> {
    const xml = parts.map(([number, body]) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${md5(body)}</ETag>${extra}</Part>`
    );
    const body = `<CompleteMultipartUpload>${xml.join("")}</CompleteMultipartUpload>`;
    return this.send({ method: "POST", body, headers }, "");
  }
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

async function start(): Promise<FakeS3> {
  return await startFakeS3({ buckets: [BUCKET], minPartSize: 3 });
}

Deno.test("CompleteMultipartUpload joins the parts it names, in order, and forgets the rest", async () => {
  await using fake = await start();
  const session = await Session.begin(fake, { "content-type": "a/b", "x-amz-meta-m": "1" });
  for (const [number, body] of [[3, "ccc"], [1, "old"], [1, "aaa"], [10000, "d"], [7, "unused"]] as const) {
    const answer = await session.part(number, body);
    assertEquals([answer.status, answer.headers.etag], [200, `"${md5(body)}"`]);
  }
  assertEquals(fake.objects(BUCKET), []);
  const listed = await session.send({}, "max-parts=2&part-number-marker=1&");
  assertEquals(listed.text.match(/<PartNumber>\d+/g), ["<PartNumber>3", "<PartNumber>7"]);
  assertStringIncludes(listed.text, "<NextPartNumberMarker>7</NextPartNumberMarker>");
  const answer = await session.complete([[1, "aaa"], [3, "ccc"], [10000, "d"]]);
  const etag = `${
    createHash("md5").update(Uint8Array.fromHex(md5("aaa") + md5("ccc") + md5("d"))).digest("hex")
  }-3`;
  assertStringIncludes(answer.text, `<ETag>&quot;${etag}&quot;</ETag>`);
  const object = fake.object(BUCKET, KEY);
  assertEquals([object?.etag, object?.attributes.fields.get("content-type")], [etag, "a/b"]);
  assertEquals(new TextDecoder().decode(fake.bytes(BUCKET, KEY)), "aaacccd");
  assertEquals(fake.uploads(BUCKET), []);
  assertEquals(codeOf(await session.complete([[1, "aaa"]])), "NoSuchUpload");
  const part = await rawRequest(fake, { bucket: BUCKET, key: KEY, query: "partNumber=2" });
  assertEquals([part.status, part.text, part.headers["x-amz-mp-parts-count"]], [206, "ccc", "3"]);
  assertEquals(part.headers["content-range"], "bytes 3-5/7");
  assertEquals((await rawRequest(fake, { bucket: BUCKET, key: KEY, query: "partNumber=4" })).status, 416);
});

Deno.test("CompleteMultipartUpload refuses wrong lists and keeps the upload", async () => {
  await using fake = await start();
  const session = await Session.begin(fake);
  await session.part(1, "aaa");
  await session.part(2, "b");
  await session.part(3, "c");
  const cases: [string, [number, string][]][] = [
    ["InvalidPartOrder", [[2, "b"], [1, "aaa"]]],
    ["InvalidPartOrder", [[1, "aaa"], [1, "aaa"]]],
    ["InvalidPart", [[1, "other"]]],
    ["InvalidPart", [[1, "aaa"], [4, "d"]]],
    ["MalformedXML", []],
    ["EntityTooSmall", [[1, "aaa"], [2, "b"], [3, "c"]]],
  ];
  for (const [code, parts] of cases) assertEquals(codeOf(await session.complete(parts)), code);
  const size = { "x-amz-mp-object-size": "5" };
  assertEquals(codeOf(await session.complete([[1, "aaa"], [2, "b"]], size)), "InvalidRequest");
  assertEquals([fake.uploads(BUCKET).length, fake.objects(BUCKET).length], [1, 0]);
  assertEquals((await session.complete([[1, "aaa"], [2, "b"]], { "x-amz-mp-object-size": "4" })).status, 200);
});

Deno.test("CompleteMultipartUpload honours conditions", async () => {
  await using fake = await start();
  fake.putObject(BUCKET, KEY, "there");
  const session = await Session.begin(fake);
  await session.part(1, "a");
  const complete = async (headers: Record<string, string>) =>
    codeOf(await session.complete([[1, "a"]], headers));
  assertEquals(await complete({ "if-none-match": "*" }), "PreconditionFailed");
  assertEquals(await complete({ "if-match": '"other"' }), "PreconditionFailed");
  assertEquals(await complete({ "if-match": `"${md5("there")}"` }), "200");
});

Deno.test("UploadPart and its kin know only the uploads that are under way", async () => {
  await using fake = await start();
  const session = await Session.begin(fake);
  assertEquals(codeOf(await session.part(0, "a")), "InvalidArgument");
  assertEquals(codeOf(await session.part(10001, "a")), "InvalidArgument");
  assertEquals(codeOf(await session.send({ method: "PUT", body: "a" }, "")), "InvalidArgument");
  const wrongKey = { bucket: BUCKET, key: "other", method: "PUT", body: "a" };
  assertEquals(
    codeOf(await rawRequest(fake, { ...wrongKey, query: `partNumber=1&uploadId=${session.id}` })),
    "NoSuchUpload",
  );
  assertEquals((await session.send({ method: "DELETE" }, "")).status, 204);
  assertEquals(codeOf(await session.send({ method: "DELETE" }, "")), "NoSuchUpload");
  assertEquals(codeOf(await session.part(1, "a")), "NoSuchUpload");
  assertEquals(codeOf(await session.send({}, "")), "NoSuchUpload");
});

Deno.test("UploadPart does not bring back an upload that was aborted while its body was on the way", async () => {
  await using fake = await start();
  const session = await Session.begin(fake);
  const slow = fake.faults.add({
    match: { operation: "UploadPart" },
    action: { kind: "stall", at: "request" },
  });
  const part = session.part(1, "aaa");
  await slow.reached;
  await session.send({ method: "DELETE" }, "");
  slow.release();
  assertEquals(codeOf(await part), "NoSuchUpload");
  assertEquals(fake.uploads(BUCKET), []);
});

Deno.test("multipart checksums are composite or of the whole, as the upload was begun", async () => {
  await using fake = await start();
  const crc = (text: string) => checksumOf("crc32c", [new TextEncoder().encode(text)]);
  const begin = (type: string) =>
    Session.begin(fake, { "x-amz-checksum-algorithm": "CRC32C", "x-amz-checksum-type": type });
  const composite = await begin("COMPOSITE");
  assertEquals(codeOf(await composite.part(1, "aaa")), "InvalidRequest");
  assertEquals(
    codeOf(await composite.part(1, "aaa", { "x-amz-checksum-crc32": "AAAAAA==" })),
    "InvalidRequest",
  );
  assertEquals((await composite.part(1, "aaa", { "x-amz-checksum-crc32c": crc("aaa") })).status, 200);
  assertEquals(codeOf(await composite.complete([[1, "aaa"]])), "InvalidRequest");
  const element = (value: string) => `<ChecksumCRC32C>${value}</ChecksumCRC32C>`;
  assertEquals(codeOf(await composite.complete([[1, "aaa"]], {}, element("AAAAAA=="))), "InvalidPart");
  const joined = await composite.complete([[1, "aaa"]], {}, element(crc("aaa")));
  assertStringIncludes(joined.text, element(compositeOf("crc32c", [crc("aaa")])));
  const full = await begin("FULL_OBJECT");
  await full.part(1, "aaa", { "x-amz-checksum-crc32c": crc("aaa") });
  await full.part(2, "b");
  const list: [number, string][] = [[1, "aaa"], [2, "b"]];
  assertEquals(codeOf(await full.complete(list, { "x-amz-checksum-crc32c": crc("aaaa") })), "BadDigest");
  assertEquals(codeOf(await full.complete(list, { "x-amz-checksum-type": "COMPOSITE" })), "InvalidRequest");
  const whole = await full.complete(list, {
    "x-amz-checksum-crc32c": crc("aaab"),
    "x-amz-checksum-type": "FULL_OBJECT",
  });
  assertStringIncludes(whole.text, element(crc("aaab")));
  const headers = { "x-amz-checksum-mode": "ENABLED" };
  const head = await rawRequest(fake, { bucket: BUCKET, key: KEY, method: "HEAD", headers });
  assertEquals([head.headers["x-amz-checksum-crc32c"], head.headers["x-amz-checksum-type"]], [
    crc("aaab"),
    "FULL_OBJECT",
  ]);
  const refused: Record<string, string>[] = [
    { "x-amz-checksum-algorithm": "CRC64NVME", "x-amz-checksum-type": "COMPOSITE" },
    { "x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-type": "FULL_OBJECT" },
    { "x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "HALF" },
    { "x-amz-checksum-algorithm": "NONE" },
    { "x-amz-checksum-type": "FULL_OBJECT" },
  ];
  for (const fields of refused) assertEquals((await Session.begin(fake, fields)).id, "InvalidRequest");
});

Deno.test("UploadPartCopy copies a range of another object", async () => {
  await using fake = await start();
  fake.putObject(BUCKET, "source", "0123456789");
  const session = await Session.begin(fake);
  const copy = async (range?: string, headers: Record<string, string> = {}) =>
    codeOf(
      await session.send({
        method: "PUT",
        headers: {
          "x-amz-copy-source": "bucket/source",
          ...(range === undefined ? {} : { "x-amz-copy-source-range": range }),
          ...headers,
        },
      }, "partNumber=1&"),
    );
  for (const range of ["bytes=0-10", "bytes=5-", "bytes=-5", "bytes=5-4", "0-5"]) {
    assertEquals(await copy(range), "InvalidArgument");
  }
  assertEquals(await copy("bytes=0-1", { "x-amz-copy-source-if-match": '"other"' }), "PreconditionFailed");
  assertEquals(await copy("bytes=2-5"), "200");
  assertEquals((await session.complete([[1, "2345"]])).status, 200);
  assertEquals(new TextDecoder().decode(fake.bytes(BUCKET, KEY)), "2345");
});

Deno.test("ListMultipartUploads pages by key and by upload", async () => {
  await using fake = await start();
  for (const key of ["b", "a", "b", "c/1", "c/2", "d"]) await Session.begin(fake, {}, key);
  const seen: (string | undefined)[] = [];
  let markers = "";
  for (let more = true; more;) {
    const { text } = await rawRequest(fake, {
      bucket: BUCKET,
      query: `uploads&delimiter=%2F&max-uploads=2${markers}`,
    });
    seen.push(
      ...[...text.matchAll(/<(?:Upload><Key|CommonPrefixes><Prefix)>(.*?)</g)].map(([, name]) => name),
    );
    more = text.includes("<IsTruncated>true");
    const [key, id] = ["Key", "UploadId"].map((name) =>
      new RegExp(`<Next${name}Marker>(.*?)<`).exec(text)?.[1]
    );
    markers = `&key-marker=${encodeURIComponent(key ?? "")}&upload-id-marker=${id ?? ""}`;
  }
  assertEquals(seen.toSorted(), ["a", "b", "b", "c/", "d"]);
  assert(fake.uploads(BUCKET).every((upload) => upload.parts.size === 0));
});
