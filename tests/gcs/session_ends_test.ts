import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AlreadyExistsError,
  ChecksumMismatchError,
  type Clock,
  createStoreContext,
  NotFoundError,
  ServiceError,
  StoreError,
  systemClock,
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
  WAYS,
} from "./session_bench.ts";

const DATA = sampleBytes(3 * CHUNK + 100, 3);

Deno.test("an expired session starts anew where all of the object's bytes are here, three times at most", async () => {
  for (const gone of [404, 410]) {
    for (const [way, write] of Object.entries(WAYS)) {
      for (const nth of [1, 2, 3, 4]) {
        await using bench = await sessionBench();
        expire(bench, gone, { nth });
        const isLost = nth > 1 && way !== "put()";
        if (isLost) {
          const error = await assertRejects(
            () => write(bench.store, DATA),
            UnavailableError,
            "has expired, and what it had",
          );
          assertSilent(bench, error);
          assertEquals(bench.fake.objects("bucket"), []);
        } else {
          await write(bench.store, DATA);
          await assertWritten(bench, "object", DATA);
          assertEquals(bench.fake.sessions.size, 2);
          assertEquals(told(bench).filter((request) => request.startsWith("resumable.query")), []);
        }
      }
    }
  }
  await using bench = await sessionBench();
  expire(bench, 410, { times: Infinity });
  await assertRejects(
    () => bench.store.put("object", DATA, { ifNoneMatch: "*" }),
    UnavailableError,
    "has expired",
  );
  assertEquals(bench.fake.sessions.size, 4);
});

Deno.test("a session that is gone with a lost last answer is started anew only without a condition", async () => {
  for (const way of ["put()", "createWriter()"]) {
    await using bench = await sessionBench();
    const { fake } = bench;
    fake.faults.add({
      match: { operation: SENDING, nth: way === "put()" ? 4 : 1 },
      action: { kind: "drop-answer", how: "rst" },
    });
    fake.faults.add({
      match: { operation: "resumable.query" },
      action: { kind: "before", run: () => fake.sessions.forEach((session) => session.gone = 404) },
    });
    if (way === "put()") {
      const put = () => bench.store.put("object", DATA, { ifNoneMatch: "*" });
      await assertRejects(put, UnavailableError, "look whether the object is there");
      assertEquals(fake.bytes("bucket", "object"), DATA);
    } else {
      await WAYS[way]?.(bench.store, DATA);
      assertEquals(fake.bytes("bucket", "object"), DATA);
    }
  }
});

Deno.test("a session that is gone with the lost answer to a write of another version is not started anew", async () => {
  await using bench = await sessionBench();
  const { fake, store } = bench;
  const { etag = "" } = await store.put("object", DATA.subarray(0, 9));
  fake.faults.add({ match: { operation: SENDING, nth: 4 }, action: { kind: "drop-answer", how: "rst" } });
  const run = () => fake.sessions.forEach((session) => session.gone = 404);
  fake.faults.add({ match: { operation: "resumable.query" }, action: { kind: "before", run } });
  const put = () => store.put("object", DATA, { ifMatch: etag });
  await assertRejects(put, UnavailableError, "look whether the object is there");
  assertEquals(fake.bytes("bucket", "object"), DATA);
});

Deno.test("a page in between does not say that a session is gone", async () => {
  await using bench = await sessionBench();
  const page = { kind: "answer", status: 404, headers: {}, body: "<html>not found</html>" } as const;
  const lost = { kind: "drop-answer", how: "rst" } as const;
  bench.fake.faults.add({ match: { operation: SENDING, nth: 2 }, action: lost });
  bench.fake.faults.add({ match: { operation: "resumable.query", times: Infinity }, action: page });
  await bench.store.put("object", DATA, { ifNoneMatch: "*" }).catch(() => {});
  assertEquals(bench.fake.sessions.size, 1);
});

Deno.test("an upload that somebody aborts is a NotFoundError, and one that somebody closes an UnavailableError", async () => {
  await using bench = await sessionBench();
  expire(bench, 499, { nth: 2 });
  await assertRejects(
    () => bench.store.put("object", DATA, { ifNoneMatch: "*" }),
    NotFoundError,
    "the upload was aborted",
  );
  assertEquals(bench.fake.sessions.size, 1);

  await using other = await sessionBench();
  const { store } = other;
  const first = await store.createPartWriter("object", DATA.length, { resumable: true, ifNoneMatch: "*" });
  const second = await store.resumePartWriter("object", DATA.length, first.token ?? "");
  const part = (index: number) => DATA.subarray(index * CHUNK, (index + 1) * CHUNK);
  for (const index of [0, 1, 2, 3]) await second.writePart(index, part(index));
  await second.close();
  await assertRejects(
    () => first.writePart(0, part(0)),
    UnavailableError,
    "another writer has closed the upload",
  );
  assertEquals(other.fake.bytes("bucket", "object"), DATA);
});

Deno.test("an endpoint that makes an object of the first chunk is told of, and the object removed", async () => {
  for (const isLost of [false, true]) {
    await using bench = await sessionBench();
    const { fake } = bench;
    const early = () => fake.sessions.forEach((session) => session.size = CHUNK);
    fake.faults.add({
      match: { operation: SENDING },
      action: [
        { kind: "before", run: early },
        ...isLost ? [{ kind: "drop-answer", how: "rst" } as const] : [],
      ],
    });
    const write = () => WAYS["createWriter()"]?.(bench.store, DATA) as Promise<unknown>;
    await assertRejects(write, UnsupportedError, `made an object of ${CHUNK} bytes before all were sent`);
    assertEquals(fake.objects("bucket"), []);
  }
});

Deno.test("an object of somebody else's that an answer in the middle describes is not removed", async () => {
  for (const [name, size] of [["object", 0], ["other", CHUNK], ["object", 100 * CHUNK]] as const) {
    await using bench = await sessionBench();
    const { fake } = bench;
    const { generation } = fake.putObject("bucket", "object", new Uint8Array(size));
    const resource = { kind: "storage#object", name, size: `${size}`, generation, updated: new Date() };
    fake.faults.add({
      match: { operation: SENDING, nth: 2 },
      action: {
        kind: "answer",
        status: 200,
        headers: { "content-type": "application/json", "x-guploader-uploadid": "x" },
        body: JSON.stringify(resource),
      },
    });
    const write = () => WAYS["createWriter()"]?.(bench.store, DATA) as Promise<unknown>;
    await assertRejects(write, UnsupportedError, `made an object of ${size} bytes before all were sent`);
    assertEquals(fake.object("bucket", "object")?.generation, generation, `${name}, ${size}`);
  }
});

Deno.test("bytes that change on their way, or are told to be others, are no object", async () => {
  for (const way of Object.values(WAYS)) {
    await using bench = await sessionBench();
    bench.fake.faults.add({
      match: { operation: SENDING, nth: 2 },
      action: { kind: "flip-request", atByte: 7 },
    });
    await assertRejects(() => way(bench.store, DATA), StoreError);
    assertEquals([bench.fake.objects("bucket"), bench.fake.unfinished("bucket")], [[], 0]);

    await using other = await sessionBench();
    const action = { kind: "rewrite", from: /"crc32c":"[^"]*"/, to: '"crc32c":"AAAAAA=="' } as const;
    other.fake.faults.add({ match: { operation: SENDING, nth: 4 }, action });
    await assertRejects(() => way(other.store, DATA), ChecksumMismatchError, "CRC-32C AAAAAA==");
    assertEquals(other.fake.objects("bucket"), []);
  }
});

Deno.test("an object that is not what was sent is removed by its version, and told of whatever becomes of that", async () => {
  const replace = (bench: SessionBench) => ({
    kind: "before" as const,
    run: () => void bench.fake.putObject("bucket", "object", "another's"),
  });
  const refuse = () => ({ kind: "status", status: 403 } as const);
  const wrong = { kind: "rewrite", from: /"crc32c":"[^"]*"/, to: '"crc32c":"AAAAAA=="' } as const;
  for (const [action, stays] of [[replace, 9], [refuse, DATA.length]] as const) {
    await using bench = await sessionBench();
    bench.fake.faults.add({ match: { operation: SENDING, nth: 4 }, action: wrong });
    bench.fake.faults.add({ match: { operation: "objects.delete" }, action: action(bench) });
    const put = () => bench.store.put("object", DATA, { ifNoneMatch: "*" });
    const error = await assertRejects(put, ChecksumMismatchError, "CRC-32C AAAAAA==");
    assert(error.retryable);
    assertEquals(bench.fake.bytes("bucket", "object")?.length, stays);
  }
});

Deno.test("the wait that the service asks for is kept, and one beyond the bound ends the upload at once", async () => {
  for (const seconds of [7, 70]) {
    const { clock, slept } = recordingClock();
    await using bench = await sessionBench({
      context: createStoreContext({ clock, random: () => 0 }),
      transport: { clock: systemClock },
    });
    strikeSecond(bench, { "Retry-After": `${seconds}` });
    const write = () => bench.store.put("object", DATA, { ifNoneMatch: "*" });
    if (seconds === 70) {
      await assertRejects(write, UnavailableError, "it asks to wait 70 s");
      assertEquals(told(bench).at(-1), "resumable.cancel");
    } else {
      await write();
      await assertWritten(bench, "object", DATA);
    }
    assertEquals(slept.filter((ms) => ms === seconds * 1000).length, seconds === 7 ? 1 : 0);
  }
});

Deno.test("an aborted upload ends at once, also while it waits, and cancels its session", async () => {
  const { clock, waiting } = recordingClock(50_000);
  await using bench = await sessionBench({
    context: createStoreContext({ clock, random: () => 0 }),
    transport: { clock: systemClock },
  });
  strikeSecond(bench, { "Retry-After": "50" });
  const controller = new AbortController();
  await using writer = await bench.store.createWriter("object", { signal: controller.signal });
  const writing = writer.write(DATA).then(() => writer.close()).catch((error) => error);
  await waiting;
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(await writing, reason);
  await writer.abort();
  assertEquals(told(bench).at(-1), "resumable.cancel");
  assertEquals(bench.fake.unfinished("bucket"), 0);
});

Deno.test("what cannot be cancelled is told of", async () => {
  await using bench = await sessionBench({ transport: { retry: { maxAttempts: 2 } } });
  bench.fake.faults.add({
    match: { operation: SENDING, nth: 2 },
    action: { kind: "status", status: 403 },
  });
  bench.fake.faults.add({
    match: { operation: "resumable.cancel", times: Infinity },
    action: { kind: "status", status: 503 },
  });
  const error = await assertRejects(() => bench.store.put("object", DATA, { ifNoneMatch: "*" }), StoreError);
  assert(/stays? behind/.test(error.message), error.message);
  assertSilent(bench, error);
});

Deno.test("an answer that does not come within its bound is asked after", async () => {
  await using bench = await sessionBench({ transport: { firstByteTimeoutMs: 50 } });
  const stall = bench.fake.faults.add({
    match: { operation: SENDING, nth: 2 },
    action: { kind: "stall", at: "answer" },
  });
  await bench.store.put("object", DATA, { ifNoneMatch: "*" });
  stall.release();
  await assertWritten(bench, "object", DATA);
  assertEquals(told(bench).slice(3, 5), ["resumable.query bytes */*", "resumable.put bytes 8192-12287/*"]);
});

Deno.test("requests of a session go to the endpoint alone, wherever the service says that it is", async () => {
  await using bench = await sessionBench({
    config: { partSize: CHUNK, threshold: 100, chunkSize: CHUNK, userProject: "payer" },
  });
  bench.fake.faults.add({
    match: { operation: "resumable.start" },
    action: { kind: "headers", set: { Location: undefined } },
  });
  const put = () => bench.store.put("object", DATA, { ifNoneMatch: "*" });
  await assertRejects(put, ServiceError, "it does not tell where the upload goes on");
  for (
    const Location of ["/bucket/object?upload_id=1", "https://elsewhere.example/?upload_id=1", "/upload/x"]
  ) {
    bench.fake.faults.add({
      match: { operation: "resumable.start" },
      action: { kind: "headers", set: { Location } },
    });
    await assertRejects(put, ServiceError, "it does not tell where the upload goes on");
  }
  const Location = "https://elsewhere.example/upload/storage/v1/b/bucket/o?upload_id=none";
  bench.fake.faults.add({
    match: { operation: "resumable.start" },
    action: { kind: "headers", set: { Location } },
  });
  await put();
  assertEquals(bench.fake.bytes("bucket", "object"), DATA);
  assertEquals([...new Set(bench.fake.requests.map(({ query }) => query["userProject"]))], ["payer"]);
});

Deno.test("a redirect is no chunk that was taken", async () => {
  await using bench = await sessionBench();
  const action = { kind: "redirect", status: 308, to: "http://elsewhere.example" } as const;
  bench.fake.faults.add({ match: { operation: SENDING, times: Infinity }, action });
  const put = () => bench.store.put("object", DATA, { ifNoneMatch: "*" });
  await assertRejects(put, ServiceError, "it redirects");
  assertEquals(bench.fake.unfinished("bucket"), 0);
});

Deno.test("a condition is held when the session begins and when it ends", async () => {
  await using bench = await sessionBench();
  const { fake, store } = bench;
  fake.faults.add({
    match: { operation: SENDING, nth: 4 },
    action: { kind: "before", run: () => void fake.putObject("bucket", "object", "other") },
  });
  await assertRejects(() => store.put("object", DATA, { ifNoneMatch: "*" }), AlreadyExistsError);
  fake.requests.length = 0;
  await assertRejects(() => store.put("object", DATA, { ifNoneMatch: "*" }), AlreadyExistsError);
  assertEquals(told(bench), ["resumable.start"]);
  const { etag = "" } = await store.head("object");
  await store.put("object", DATA, { ifMatch: etag });
  await assertWritten(bench, "object", DATA);
  assertStringIncludes(told(bench).join(), "resumable.finish bytes 12288-12387/12388");
});

Deno.test("nothing is seen of an object before it is closed, whatever of it is there", async () => {
  for (const size of [CHUNK - 1, CHUNK, 2 * CHUNK, 2 * CHUNK + 1]) {
    await using bench = await sessionBench();
    const data = DATA.subarray(0, size);
    await using writer = await bench.store.createPartWriter("object", size, {
      ifNoneMatch: "*",
      partSize: CHUNK,
    });
    for (let index = 0; index < writer.partCount; index++) {
      await writer.writePart(index, data.subarray(index * CHUNK, (index + 1) * CHUNK));
    }
    assertEquals(bench.fake.objects("bucket"), []);
    await writer.close();
    await assertWritten(bench, "object", data);
    assertEquals(bench.fake.requests[0]?.headers["x-upload-content-length"], String(size));
    const sums = bench.fake.requests.flatMap(({ headers }) => headers["x-goog-hash"] ?? []);
    assertEquals(sums, [`crc32c=${crc32cToBase64(crc32c(data))}`], "what the service has to compare");
  }
});

/** A clock on which no time passes, with the waits that were asked for; one of `heldMs` ends by an abort alone. */
function recordingClock(heldMs?: number) {
  const slept: number[] = [];
  const { promise: waiting, resolve } = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => Date.UTC(2026, 0, 1),
    monotonicMs: () => 0,
    sleep(ms, signal) {
      slept.push(ms);
      if (ms !== heldMs) return ms < 1_000 || ms === 7_000 ? Promise.resolve() : new Promise(() => {});
      resolve();
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    },
  };
  return { clock, slept, waiting };
}

function strikeSecond({ fake }: SessionBench, headers: Record<string, string>): void {
  fake.faults.add({
    match: { operation: SENDING, nth: 2 },
    action: { kind: "status", status: 503, headers },
  });
}

/** Has the service forget the session that a chunk is for. */
function expire(
  { fake }: SessionBench,
  gone: number,
  match: { readonly nth?: number; readonly times?: number },
): void {
  fake.faults.add({
    match: { operation: SENDING, ...match },
    action: { kind: "before", run: () => fake.sessions.forEach((session) => session.gone ??= gone) },
  });
}
