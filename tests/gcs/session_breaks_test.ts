import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Clock,
  createStoreContext,
  ServiceError,
  StoreError,
  systemClock,
  UnavailableError,
} from "@lade/core";
import { defaultBounds } from "@lade/core/bounds";
import { sampleBytes } from "@lade/testing/conformance";
import type { FaultAction } from "@lade/testing/http";
import { assertSilent, assertWritten, CHUNK, SENDING, sessionBench, WAYS } from "./session_bench.ts";

const DATA = sampleBytes(3 * CHUNK + 100, 3);

/** What breaks a request, by name. */
const BREAKS: Readonly<Record<string, FaultAction>> = {
  "503": { kind: "status", status: 503 },
  "503 after the body": { kind: "status", status: 503, afterBody: true },
  "429": { kind: "status", status: 429 },
  "500": { kind: "status", status: 500, afterBody: true },
  "408": { kind: "status", status: 408 },
  "a reset in the body": { kind: "cut-request", afterBytes: 50, how: "rst" },
  "an end in the body": { kind: "cut-request", afterBytes: 99, how: "fin" },
  "a lost answer": { kind: "drop-answer", how: "rst" },
  "an answer that ends before its head": { kind: "drop-answer", how: "fin" },
  "an answer that is cut in its head": { kind: "cut", in: "head", afterBytes: 20, how: "rst" },
  "a gateway's 502": { kind: "answer", status: 502, headers: {}, body: "<html>bad gateway</html>" },
  "a page": {
    kind: "answer",
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<html>hello</html>",
  },
};

for (const [way, write] of Object.entries(WAYS)) {
  for (const [what, action] of Object.entries(BREAKS)) {
    Deno.test(`${way} by a session survives ${what} at each chunk, and sends again what was lost alone`, async () => {
      for (const nth of [1, 2, 3, 4]) {
        await using bench = await sessionBench();
        const fault = bench.fake.faults.add({ match: { operation: SENDING, nth }, action });
        await write(bench.store, DATA);
        await assertWritten(bench, "object", DATA);
        assertEquals(fault.hits, 1, `chunk ${nth}`);
        const sent = bench.fake.requests.reduce(
          (sum, { operation, bytesReceived }) =>
            sum + (SENDING.some((name) => name === operation) ? bytesReceived : 0),
          0,
        );
        assert(sent <= DATA.length + CHUNK, `${sent} bytes were sent`);
        if (action.kind === "drop-answer" || action.kind === "cut") assertEquals(sent, DATA.length);
      }
    });
  }
}

for (const [what, action] of Object.entries(BREAKS)) {
  Deno.test(`a session is begun again after ${what}, and its last request of no byte is asked after`, async () => {
    const data = DATA.subarray(0, 2 * CHUNK);
    const isStatus = action.kind === "answer" && action.status === 200;
    const matches = [{ operation: "resumable.start" as const }, { operation: "resumable.query" as const }];
    for (const match of isStatus ? matches.slice(1) : matches) {
      await using bench = await sessionBench();
      const fault = bench.fake.faults.add({
        match,
        action: { ...action, ...("afterBytes" in action && { afterBytes: 0 }) },
      });
      await WAYS["createWriter()"]?.(bench.store, data);
      assertEquals(bench.fake.bytes("bucket", "object"), data);
      assertEquals(fault.hits, 1);
      assertEquals(bench.chunks.map(({ first }) => first), [0, CHUNK]);
    }
  });
}

Deno.test("what is taken of a chunk is not sent again: whole units, and single bytes", async () => {
  const data = sampleBytes(5 * 2 ** 19, 4);
  await using bench = await sessionBench({
    chunkSize: 2 ** 20,
    server: { chunkUnit: 2 ** 18, maxStoredBytes: 6e5 },
  });
  await bench.store.put("object", data, { ifNoneMatch: "*" });
  await assertWritten(bench, "object", data);
  assertEquals(bench.chunks.map(({ first }) => first / 2 ** 19), [0, 1, 2, 3, 4]);

  await using bytewise = await sessionBench({ server: { chunkUnit: 1, maxStoredBytes: 1234 } });
  await bytewise.store.put("object", DATA, { ifNoneMatch: "*" });
  await assertWritten(bytewise, "object", DATA);
  assertEquals(bytewise.chunks.map(({ first }) => first / 1234).slice(0, 4), [0, 1, 2, 3]);
});

Deno.test("a service that takes nothing, or has less than it said, or more than was sent, ends an upload", async () => {
  const cases: readonly (readonly [
    number,
    string | undefined,
    string,
    typeof ServiceError | typeof UnavailableError,
  ])[] = [
    [1, undefined, "the service took 0 of the 4096 bytes that were sent", UnavailableError],
    [2, undefined, "the service has 0 bytes where it had more", ServiceError],
    [2, "bytes=0-999999", "another writer goes on with the upload", UnavailableError],
    [2, "bytes=1-999", 'it has the range "bytes=1-999"', ServiceError],
  ];
  for (const [nth, Range, message, type] of cases) {
    await using bench = await sessionBench();
    const { fake } = bench;
    for (const operation of [SENDING, "resumable.query"] as const) {
      fake.faults.add({
        match: { operation, nth: operation === SENDING ? nth : 1, times: Infinity },
        action: { kind: "headers", set: { Range } },
      });
    }
    const error = await assertRejects(
      () => WAYS["createWriter()"]?.(bench.store, DATA) as Promise<unknown>,
      type,
      message,
    );
    assertSilent(bench, error);
    assert(fake.requests.length < 40, `${fake.requests.length} requests`);
    assertEquals([fake.objects("bucket"), fake.unfinished("bucket")], [[], 0]);
  }
});

Deno.test("a session without progress is given up when the patience is over, however many tries are left", async () => {
  let waitedMs = 0;
  const clock: Clock = {
    now: systemClock.now,
    monotonicMs: () => waitedMs,
    // What is longer bounds the end.
    sleep: (ms) => ms > 5_000 ? new Promise(() => {}) : Promise.resolve(void (waitedMs += ms)),
  };
  const bounds = { ...defaultBounds, patienceMs: 5_000, maxAttempts: 100 };
  await using bench = await sessionBench({
    context: createStoreContext({ clock, random: () => 0.5 }),
    transport: { clock: systemClock },
    config: { partSize: CHUNK, threshold: 100, chunkSize: CHUNK, bounds },
  });
  const action = { kind: "status", status: 503 } as const;
  bench.fake.faults.add({ match: { operation: SENDING, times: Infinity }, action });
  await assertRejects(() => bench.store.put("object", DATA, { ifNoneMatch: "*" }), StoreError);
  assert(waitedMs > 1_000 && waitedMs <= 5_000, `${waitedMs}`);
});
