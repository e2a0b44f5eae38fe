import { assertEquals, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { type FakeS3, startFakeS3 } from "./s3/mod.ts";
import { codeOf, type RawRequest, rawRequest } from "./s3/raw_client.ts";

const BUCKET = "bucket";

async function start(): Promise<FakeS3> {
  const fake = await startFakeS3({ buckets: [BUCKET] });
  fake.putObject(BUCKET, "k", "0123456789");
  return fake;
}

async function code(fake: FakeS3, request: RawRequest): Promise<string> {
  return codeOf(await rawRequest(fake, { bucket: BUCKET, key: "k", ...request }));
}

Deno.test("GetObject answers ranges, and ignores what is not one range of bytes", async () => {
  await using fake = await start();
  const cases: [string, number, string, string | undefined][] = [
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=3-", 206, "3456789", "bytes 3-9/10"],
    ["bytes=8-100", 206, "89", "bytes 8-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-100", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=5-4", 200, "0123456789", undefined],
    ["bytes=0-1,3-4", 200, "0123456789", undefined],
    ["items=0-1", 200, "0123456789", undefined],
  ];
  for (const [range, status, text, contentRange] of cases) {
    const answer = await rawRequest(fake, { bucket: BUCKET, key: "k", headers: { range } });
    assertEquals(
      [answer.status, answer.text, answer.headers["content-range"]],
      [status, text, contentRange],
      range,
    );
  }
  for (const range of ["bytes=10-", "bytes=-0", "bytes=99-100"]) {
    const answer = await rawRequest(fake, { bucket: BUCKET, key: "k", headers: { range } });
    assertEquals([answer.status, answer.headers["content-range"]], [416, "bytes */10"]);
    assertStringIncludes(answer.text, "<ActualObjectSize>10</ActualObjectSize>");
  }
  fake.putObject(BUCKET, "k", "");
  assertEquals(await code(fake, { headers: { range: "bytes=0-" } }), "InvalidRange");
  assertEquals((await rawRequest(fake, { bucket: BUCKET, key: "k" })).headers["content-length"], "0");
});

Deno.test("GetObject and HeadObject honour conditions", async () => {
  await using fake = await start();
  const etag = `"${fake.object(BUCKET, "k")?.etag}"`;
  const modified = fake.object(BUCKET, "k")?.lastModified ?? 0;
  const date = (offset: number) => new Date(modified + offset).toUTCString();
  const cases: [Record<string, string>, number][] = [
    [{ "if-match": etag }, 200],
    [{ "if-match": `"other", ${etag}` }, 200],
    [{ "if-match": "*" }, 200],
    [{ "if-match": '"other"' }, 412],
    [{ "if-none-match": etag }, 304],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"other"' }, 200],
    [{ "if-modified-since": date(0) }, 304],
    [{ "if-modified-since": date(-1000) }, 200],
    [{ "if-unmodified-since": date(0) }, 200],
    [{ "if-unmodified-since": date(-1000) }, 412],
    [{ "if-match": etag, "if-unmodified-since": date(-1000) }, 200],
    [{ "if-none-match": '"other"', "if-modified-since": date(0) }, 200],
  ];
  for (const [headers, status] of cases) {
    for (const method of ["GET", "HEAD"]) {
      const answer = await rawRequest(fake, { bucket: BUCKET, key: "k", method, headers });
      assertEquals(answer.status, status, JSON.stringify(headers));
      assertEquals(answer.headers.etag, status === 412 ? undefined : etag);
    }
  }
});

Deno.test("PutObject writes only what its conditions allow, and one of many concurrent creations", async () => {
  await using fake = await start();
  const put = { method: "PUT", body: "new" };
  const etag = `"${fake.object(BUCKET, "k")?.etag}"`;
  assertEquals(await code(fake, { ...put, headers: { "if-none-match": "*" } }), "PreconditionFailed");
  assertEquals(await code(fake, { ...put, headers: { "if-match": '"other"' } }), "PreconditionFailed");
  assertEquals(await code(fake, { ...put, headers: { "if-none-match": etag } }), "NotImplemented");
  assertEquals(await code(fake, { ...put, key: "missing", headers: { "if-match": etag } }), "NoSuchKey");
  assertEquals(fake.objects(BUCKET).length, 1);
  assertEquals(await code(fake, { ...put, headers: { "if-match": etag } }), "200");
  const race = Array.from(
    { length: 8 },
    (_, i) => code(fake, { method: "PUT", key: "raced", body: String(i), headers: { "if-none-match": "*" } }),
  );
  const results = await Promise.all(race);
  assertEquals(results.filter((result) => result === "200").length, 1);
  assertEquals(new TextDecoder().decode(fake.bytes(BUCKET, "raced")), String(results.indexOf("200")));
});

Deno.test("DeleteObject honours If-Match, and succeeds for what is not there", async () => {
  await using fake = await start();
  const remove = { method: "DELETE" };
  const etag = `"${fake.object(BUCKET, "k")?.etag}"`;
  assertEquals(await code(fake, { ...remove, headers: { "if-match": '"other"' } }), "PreconditionFailed");
  assertEquals(await code(fake, { ...remove, headers: { "if-match": etag } }), "204");
  assertEquals(await code(fake, { ...remove, headers: { "if-match": "*" } }), "NoSuchKey");
  assertEquals(await code(fake, remove), "204");
});

Deno.test("DeleteObjects tells of each key, or only of errors when it is quiet", async () => {
  await using fake = await start();
  fake.putObject(BUCKET, "locked", "x");
  fake.bucket(BUCKET).locked.add("locked");
  const keys = ["k", "missing", "locked", "\u0001 & <x>", "x".repeat(1025)];
  const xml = (quiet: boolean, names: readonly string[]) =>
    `<Delete><Quiet>${quiet}</Quiet>${
      names.map((key) => `<Object><Key>${key.replace(/\W/g, (c) => `&#${c.charCodeAt(0)};`)}</Key></Object>`)
        .join("")
    }</Delete>`;
  const send = (body: string) =>
    rawRequest(fake, {
      bucket: BUCKET,
      query: "delete",
      method: "POST",
      body,
      headers: { "content-md5": createHash("md5").update(body).digest("base64") },
    });
  const loud = await send(xml(false, keys));
  assertEquals(loud.text.match(/<Deleted>/g)?.length, 3);
  assertStringIncludes(
    loud.text,
    "<Deleted><Key>&#x1; &amp; &lt;x></Key></Deleted>".replace("x></", "x&gt;</"),
  );
  assertStringIncludes(loud.text, "<Error><Key>locked</Key><Code>AccessDenied</Code>");
  assertStringIncludes(loud.text, "<Code>KeyTooLongError</Code>");
  const quiet = await send(xml(true, keys));
  assertEquals([/<Deleted>/.test(quiet.text), quiet.text.match(/<Error>/g)?.length], [false, 2]);
  const many = Array.from({ length: 1001 }, (_, i) => `key-${i}`);
  assertEquals((await send(xml(true, many.slice(1)))).status, 200);
  for (
    const body of [
      xml(true, many),
      xml(true, []),
      "<Delete><Object>",
      "<Other/>",
      "<Delete>&nope;</Delete>",
      "\xff",
    ]
  ) {
    assertEquals(codeOf(await send(body)), "MalformedXML");
  }
  const bare = { bucket: BUCKET, query: "delete", method: "POST", body: xml(true, keys) };
  assertEquals(codeOf(await rawRequest(fake, bare)), "InvalidRequest");
});

Deno.test("PutObject keeps what is said of an object, and GetObject says it again", async () => {
  await using fake = await start();
  const headers = {
    "content-type": "text/x-test",
    "content-encoding": "gzip",
    "cache-control": "no-store",
    "content-disposition": "attachment",
    "content-language": "eo",
    "expires": "Thu, 01 Dec 2050 16:00:00 GMT",
    "x-amz-meta-color": "red",
    "x-amz-storage-class": "STANDARD_IA",
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": "key-1",
  };
  assertEquals(
    await code(fake, { method: "PUT", body: "x", headers: { ...headers, "x-amz-tagging": "a=1&b=2" } }),
    "200",
  );
  const answer = await rawRequest(fake, { bucket: BUCKET, key: "k", method: "HEAD" });
  for (const [name, value] of Object.entries(headers)) assertEquals(answer.headers[name], value);
  assertEquals(answer.headers["x-amz-tagging-count"], "2");
  const overridden = await rawRequest(fake, {
    bucket: BUCKET,
    key: "k",
    query: "response-content-type=a%2Fb",
  });
  assertEquals(overridden.headers["content-type"], "a/b");
  const refused: [string, Record<string, string>][] = [
    ["MetadataTooLarge", { "x-amz-meta-a": "x".repeat(2048) }],
    ["InvalidStorageClass", { "x-amz-storage-class": "SLOW" }],
    ["InvalidTag", { "x-amz-tagging": "a=1&a=2" }],
    ["InvalidArgument", { "x-amz-server-side-encryption": "rot13" }],
  ];
  for (const [expected, fields] of refused) {
    assertEquals(await code(fake, { method: "PUT", body: "x", headers: fields }), expected);
  }
});

Deno.test("PutObject refuses keys and bodies that are too long", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET], maxPutSize: 100 });
  const put = { method: "PUT", body: "x" };
  assertEquals(await code(fake, { ...put, key: "é".repeat(512) }), "200");
  assertEquals(await code(fake, { ...put, key: "é".repeat(512) + "x" }), "KeyTooLongError");
  assertEquals(await code(fake, { ...put, body: "x".repeat(101) }), "EntityTooLarge");
  assertEquals(await code(fake, { method: "PUT" }), "MissingContentLength");
});

Deno.test("an object with a customer's key is read only with that key", async () => {
  await using fake = await start();
  const keyOf = (fill: number, prefix = "x-amz-server-side-encryption-customer-") => {
    const key = new Uint8Array(32).fill(fill);
    return {
      [`${prefix}algorithm`]: "AES256",
      [`${prefix}key`]: key.toBase64(),
      [`${prefix}key-md5`]: createHash("md5").update(key).digest("base64"),
    };
  };
  assertEquals(await code(fake, { method: "PUT", body: "secret", headers: keyOf(1) }), "200");
  assertEquals(await code(fake, {}), "InvalidRequest");
  assertEquals(await code(fake, { headers: keyOf(2) }), "AccessDenied");
  assertEquals(
    await code(fake, {
      headers: { ...keyOf(1), ...{ "x-amz-server-side-encryption-customer-key-md5": "x" } },
    }),
    "InvalidArgument",
  );
  assertEquals((await rawRequest(fake, { bucket: BUCKET, key: "k", headers: keyOf(1) })).text, "secret");
  const copy = { method: "PUT", key: "copy", headers: { "x-amz-copy-source": "bucket/k" } };
  assertEquals(await code(fake, copy), "InvalidRequest");
  const source = keyOf(1, "x-amz-copy-source-server-side-encryption-customer-");
  assertEquals(await code(fake, { ...copy, headers: { ...copy.headers, ...source } }), "200");
  assertEquals((await rawRequest(fake, { bucket: BUCKET, key: "copy" })).text, "secret");
});

Deno.test("CopyObject keeps or replaces what is said of the source, and honours conditions on both sides", async () => {
  await using fake = await start();
  const fields = new Map([["content-type", "a/b"]]);
  fake.putObject(BUCKET, "k", "source", { fields, metadata: new Map([["m", "1"]]), tags: [["t", "1"]] });
  const etag = `"${fake.object(BUCKET, "k")?.etag}"`;
  const copy = (headers: Record<string, string>, source = "/bucket/k") =>
    code(fake, { method: "PUT", key: "to", headers: { "x-amz-copy-source": source, ...headers } });
  const said = () => fake.object(BUCKET, "to")?.attributes;
  assertEquals(await copy({}), "200");
  assertEquals([said()?.metadata.get("m"), said()?.fields.get("content-type"), said()?.tags.length], [
    "1",
    "a/b",
    1,
  ]);
  const replace = { "x-amz-metadata-directive": "REPLACE", "x-amz-tagging-directive": "REPLACE" };
  assertEquals(await copy({ ...replace, "x-amz-meta-n": "2", "x-amz-tagging": "u=2" }), "200");
  assertEquals([said()?.metadata.get("m"), said()?.metadata.get("n"), said()?.tags], [undefined, "2", [[
    "u",
    "2",
  ]]]);
  const cases: [string, Record<string, string>][] = [
    ["200", { "x-amz-copy-source-if-match": etag }],
    ["PreconditionFailed", { "x-amz-copy-source-if-match": '"other"' }],
    ["PreconditionFailed", { "x-amz-copy-source-if-none-match": etag }],
    ["PreconditionFailed", { "x-amz-copy-source-if-modified-since": "Thu, 01 Dec 2050 16:00:00 GMT" }],
    ["PreconditionFailed", { "x-amz-copy-source-if-unmodified-since": "Thu, 01 Dec 2005 16:00:00 GMT" }],
    ["PreconditionFailed", { "if-none-match": "*" }],
    ["PreconditionFailed", { "if-match": '"other"' }],
    ["InvalidArgument", { "x-amz-metadata-directive": "GUESS" }],
    ["InvalidRequest", { "x-amz-checksum-algorithm": "NONE" }],
    ["200", { "x-amz-checksum-algorithm": "SHA256" }],
  ];
  for (const [expected, headers] of cases) {
    assertEquals(await copy(headers), expected, JSON.stringify(headers));
  }
  assertEquals(fake.object(BUCKET, "to")?.checksum?.algorithm, "sha256");
  const sources = { "bucket/none": "NoSuchKey", "none/k": "NoSuchBucket", "bucket": "InvalidArgument" };
  for (const [source, expected] of Object.entries(sources)) assertEquals(await copy({}, source), expected);
  const onto = { method: "PUT", headers: { "x-amz-copy-source": "bucket/k" } };
  assertEquals(await code(fake, onto), "InvalidRequest");
  assertEquals(await code(fake, { ...onto, headers: { ...onto.headers, ...replace } }), "200");
  fake.settings.maxCopySize = 5;
  assertEquals(await copy({}), "InvalidRequest");
});

Deno.test("a bucket with versions keeps every version and marks deletions", async () => {
  await using fake = await start();
  fake.bucket(BUCKET).versioning = "enabled";
  const put = await rawRequest(fake, { bucket: BUCKET, key: "k", method: "PUT", body: "second" });
  const version = put.headers["x-amz-version-id"] ?? "";
  const read = (query: string) => rawRequest(fake, { bucket: BUCKET, key: "k", query });
  assertEquals((await read(`versionId=null`)).text, "0123456789");
  assertEquals((await read(`versionId=${version}`)).text, "second");
  assertEquals(await code(fake, { query: "versionId=unknown" }), "NoSuchVersion");
  const marker = await rawRequest(fake, { bucket: BUCKET, key: "k", method: "DELETE" });
  assertEquals([marker.status, marker.headers["x-amz-delete-marker"]], [204, "true"]);
  const gone = await rawRequest(fake, { bucket: BUCKET, key: "k" });
  assertEquals([codeOf(gone), gone.headers["x-amz-delete-marker"]], ["NoSuchKey", "true"]);
  const markerId = marker.headers["x-amz-version-id"];
  assertEquals(await code(fake, { query: `versionId=${markerId}` }), "MethodNotAllowed");
  assertEquals(fake.objects(BUCKET), []);
  assertEquals(await code(fake, { method: "DELETE", headers: { "if-match": "*" } }), "PreconditionFailed");
  assertEquals(await code(fake, { method: "DELETE", query: `versionId=${markerId}` }), "204");
  assertEquals((await rawRequest(fake, { bucket: BUCKET, key: "k" })).text, "second");
  const copy = { method: "PUT", key: "old", headers: { "x-amz-copy-source": "bucket/k?versionId=null" } };
  assertEquals(await code(fake, copy), "200");
  assertEquals(new TextDecoder().decode(fake.bytes(BUCKET, "old")), "0123456789");
  fake.bucket(BUCKET).versioning = "suspended";
  assertEquals(await code(fake, { method: "PUT", body: "third" }), "200");
  assertEquals(fake.bucket(BUCKET).versions("k").map(({ versionId }) => versionId), ["null", version]);
});
