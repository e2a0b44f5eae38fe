import { gzipSync } from "node:zlib";
import { assertEquals, assertMatch } from "@std/assert";
import { type FakeGcs, gcsRequest, reasonOf, startFakeGcs } from "./gcs/mod.ts";

const WAYS = ["/bucket/a", "/b/bucket/o/a?alt=media", "/download/storage/v1/b/bucket/o/a?alt=media"];

/** Header fields as `fetch()` joins them. */
async function headersOf(
  fake: FakeGcs,
  path: string,
  headers: Record<string, string> = {},
): Promise<Headers> {
  const authorization = `Bearer ${fake.issueToken()}`;
  const answer = await fetch(fake.url + path, {
    headers: { authorization, "accept-encoding": "gzip", ...headers },
  });
  await answer.body?.cancel();
  return answer.headers;
}

Deno.test("the XML API tells all of an object with its bytes, the JSON API all but its metadata", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const { generation, crc32c, md5 } = fake.putObject("bucket", "a", "bytes", {
    fields: { contentType: "a/b", contentLanguage: "de", customTime: "2026-01-01T00:00:00Z" },
    metadata: new Map([["Name", "wert ü"], ["not a token", "left out"]]),
    storageClass: "COLDLINE",
    kmsKeyName: "projects/p/key",
  });
  for (const path of WAYS) {
    const headers = await headersOf(fake, path);
    const told = {
      "content-type": "a/b",
      "content-language": "de",
      "x-goog-custom-time": "2026-01-01T00:00:00Z",
      "x-goog-generation": generation,
      "x-goog-metageneration": "1",
      "x-goog-stored-content-length": "5",
      "x-goog-stored-content-encoding": "identity",
      "x-goog-storage-class": "COLDLINE",
      "x-goog-hash": `crc32c=${crc32c}, md5=${md5}`,
      "x-goog-encryption-kms-key-name": "projects/p/key/cryptoKeyVersions/1",
      "content-length": "5",
    };
    for (const [name, value] of Object.entries(told)) assertEquals(headers.get(name), value, name);
    const meta = [...headers.keys()].filter((name) => name.startsWith("x-goog-meta-"));
    assertEquals(meta, path === "/bucket/a" ? ["x-goog-meta-name"] : []);
  }
  const raw = (await gcsRequest(fake, { path: "/bucket/a" })).headers["x-goog-meta-name"] ?? "";
  assertEquals(new TextDecoder().decode(Uint8Array.from(raw, (char) => char.charCodeAt(0))), "wert ü");
  const head = await gcsRequest(fake, { method: "HEAD", path: "/bucket/a" });
  assertEquals([head.status, head.headers["content-length"], head.headers["x-goog-generation"]], [
    200,
    "5",
    generation,
  ]);
});

Deno.test("ranges are of one span each, cut at the end, and refused beyond it", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  fake.putObject("bucket", "a", "0123456789");
  fake.putObject("bucket", "empty", "");
  const rows: [range: string, status: number, text: string, contentRange: string | undefined][] = [
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=8-", 206, "89", "bytes 8-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=4-2", 200, "0123456789", undefined],
    ["bytes=0-1,4-5", 200, "0123456789", undefined],
  ];
  for (const path of WAYS) {
    for (const [range, status, text, contentRange] of rows) {
      const answer = await gcsRequest(fake, { path, headers: { range } });
      assertEquals([answer.status, answer.text, answer.headers["content-range"]], [
        status,
        text,
        contentRange,
      ], range);
    }
    for (const range of ["bytes=10-", "bytes=-0"]) {
      const refused = await gcsRequest(fake, { path, headers: { range } });
      assertEquals([refused.status, refused.headers["content-range"]], [416, "bytes */10"]);
    }
    const empty = path.replace(/a(?=$|\?)/, "empty");
    assertEquals((await gcsRequest(fake, { path: empty, headers: { range: "bytes=0-0" } })).status, 416);
  }
});

Deno.test("an object that is stored compressed is unpacked for whoever does not take it so, its range passed over", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const packed = new Uint8Array(gzipSync("plain text"));
  fake.putObject("bucket", "a", packed, { fields: { contentEncoding: "gzip" } });
  for (const path of WAYS) {
    const plain = await gcsRequest(fake, { path, headers: { range: "bytes=0-1" } });
    assertEquals([plain.status, plain.text, plain.headers["content-length"]], [200, "plain text", undefined]);
    assertEquals(plain.headers["content-encoding"], undefined);
    assertEquals(plain.headers["x-goog-stored-content-encoding"], "gzip");
    assertEquals(plain.headers["x-goog-stored-content-length"], String(packed.length));
    const headers = { "accept-encoding": "gzip" };
    const stored = await gcsRequest(fake, { path, headers });
    assertEquals([stored.body, stored.headers["content-encoding"]], [packed, "gzip"]);
    const part = await gcsRequest(fake, { path, headers: { ...headers, range: "bytes=0-1" } });
    assertEquals([part.status, part.body], [206, packed.subarray(0, 2)]);
  }
  fake.putObject("bucket", "a", packed, {
    fields: { contentEncoding: "gzip", cacheControl: "no-transform" },
  });
  assertEquals((await gcsRequest(fake, { path: "/bucket/a" })).body, packed);
});

Deno.test("a generation is read by its number, and conditions of the XML API are header fields", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"], settings: { versioning: true } });
  const { generation: old } = fake.putObject("bucket", "a", "old");
  const { generation, md5 = "" } = fake.putObject("bucket", "a", "new");
  const text = async (query: string, headers: Record<string, string> = {}) => {
    const answer = await gcsRequest(fake, { path: `/bucket/a${query}`, headers });
    return answer.status === 200 ? answer.text : reasonOf(answer);
  };
  assertEquals(await text(`?generation=${old}`), "old");
  assertEquals(await text(""), "new");
  assertEquals(await text("?generation=1"), "404 NoSuchKey");
  assertEquals(await text("", { "x-goog-if-generation-match": generation }), "new");
  assertEquals(await text("", { "x-goog-if-generation-match": old }), "412 PreconditionFailed");
  assertEquals(await text("", { "x-goog-if-metageneration-match": "2" }), "412 PreconditionFailed");
  const etag = `"${Uint8Array.fromBase64(md5).toHex()}"`;
  assertEquals(await text("", { "if-none-match": etag }), "304");
  assertEquals(await text("", { "if-match": etag }), "new");
  assertEquals(await text("", { "if-match": '"other"' }), "412 PreconditionFailed");
});

Deno.test("what is refused is said in XML, in JSON, or in text alone where JSON was asked for bytes", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const answers = await Promise.all(
    ["/bucket/none", "/b/bucket/o/none", "/b/bucket/o/none?alt=media", "/nobucket/none"].map((path) =>
      gcsRequest(fake, { path })
    ),
  );
  assertEquals(answers.map(({ status }) => status), [404, 404, 404, 404]);
  const [xml, json, media, bucket] = answers;
  assertEquals(xml?.headers["content-type"], "application/xml; charset=UTF-8");
  assertEquals(
    xml?.text.split("\n")[1],
    "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>" +
      "<Details>No such object: bucket/none</Details></Error>",
  );
  const message = "No such object: bucket/none";
  assertEquals(JSON.parse(json?.text ?? ""), {
    error: { code: 404, message, errors: [{ message, domain: "global", reason: "notFound" }] },
  });
  assertEquals([media?.text, media?.headers["content-type"]], [message, "text/html; charset=UTF-8"]);
  assertMatch(bucket?.text ?? "", /<Code>NoSuchBucket<\/Code>/);
});

Deno.test("an object is put by the XML API, with its checksum checked and its conditions held", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const put = (headers: Record<string, string>) =>
    gcsRequest(fake, { method: "PUT", path: "/bucket/a/b%20c", body: "bytes", headers });
  assertEquals(reasonOf(await put({ "x-goog-hash": "crc32c=AAAAAA==" })), "400 BadDigest");
  assertEquals(reasonOf(await put({ "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" })), "400 BadDigest");
  assertEquals(reasonOf(await put({ "x-goog-if-generation-match": "1" })), "412 PreconditionFailed");
  const made = await put({
    "x-goog-if-generation-match": "0",
    "x-goog-meta-name": "value",
    "content-type": "a/b",
  });
  const object = fake.object("bucket", "a/b c");
  assertEquals([made.status, made.headers["x-goog-generation"]], [200, object?.generation]);
  assertEquals([object?.fields, object?.metadata], [{ contentType: "a/b" }, new Map([["name", "value"]])]);
  assertEquals((await gcsRequest(fake, { method: "DELETE", path: "/bucket/a/b%20c" })).status, 204);
});
