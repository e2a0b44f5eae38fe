import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { type FakeGcs, gcsRequest, reasonOf, startFakeGcs } from "./gcs/mod.ts";

const OBJECT = "/storage/v1/b/bucket/o/a%2Fb";
const INSERT = "/upload/storage/v1/b/bucket/o?uploadType=media&name=a%2Fb";

/** A body of `multipart/related`. */
function related(document: unknown, bytes: string): { headers: Record<string, string>; body: string } {
  const part = (type: string, body: string) => `--mark\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`;
  return {
    headers: { "content-type": 'multipart/related; boundary="mark"' },
    body: part("application/json; charset=UTF-8", JSON.stringify(document)) + part("text/plain", bytes) +
      "--mark--",
  };
}

async function insert(fake: FakeGcs, document: Record<string, unknown>, query = "") {
  const path = `/upload/storage/v1/b/bucket/o?uploadType=multipart${query}`;
  return await gcsRequest(fake, { method: "POST", path, ...related(document, "bytes") });
}

Deno.test("an object that is inserted is described, by both path styles and with its name encoded whole", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const made = await gcsRequest(fake, {
    method: "POST",
    path: INSERT,
    body: "bytes",
    headers: { "content-type": "a/b" },
  });
  assertEquals(made.status, 200);
  const { size, crc32c, md5Hash, contentType, storageClass, metageneration } = JSON.parse(made.text);
  const stored = fake.object("bucket", "a/b");
  assertEquals([size, crc32c, md5Hash], ["5", stored?.crc32c, stored?.md5]);
  assertEquals([contentType, storageClass, metageneration], ["a/b", "STANDARD", "1"]);
  for (const path of [OBJECT, "/b/bucket/o/a%2Fb"]) {
    assertEquals(JSON.parse((await gcsRequest(fake, { path })).text), JSON.parse(made.text));
  }
  assertEquals(reasonOf(await gcsRequest(fake, { path: "/storage/v1/b/bucket/o/a/b" })), "404 notFound");
  assertMatch(made.headers["x-guploader-uploadid"] ?? "", /\S/);
});

Deno.test("a multipart insert takes the attributes of its document, and is refused where its name differs", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const document = {
    name: "a",
    contentType: "text/html",
    cacheControl: "no-cache",
    customTime: "2026-01-01T00:00:00Z",
    storageClass: "NEARLINE",
    metadata: { Name: "wert ü" },
  };
  const made = JSON.parse((await insert(fake, document)).text);
  for (const [name, value] of Object.entries(document)) assertEquals(made[name], value);
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "a")), "bytes");
  assertEquals(reasonOf(await insert(fake, { name: "a" }, "&name=b")), "400 invalid");
  assertEquals(reasonOf(await insert(fake, {})), "400 required");
  assertEquals(reasonOf(await insert(fake, { name: "a", storageClass: "COLD" })), "400 invalid");
  assertEquals(reasonOf(await insert(fake, { name: "a\nb" })), "400 invalid");
  assertEquals(reasonOf(await insert(fake, { name: "a".repeat(1025) })), "400 invalid");
  assertEquals(reasonOf(await insert(fake, { name: "a", metadata: { a: "b".repeat(8192) } })), "400 invalid");
});

Deno.test("a body of several parts is taken to the byte, and refused without its end", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const path = "/upload/storage/v1/b/bucket/o?uploadType=multipart";
  const tricky = "\r\n--marks\r\n--mar\r\n\r\n";
  const { headers, body } = related({ name: "a" }, tricky);
  // A line that begins as the mark does is one.
  const cut = { headers, body: body.replace("--marks", "--xarks") };
  assertEquals((await gcsRequest(fake, { method: "POST", path, ...cut })).status, 200);
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "a")), tricky.replace("--marks", "--xarks"));
  const open = { headers, body: body.slice(0, -2) };
  assertEquals(reasonOf(await gcsRequest(fake, { method: "POST", path, ...open })), "400 invalid");
});

Deno.test("bytes that have not the checksum that came with them are refused, and nothing is stored", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const wrong = { "x-goog-hash": "crc32c=AAAAAA==" };
  const refused = await gcsRequest(fake, { method: "POST", path: INSERT, body: "bytes", headers: wrong });
  assertEquals(reasonOf(refused), "400 invalid");
  assertMatch(refused.text, /Provided CRC32C \\"AAAAAA==\\" doesn't match calculated/);
  assertEquals(reasonOf(await insert(fake, { name: "a", crc32c: "AAAAAA==" })), "400 invalid");
  assertEquals(
    reasonOf(await insert(fake, { name: "a", md5Hash: "AAAAAAAAAAAAAAAAAAAAAA==" })),
    "400 invalid",
  );
  assertEquals(fake.objects("bucket"), []);
  const { crc32c, md5 } = fake.putObject("bucket", "b", "bytes");
  assertEquals((await insert(fake, { name: "a", crc32c, md5Hash: md5 })).status, 200);
});

Deno.test("the checksums are those of the published test vectors, small and large", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const { crc32c, md5 } = fake.putObject("bucket", "a", "123456789");
  assertEquals(crc32c, Uint8Array.fromHex("e3069283").toBase64());
  assertEquals(md5, Uint8Array.fromHex("25f9e794323b453885f5181f1b624d0b").toBase64());
  // RFC 3720, appendix B.4: 32 bytes of zeros; and as many more as the kernel computes by itself.
  assertEquals(
    fake.putObject("bucket", "b", new Uint8Array(32)).crc32c,
    Uint8Array.fromHex("8a9136aa").toBase64(),
  );
  assertEquals(
    fake.putSynthetic("bucket", "c", { size: 2 ** 20, seed: 0 }).crc32c,
    Uint8Array.fromHex("14298c12").toBase64(),
  );
});

Deno.test("a patch takes back what is null, keeps what is absent, and counts", async () => {
  const clock = new FakeClock();
  await using fake = await startFakeGcs({ buckets: ["bucket"], clock: () => clock.now() });
  const { generation } = fake.putObject("bucket", "a/b", "bytes", {
    fields: { contentType: "a/b", cacheControl: "no-cache" },
    metadata: new Map([["one", "1"], ["two", "2"]]),
  });
  const patch = async (body: Record<string, unknown>, query = "") =>
    await gcsRequest(fake, { method: "PATCH", path: OBJECT + query, body });
  const changed = JSON.parse((await patch({ cacheControl: null, metadata: { two: null, three: "3" } })).text);
  assertEquals([changed.generation, changed.metageneration], [generation, "2"]);
  assertEquals([changed.contentType, changed.cacheControl], ["a/b", undefined]);
  assertEquals(changed.metadata, { one: "1", three: "3" });
  assertEquals(JSON.parse((await patch({ metadata: null })).text).metadata, undefined);
  assertEquals(reasonOf(await patch({ metadata: {} }, "?ifMetagenerationMatch=2")), "412 conditionNotMet");
  assertEquals(
    (await patch({ metadata: {} }, `?ifMetagenerationMatch=3&ifGenerationMatch=${generation}`)).status,
    200,
  );
});

Deno.test("conditions on generations hold or refuse: 412 for writes, 304 for reads, 404 where there is nothing", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const post = (query: string) => gcsRequest(fake, { method: "POST", path: INSERT + query, body: "b" });
  assertEquals(reasonOf(await post("&ifGenerationMatch=1")), "412 conditionNotMet");
  assertEquals(reasonOf(await post("&ifGenerationNotMatch=0")), "412 conditionNotMet");
  const { generation } = JSON.parse((await post("&ifGenerationMatch=0")).text);
  assertEquals(reasonOf(await post("&ifGenerationMatch=0")), "412 conditionNotMet");
  assertEquals(reasonOf(await post("&ifGenerationMatch=x")), "400 invalid");
  const get = (query: string, path = OBJECT) => gcsRequest(fake, { path: `${path}?${query}` });
  assertEquals(reasonOf(await get("ifGenerationMatch=1")), "412 conditionNotMet");
  assertEquals((await get(`ifGenerationMatch=${generation}&ifMetagenerationMatch=1`)).status, 200);
  const unchanged = await get(`ifGenerationNotMatch=${generation}`);
  assertEquals([unchanged.status, unchanged.body.length], [304, 0]);
  assertEquals((await get("ifMetagenerationNotMatch=1&alt=media")).status, 304);
  assertEquals(reasonOf(await get("ifGenerationMatch=1", "/b/bucket/o/none")), "404 notFound");
  const drop = (query: string) => gcsRequest(fake, { method: "DELETE", path: `${OBJECT}?${query}` });
  assertEquals(reasonOf(await drop("ifGenerationMatch=1")), "412 conditionNotMet");
  assertEquals((await drop(`ifGenerationMatch=${generation}`)).status, 204);
  assertEquals(reasonOf(await drop(`ifGenerationMatch=${generation}`)), "404 notFound");
});

Deno.test("what was deleted is out of sight without versions, and noncurrent with them", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const versioned = fake.createBucket("versioned", { versioning: true });
  for (const bucket of ["bucket", "versioned"]) {
    const { generation } = fake.putObject(bucket, "a", "old");
    const newer = fake.putObject(bucket, "a", "new").generation;
    const path = `/b/${bucket}/o/a`;
    assertEquals((await gcsRequest(fake, { method: "DELETE", path })).status, 204);
    assertEquals(reasonOf(await gcsRequest(fake, { path })), "404 notFound");
    const found = await Promise.all(
      [generation, newer].map((one) => gcsRequest(fake, { path: `${path}?generation=${one}` })),
    );
    assertEquals(found.map(({ status }) => status), bucket === "versioned" ? [200, 200] : [404, 404]);
    const list = JSON.parse((await gcsRequest(fake, { path: `/b/${bucket}/o?versions=true` })).text);
    assertEquals(list.items?.length, bucket === "versioned" ? 2 : undefined);
    if (bucket === "versioned") {
      assert(list.items.every(({ timeDeleted }: Record<string, unknown>) => timeDeleted));
    }
  }
  const [first] = versioned.entry("a")?.older ?? [];
  const path = `/b/versioned/o/a?generation=${first?.generation}`;
  assertEquals((await gcsRequest(fake, { method: "DELETE", path })).status, 204);
  assertEquals(versioned.entry("a")?.older.length, 1);
});

Deno.test("holds and retention refuse to delete and to replace, until they end", async () => {
  const clock = new FakeClock();
  await using fake = await startFakeGcs({ buckets: ["bucket"], clock: () => clock.now() });
  const drop = () => gcsRequest(fake, { method: "DELETE", path: OBJECT });
  const replace = () => gcsRequest(fake, { method: "POST", path: INSERT, body: "b" });
  for (const name of ["temporaryHold", "eventBasedHold"] as const) {
    const object = fake.putObject("bucket", "a/b", "held", { [name]: true });
    assertEquals(reasonOf(await drop()), "403 objectUnderActiveHold");
    assertEquals(reasonOf(await replace()), "403 objectUnderActiveHold");
    object[name] = false;
    assertEquals((await replace()).status, 200);
  }
  const retainUntilTime = new Date(clock.now() + 1000).toISOString();
  fake.putObject("bucket", "a/b", "kept", { retention: { mode: "Unlocked", retainUntilTime } });
  assertEquals(reasonOf(await drop()), "403 retentionPolicyNotMet");
  fake.bucket("bucket").settings.retentionMs = 5000;
  await clock.advance(1000);
  assertEquals(reasonOf(await drop()), "403 retentionPolicyNotMet");
  await clock.advance(4000);
  assertEquals((await drop()).status, 204);
});

Deno.test("an object that changes too often is refused with 429, others are not", async () => {
  const clock = new FakeClock();
  await using fake = await startFakeGcs({
    buckets: ["bucket"],
    clock: () => clock.now(),
    maxMutationRate: 1,
  });
  const post = (name: string) =>
    gcsRequest(fake, { method: "POST", path: INSERT.replace("a%2Fb", name), body: "b" });
  assertEquals((await post("a")).status, 200);
  assertEquals(reasonOf(await post("a")), "429 rateLimitExceeded");
  assertEquals((await post("b")).status, 200);
  await clock.advance(1000);
  assertEquals((await post("a")).status, 200);
});
