import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  abortUpload,
  AlreadyExistsError,
  ChecksumMismatchError,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  resumePartWriter,
  ServiceError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { sampleBytes } from "@lade/testing/conformance";
import {
  assertSilent,
  assertWritten,
  CHUNK,
  SENDING,
  type SessionBench,
  sessionBench,
  told,
} from "./session_bench.ts";

const DATA = sampleBytes(3 * CHUNK + 100, 7);
const OPTIONS = { resumable: true, ifNoneMatch: "*", metadata: { name: "value" } } as const;

Deno.test("a write goes on from the byte that the service has, by its token, and its condition holds still", async () => {
  for (const [parts, cut] of [[0, 0], [1, 0], [2, 1000], [2, 4095], [4, 0]] as const) {
    await using bench = await sessionBench({ server: { chunkUnit: 1 } });
    const { fake, store } = bench;
    const token = await left(bench, parts, cut);
    fake.requests.length = bench.chunks.length = 0;
    await using writer = await resumePartWriter(store, "object", DATA.length, token);
    // The end of the object is sent when it is closed.
    const whole = Math.min(parts, 3);
    assertEquals(
      [0, 1, 2, 3].map((index) => writer.isWritten(index)),
      [0, 1, 2, 3].map((index) => index < whole),
    );
    assertEquals([writer.ordered, writer.partSize, writer.token], [true, CHUNK, token]);
    for (let index = whole; index < 4; index++) await writer.writePart(index, part(index));
    const { size, checksums } = await writer.close();
    assertEquals([size, checksums?.crc32c], [DATA.length, crc32cToBase64(crc32c(DATA))]);
    await assertWritten(bench, "object", DATA);
    assertEquals(bench.chunks[0]?.first, whole * CHUNK + cut);
    assertEquals((await store.head("object")).metadata, { name: "value" });
  }
  await using bench = await sessionBench();
  const token = await left(bench, 2, 0);
  bench.fake.putObject("bucket", "object", "other");
  await using writer = await resumePartWriter(bench.store, "object", DATA.length, token);
  for (const index of [2, 3]) await writer.writePart(index, part(index));
  await assertRejects(() => writer.close(), AlreadyExistsError);
});

Deno.test("a write whose end was cut off goes on behind its last byte, and needs no part for that", async () => {
  await using bench = await sessionBench({ server: { chunkUnit: 1 } });
  const { fake, store } = bench;
  const first = await store.createPartWriter("object", DATA.length, OPTIONS);
  for (const index of [0, 1, 2, 3]) await first.writePart(index, part(index));
  await first.detach();
  // What a last request sends that breaks off behind its last byte.
  fake.sessions.forEach((session) => session.size = undefined);
  const { id } = JSON.parse(first.token ?? "");
  const headers = { "content-range": `bytes ${3 * CHUNK}-${DATA.length - 1}/*` };
  const { status } = await fetch(fake.url + id, { method: "PUT", headers, body: part(3).slice() });
  assertEquals(status, 308);
  await using second = await resumePartWriter(store, "object", DATA.length, first.token ?? "");
  assertEquals([0, 1, 2, 3].map((index) => second.isWritten(index)), [true, true, true, true]);
  await second.close();
  await assertWritten(bench, "object", DATA);
  assertEquals(told(bench).at(-2), `resumable.query bytes */${DATA.length}`);
});

Deno.test("a write that was closed, aborted or has expired cannot be gone on with", async () => {
  for (const end of ["close", "abort", "abortUpload", 404, 410] as const) {
    await using bench = await sessionBench();
    const { fake, store } = bench;
    const writer = await store.createPartWriter("object", DATA.length, OPTIONS);
    const token = writer.token ?? "";
    for (const index of [0, 1, 2, 3]) await writer.writePart(index, part(index));
    if (end === "close") await writer.close();
    else if (end === "abort") await writer.abort();
    else if (end === "abortUpload") {
      await abortUpload(store, "object", token);
      await abortUpload(store, "object", token);
      await assertRejects(() => writer.close(), NotFoundError, "the upload was aborted");
    } else fake.sessions.forEach((session) => session.gone = end);
    const resume = () => resumePartWriter(store, "object", DATA.length, token);
    assertSilent(bench, await assertRejects(resume, NotFoundError, "closed or aborted, or has expired"));
    assertEquals(fake.objects("bucket").length, end === "close" ? 1 : 0);
  }
});

Deno.test("a write that goes on is held to its size, since its checksum is not known, and what is shorter is removed", async () => {
  await using bench = await sessionBench();
  const token = await left(bench, 2, 0);
  await using writer = await resumePartWriter(bench.store, "object", DATA.length, token);
  for (const index of [2, 3]) await writer.writePart(index, part(index));
  const action = { kind: "rewrite", from: /"size":"[^"]*"/, to: '"size":"5"' } as const;
  bench.fake.faults.add({ match: { operation: "resumable.finish" }, action });
  await assertRejects(() => writer.close(), ChecksumMismatchError, "the service stored 5 bytes");
  assertEquals(bench.fake.objects("bucket"), []);
});

Deno.test("an endpoint that takes the question how far a write is for its end is told of", async () => {
  await using bench = await sessionBench();
  const token = await left(bench, 1, 0);
  const body = JSON.stringify({ kind: "storage#object", name: "object", size: `${CHUNK}`, generation: "1" });
  const action = { kind: "answer", status: 200, headers: { "x-guploader-uploadid": "1" }, body } as const;
  bench.fake.faults.add({ match: { operation: "resumable.query" }, action });
  const resume = () => resumePartWriter(bench.store, "object", DATA.length, token);
  await assertRejects(resume, UnsupportedError, `made an object of ${CHUNK} bytes`);
});

Deno.test("a write with a token is never begun anew behind its back", async () => {
  await using bench = await sessionBench();
  const writer = await bench.store.createPartWriter("object", DATA.length, OPTIONS);
  bench.fake.sessions.forEach((session) => session.gone = 410);
  await assertRejects(() => writer.writePart(0, part(0)), UnavailableError, "has expired");
  assertEquals(bench.fake.sessions.size, 1);
});

Deno.test("a token leads to sessions alone, of its own object and size", async () => {
  await using bench = await sessionBench();
  const { fake, store } = bench;
  const token = await left(bench, 2, 0);
  const members = JSON.parse(token);
  fake.requests.length = 0;
  const ids = [
    "/bucket/other?upload_id=1",
    "/bucket/other",
    "https://elsewhere.example/upload/?upload_id=1",
    "x",
    "/upload/x",
    "/upload/../storage/v1/b/bucket/o/other?upload_id=1",
    "/upload/%2e%2e/storage/v1/b/bucket/o/other?upload_id=1",
    "/storage/v1/b/bucket/o/upload/other?upload_id=1",
    "/other/upload/storage/v1/b/bucket/o?upload_id=1",
    "/upload/storage/v1/b/other/o/b/bucket/o?upload_id=1",
    `${members.id}&name=other`,
  ];
  for (const id of ids) {
    const altered = JSON.stringify({ ...members, id });
    await assertRejects(
      () => resumePartWriter(store, "object", DATA.length, altered),
      TypeError,
      "not one of this service",
    );
  }
  assertEquals(fake.requests, []);
  const resume = (size: number, text: string) => resumePartWriter(store, "object", size, text);
  await assertRejects(() => resume(CHUNK, token), TypeError, `of ${DATA.length} bytes`);
  await assertRejects(
    () => resume(CHUNK, JSON.stringify({ ...members, size: CHUNK })),
    TypeError,
    "not one of this",
  );

  const other = await store.createPartWriter("other", DATA.length, { resumable: true });
  const { id }: { id: string } = JSON.parse(other.token ?? "");
  fake.requests.length = 0;
  for (const wrong of [id, members.id.replace("/b/bucket/", "/b/another/")]) {
    const altered = JSON.stringify({ ...members, id: wrong });
    await assertRejects(() => resume(DATA.length, altered), TypeError, "not one of this service");
    await assertRejects(() => abortUpload(store, "object", altered), TypeError, "not one of this service");
  }
  assertEquals(fake.requests, []);
  // Not every service says in the URI whose it is.
  const unnamed = id.replace(/&name=[^&]*/, "");
  await using writer = await resume(DATA.length, JSON.stringify({ ...members, id: unnamed }));
  for (const index of [0, 1, 2, 3]) await writer.writePart(index, part(index));
  await assertRejects(() => writer.close(), ServiceError, 'made "other" in its place');
});

Deno.test("one writer at a time: what another one has sent is noticed", async () => {
  await using bench = await sessionBench();
  const { store } = bench;
  const token = await left(bench, 1, 0);
  const [one, other] = [
    await resumePartWriter(store, "object", DATA.length, token),
    await resumePartWriter(store, "object", DATA.length, token),
  ];
  for (const index of [1, 2]) await one.writePart(index, part(index));
  const error = await assertRejects(
    () => other.writePart(1, part(1)),
    UnavailableError,
    "another writer goes on",
  );
  assertEquals(error.retryable, false);
  await one.writePart(3, part(3));
  await one.close();
  assertEquals(bench.fake.bytes("bucket", "object"), DATA);
});

Deno.test("a condition on another version is kept over the token", async () => {
  await using bench = await sessionBench();
  const { store } = bench;
  const { etag = "" } = await store.put("object", DATA.subarray(0, 10));
  const writer = await store.createPartWriter("object", DATA.length, { resumable: true, ifMatch: etag });
  await writer.detach();
  await store.put("object", DATA.subarray(0, 11));
  await using second = await resumePartWriter(store, "object", DATA.length, writer.token ?? "");
  for (const index of [0, 1, 2, 3]) await second.writePart(index, part(index));
  await assertRejects(() => second.close(), PreconditionFailedError);
  assert(bench.fake.bytes("bucket", "object")?.length === 11);
});

Deno.test("a write that goes on is begun anew by nobody, and a refusal is no end of it", async () => {
  await using bench = await sessionBench();
  const { fake, store } = bench;
  const token = await left(bench, 0, 0);
  fake.faults.add({ match: { operation: "resumable.query" }, action: { kind: "status", status: 403 } });
  await assertRejects(() => resumePartWriter(store, "object", DATA.length, token), PermissionDeniedError);
  await using writer = await resumePartWriter(store, "object", DATA.length, token);
  fake.expireSessions();
  await assertRejects(() => writer.writePart(0, part(0)), UnavailableError, "has expired");
  assertEquals(fake.sessions.size, 1);
});

Deno.test("bytes of a part are the caller's again once it is written, also those that the end keeps", async () => {
  await using bench = await sessionBench();
  await using writer = await bench.store.createPartWriter("object", DATA.length, OPTIONS);
  for (const index of [0, 1, 2, 3]) {
    const bytes = part(index).slice();
    await writer.writePart(index, bytes);
    bytes.fill(0);
  }
  await writer.close();
  await assertWritten(bench, "object", DATA);
});

function part(index: number): Uint8Array {
  return DATA.subarray(index * CHUNK, (index + 1) * CHUNK);
}

/** Writes some parts, and so many bytes of the next one, and leaves them. */
async function left({ fake, store }: SessionBench, parts: number, cut: number): Promise<string> {
  const writer = await store.createPartWriter("object", DATA.length, OPTIONS);
  for (let index = 0; index < parts; index++) await writer.writePart(index, part(index));
  if (cut > 0) {
    fake.settings.maxStoredBytes = cut;
    fake.faults.add({
      match: { operation: SENDING, nth: 2 },
      action: { kind: "status", status: 403 },
    });
    await assertRejects(() => writer.writePart(parts, part(parts)), PermissionDeniedError);
    fake.settings.maxStoredBytes = Infinity;
  }
  await writer.detach();
  return writer.token ?? "";
}
