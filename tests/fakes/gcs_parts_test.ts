import { assertEquals, assertMatch } from "@std/assert";
import { type FakeGcs, gcsRequest, reasonOf, startFakeGcs } from "./gcs/mod.ts";

/** Begins an upload and gives its id. */
async function begin(
  fake: FakeGcs,
  path = "/bucket/a",
  headers: Record<string, string> = {},
): Promise<string> {
  const { text } = await gcsRequest(fake, { method: "POST", path: `${path}?uploads`, headers });
  return /<UploadId>(.*)<\/UploadId>/.exec(text)?.[1] ?? "";
}

/** Sends a part and gives its tag. */
async function put(fake: FakeGcs, id: string, number: number, body: string): Promise<string> {
  const path = `/bucket/a?partNumber=${number}&uploadId=${id}`;
  return (await gcsRequest(fake, { method: "PUT", path, body })).headers["etag"] ?? "";
}

/** Asks for the object of parts. */
function complete(fake: FakeGcs, id: string, parts: readonly [number: number, etag: string][], headers = {}) {
  const list = parts.map(([number, etag]) =>
    `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`
  );
  const body = `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`;
  return gcsRequest(fake, { method: "POST", path: `/bucket/a?uploadId=${id}`, body, headers });
}

Deno.test("parts in any order become one object, which has the combined checksum and no MD5", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"], minPartSize: 4 });
  const id = await begin(fake, "/bucket/a", {
    "content-type": "a/b",
    "x-goog-meta-name": "value",
    "x-goog-storage-class": "NEARLINE",
  });
  assertEquals(fake.unfinished("bucket"), 1);
  const second = await put(fake, id, 7, "5678");
  await put(fake, id, 2, "gone");
  const first = await put(fake, id, 2, "1234");
  const third = await put(fake, id, 9, "9");
  const answer = await complete(fake, id, [[2, first], [7, second], [9, third]]);
  const { crc32c } = fake.putObject("bucket", "b", "123456789");
  const object = fake.object("bucket", "a");
  assertEquals([answer.status, answer.headers["x-goog-hash"]], [200, `crc32c=${crc32c}`]);
  assertEquals(answer.headers["x-goog-generation"], object?.generation);
  assertEquals([object?.crc32c, object?.md5, object?.componentCount], [crc32c, undefined, 3]);
  assertEquals([object?.fields, object?.metadata, object?.storageClass], [
    { contentType: "a/b" },
    new Map([["name", "value"]]),
    "NEARLINE",
  ]);
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "a")), "123456789");
  assertEquals(fake.unfinished("bucket"), 0);
  assertEquals(reasonOf(await complete(fake, id, [[2, first]])), "404 NoSuchUpload");
});

Deno.test("preconditions are refused as not implemented, at the beginning and at the end", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const condition = { "x-goog-if-generation-match": "0" };
  const begun = await gcsRequest(fake, { method: "POST", path: "/bucket/a?uploads", headers: condition });
  assertEquals(reasonOf(begun), "400 NotImplemented");
  const id = await begin(fake);
  const etag = await put(fake, id, 1, "bytes");
  assertEquals(reasonOf(await complete(fake, id, [[1, etag]], condition)), "400 NotImplemented");
  assertEquals(
    reasonOf(await complete(fake, id, [[1, etag]], { "if-none-match": "*" })),
    "400 NotImplemented",
  );
  assertEquals((await complete(fake, id, [[1, etag]])).status, 200);
});

Deno.test("parts are refused that are damaged, too small, unknown or out of order", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const id = await begin(fake);
  const send = (query: string, headers = {}) =>
    gcsRequest(fake, { method: "PUT", path: `/bucket/a?${query}`, body: "bytes", headers });
  assertEquals(
    reasonOf(await send(`partNumber=1&uploadId=${id}`, { "x-goog-hash": "crc32c=AAAAAA==" })),
    "400 BadDigest",
  );
  assertEquals(reasonOf(await send(`partNumber=0&uploadId=${id}`)), "400 InvalidArgument");
  assertEquals(reasonOf(await send(`partNumber=10001&uploadId=${id}`)), "400 InvalidArgument");
  assertEquals(reasonOf(await send("partNumber=1&uploadId=none")), "404 NoSuchUpload");
  const [one, two] = [await put(fake, id, 1, "bytes"), await put(fake, id, 2, "more")];
  assertEquals(reasonOf(await complete(fake, id, [[1, one], [2, two]])), "400 EntityTooSmall");
  assertEquals(reasonOf(await complete(fake, id, [[2, two], [1, one]])), "400 InvalidPartOrder");
  assertEquals(reasonOf(await complete(fake, id, [[1, two]])), "400 InvalidPart");
  assertEquals(reasonOf(await complete(fake, id, [[3, two]])), "400 InvalidPart");
  assertEquals(reasonOf(await complete(fake, id, [])), "400 MalformedXML");
  assertEquals(
    reasonOf(await complete(fake, id, [[1, one]], { "x-goog-hash": "crc32c=AAAAAA==" })),
    "400 BadDigest",
  );
  assertEquals(fake.object("bucket", "a"), undefined);
});

Deno.test("parts and uploads are listed in pages, and an upload that is given up is gone", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const ids = [await begin(fake), await begin(fake), await begin(fake, "/bucket/b")];
  const [id = ""] = ids;
  for (const number of [3, 1, 2]) await put(fake, id, number, "x".repeat(number));
  const list = async (path: string) => (await gcsRequest(fake, { path })).text;
  const page = await list(`/bucket/a?uploadId=${id}&max-parts=2`);
  assertEquals([...page.matchAll(/<Size>(\d+)/g)].map(([, size]) => size), ["1", "2"]);
  assertMatch(page, /<NextPartNumberMarker>2<.*<IsTruncated>true</);
  const rest = await list(`/bucket/a?uploadId=${id}&part-number-marker=2`);
  assertEquals([...rest.matchAll(/<PartNumber>(\d+)/g)].map(([, number]) => number), ["3"]);
  assertMatch(rest, /<IsTruncated>false</);
  const uploads = async (query: string) =>
    [...(await list(`/bucket?uploads${query}`)).matchAll(/<UploadId>(.*?)</g)].map(([, one]) => one);
  assertEquals(await uploads(""), ids);
  assertEquals(await uploads("&max-uploads=1"), ids.slice(0, 1));
  assertEquals(await uploads(`&key-marker=a&upload-id-marker=${id}`), ids.slice(1));
  assertEquals(await uploads("&prefix=b"), ids.slice(2));
  const drop = () => gcsRequest(fake, { method: "DELETE", path: `/bucket/a?uploadId=${id}` });
  assertEquals((await drop()).status, 204);
  assertEquals(reasonOf(await drop()), "404 NoSuchUpload");
  assertEquals(fake.unfinished("bucket"), 2);
});

Deno.test("an emulator has no uploads in parts, or no XML API at all", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"], refusesParts: true });
  fake.putObject("bucket", "a", "bytes");
  assertEquals(
    reasonOf(await gcsRequest(fake, { method: "POST", path: "/bucket/a?uploads" })),
    "405 MethodNotAllowed",
  );
  assertEquals((await gcsRequest(fake, { path: "/bucket/a" })).status, 200);
  fake.settings.refusesXml = true;
  assertEquals((await gcsRequest(fake, { path: "/bucket/a" })).status, 404);
  assertEquals((await gcsRequest(fake, { path: "/b/bucket/o/a" })).status, 200);
});
