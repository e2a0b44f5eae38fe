import { assertEquals, assertMatch } from "@std/assert";
import { RawConnection, until } from "@lade/testing/http";
import { type FakeGcs, type FakeGcsOptions, gcsRequest, reasonOf, startFakeGcs } from "./gcs/mod.ts";

const UNIT = 256 * 1024;

/** A fake with the bucket `bucket`. */
function started(options: FakeGcsOptions = {}): Promise<FakeGcs> {
  return startFakeGcs({ buckets: ["bucket"], ...options });
}

/** Bytes that are no two the same at a place. */
function sample(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 255);
}

/** Begins an upload and says where it goes on. */
async function begin(
  fake: FakeGcs,
  options: { query?: string; headers?: Record<string, string>; body?: object } = {},
) {
  const path = `/upload/storage/v1/b/bucket/o?uploadType=resumable&name=a${options.query ?? ""}`;
  const answer = await gcsRequest(fake, {
    method: "POST",
    path,
    headers: options.headers ?? {},
    body: { ...options.body },
  });
  assertEquals([answer.status, answer.body.length], [200, 0]);
  const location = new URL(answer.headers["location"] ?? "");
  assertEquals(location.origin, fake.url);
  return location.pathname + location.search;
}

/** Sends to a session, in short: status and what is stored. The session's URI is enough of a proof. */
async function send(
  fake: FakeGcs,
  path: string,
  range: string,
  body: Uint8Array = new Uint8Array(0),
  headers = {},
) {
  const answer = await gcsRequest(fake, {
    method: "PUT",
    path,
    body,
    token: null,
    headers: { "content-range": range, ...headers },
  });
  return answer.status === 308 ? `308 ${answer.headers["range"] ?? "nothing"}` : reasonOf(answer);
}

Deno.test("chunks are taken one after the other, and the object is made with the last one", async () => {
  await using fake = await started();
  const bytes = sample(2 * UNIT + 100);
  const path = await begin(fake, {
    headers: { "x-upload-content-type": "a/b" },
    body: { metadata: { name: "value" } },
  });
  assertEquals(fake.unfinished("bucket"), 1);
  assertEquals(await send(fake, path, "bytes */*"), "308 nothing");
  assertEquals(
    await send(fake, path, `bytes 0-${UNIT - 1}/*`, bytes.subarray(0, UNIT)),
    `308 bytes=0-${UNIT - 1}`,
  );
  assertEquals(await send(fake, path, "bytes */*"), `308 bytes=0-${UNIT - 1}`);
  assertEquals(fake.object("bucket", "a"), undefined);
  const rest = bytes.subarray(UNIT);
  assertEquals(await send(fake, path, `bytes ${UNIT}-${bytes.length - 1}/${bytes.length}`, rest), "200");
  assertEquals(fake.bytes("bucket", "a"), bytes);
  const { fields, metadata, crc32c, md5 } = fake.object("bucket", "a") ?? {};
  assertEquals([fields, metadata], [{ contentType: "a/b" }, new Map([["name", "value"]])]);
  const whole = fake.putObject("bucket", "b", bytes);
  assertEquals([crc32c, md5], [whole.crc32c, whole.md5]);
  for (const range of ["bytes */*", `bytes */${bytes.length}`]) {
    assertEquals(await send(fake, path, range), "200");
  }
  assertEquals(fake.unfinished("bucket"), 0);
});

Deno.test("a size that is told at last finishes what is stored, with none of it too", async () => {
  await using fake = await started();
  const bytes = sample(UNIT);
  const path = await begin(fake);
  assertEquals(await send(fake, path, `bytes 0-${UNIT - 1}/*`, bytes), `308 bytes=0-${UNIT - 1}`);
  assertEquals(await send(fake, path, `bytes */${UNIT}`), "200");
  assertEquals(fake.bytes("bucket", "a"), bytes);
  assertEquals(await send(fake, await begin(fake), "bytes */0"), "200");
  assertEquals(fake.bytes("bucket", "a"), new Uint8Array(0));
  const known = await begin(fake, { headers: { "x-upload-content-length": "5" } });
  assertEquals(await send(fake, known, "bytes 0-3/4", sample(4)), "400 invalid");
  assertEquals(await send(fake, known, "bytes 0-*/*", sample(5)), "200");
  assertEquals(fake.bytes("bucket", "a"), sample(5));
});

Deno.test("a chunk that is no multiple of 256 KiB is refused, or taken as far as it is one", async () => {
  await using fake = await started();
  const path = await begin(fake);
  const bytes = sample(UNIT + 1);
  assertEquals(await send(fake, path, `bytes 0-${UNIT}/*`, bytes), "400 invalid");
  assertEquals(await send(fake, path, `bytes 0-${UNIT}/${UNIT + 2}`, bytes), "400 invalid");
  assertEquals(await send(fake, path, "bytes */*"), "308 nothing");
  fake.settings.takesOddChunks = true;
  assertEquals(await send(fake, path, `bytes 0-${UNIT}/*`, bytes), `308 bytes=0-${UNIT - 1}`);
  assertEquals(await send(fake, path, "bytes 9-1/*", bytes), "400 invalid");
  assertEquals(await send(fake, path, "bytes x", bytes), "400 invalid");
  assertEquals(await send(fake, path, `bytes ${UNIT}-${UNIT + 9}/*`, bytes), "400 invalid");
});

Deno.test("bytes that are there already are passed over, and a gap is refused with 503 in text alone", async () => {
  await using fake = await started();
  const bytes = sample(3 * UNIT);
  const path = await begin(fake);
  await send(fake, path, `bytes 0-${2 * UNIT - 1}/*`, bytes.subarray(0, 2 * UNIT));
  const gap = await gcsRequest(fake, {
    method: "PUT",
    path,
    headers: { "content-range": `bytes ${3 * UNIT}-${4 * UNIT - 1}/*` },
    body: sample(UNIT),
  });
  assertEquals([gap.status, gap.headers["content-type"]], [503, "text/plain; charset=UTF-8"]);
  assertEquals(
    gap.text,
    `Invalid request.  According to the Content-Range header, the upload offset is ${3 * UNIT} byte(s), ` +
      `which exceeds already uploaded size of ${2 * UNIT} byte(s).`,
  );
  assertEquals(
    await send(fake, path, `bytes 0-${UNIT - 1}/*`, bytes.subarray(0, UNIT)),
    `308 bytes=0-${2 * UNIT - 1}`,
  );
  assertEquals(
    await send(fake, path, `bytes ${UNIT}-${3 * UNIT - 1}/${3 * UNIT}`, bytes.subarray(UNIT)),
    "200",
  );
  assertEquals(fake.bytes("bucket", "a"), bytes);
});

Deno.test("on command a session stores less than it is sent, and says so", async () => {
  await using fake = await started({ maxStoredBytes: UNIT + 5 });
  const bytes = sample(2 * UNIT + 7);
  const path = await begin(fake);
  const size = bytes.length;
  assertEquals(await send(fake, path, `bytes 0-${size - 1}/${size}`, bytes), `308 bytes=0-${UNIT - 1}`);
  const rest = (from: number) => send(fake, path, `bytes ${from}-${size - 1}/${size}`, bytes.subarray(from));
  assertEquals(await rest(UNIT), `308 bytes=0-${2 * UNIT - 1}`);
  assertEquals(await rest(2 * UNIT), "200");
  assertEquals(fake.bytes("bucket", "a"), bytes);
});

Deno.test("what came before a connection broke is stored in whole units", async () => {
  await using fake = await started();
  const bytes = sample(2 * UNIT);
  const path = await begin(fake);
  const head = `PUT ${path} HTTP/1.1\r\nhost: a\r\ncontent-range: bytes 0-${
    2 * UNIT - 1
  }/*\r\ncontent-length: ${2 * UNIT}`;
  {
    using connection = await RawConnection.open(fake);
    await connection.write(`${head}\r\n\r\n`, bytes.subarray(0, UNIT + 1000));
  }
  await until(() => fake.requests.length === 2 && fake.openConnections === 0);
  assertEquals(await send(fake, path, "bytes */*"), `308 bytes=0-${UNIT - 1}`);
});

Deno.test("checksums are those of the whole, told at the beginning or with the last chunk", async () => {
  await using fake = await started();
  const bytes = sample(UNIT + 5);
  const { crc32c, md5 } = fake.putObject("bucket", "b", bytes);
  const upload = async (hash: string, body = {}) => {
    const path = await begin(fake, { body });
    await send(fake, path, `bytes 0-${UNIT - 1}/*`, bytes.subarray(0, UNIT));
    const last = `bytes ${UNIT}-${bytes.length - 1}/${bytes.length}`;
    const headers = hash === "" ? {} : { "x-goog-hash": hash };
    return [await send(fake, path, last, bytes.subarray(UNIT), headers), await send(fake, path, "bytes */*")];
  };
  assertEquals(await upload("crc32c=AAAAAA=="), ["400 invalid", "404 notFound"]);
  assertEquals(await upload("", { crc32c: "AAAAAA==" }), ["400 invalid", "404 notFound"]);
  assertEquals(fake.object("bucket", "a"), undefined);
  assertEquals(await upload(`crc32c=${crc32c},md5=${md5}`, { crc32c }), ["200", "200"]);
});

Deno.test("conditions hold at the beginning and at the end, and the bytes stay where they do not", async () => {
  await using fake = await started();
  const path = await begin(fake, { query: "&ifGenerationMatch=0" });
  fake.putObject("bucket", "a", "another");
  const again = `/upload/storage/v1/b/bucket/o?uploadType=resumable&name=a&ifGenerationMatch=0`;
  assertEquals(reasonOf(await gcsRequest(fake, { method: "POST", path: again })), "412 conditionNotMet");
  assertEquals(await send(fake, path, "bytes 0-4/5", sample(5)), "412 conditionNotMet");
  assertEquals(await send(fake, path, "bytes */*"), "308 bytes=0-4");
  fake.removeObject("bucket", "a");
  assertEquals(await send(fake, path, "bytes */5"), "200");
  assertEquals(fake.bytes("bucket", "a"), sample(5));
});

Deno.test("a session ends when it is cancelled or expires, and is unknown elsewhere", async () => {
  await using fake = await started();
  const cancelled = await begin(fake);
  const cancel = () => gcsRequest(fake, { method: "DELETE", path: cancelled, token: null });
  assertEquals(reasonOf(await cancel()), "499 clientClosedRequest");
  assertEquals(await send(fake, cancelled, "bytes */*"), "499 clientClosedRequest");
  for (const [status, said] of [[410, "410 gone"], [404, "404 notFound"]] as const) {
    const expired = await begin(fake);
    fake.expireSessions(status);
    assertEquals(await send(fake, expired, "bytes 0-4/5", sample(5)), said);
  }
  assertEquals(fake.unfinished("bucket"), 0);
  assertEquals(await send(fake, "/upload/storage/v1/b/bucket/o?upload_id=none", "bytes */*"), "404 notFound");
  const path = await begin(fake);
  const token = fake.issueToken();
  fake.tokens.revoke(token);
  assertEquals(reasonOf(await gcsRequest(fake, { method: "PUT", path, token })), "401 authError");
  assertMatch(fake.requests.at(-1)?.key ?? "", /^a$/);
});
