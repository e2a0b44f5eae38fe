import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AlreadyExistsError,
  ChecksumMismatchError,
  createStoreContext,
  PermissionDeniedError,
  PreconditionFailedError,
  StoreError,
  systemClock,
  UnavailableError,
} from "@lade/core";
import { sampleBytes } from "@lade/testing/conformance";
import type { FaultAction } from "@lade/testing/http";
import { openBucket } from "./open_fake.ts";
import { assertSilent, SENDING, sessionBench, told } from "./session_bench.ts";

const DATA = sampleBytes(50);
const OWN = { kind: "drop-answer", how: "rst" } as const;

/** A small put that holds only where nothing is there. */
const create = { ifNoneMatch: "*" };

/** What leaves open whether the request was done, though it was not. */
const DOUBTS: Readonly<Record<string, FaultAction>> = {
  "503": { kind: "status", status: 503 },
  "429": { kind: "status", status: 429 },
  "a reset in the body": { kind: "cut-request", afterBytes: 20, how: "rst" },
  "a gateway's 504": { kind: "answer", status: 504, headers: {}, body: "<html>gateway timeout</html>" },
  "a page": { kind: "answer", status: 200, headers: {}, body: "<html>hello</html>" },
};

Deno.test("a small conditional put is one request, also where its condition does not hold", async () => {
  await using bench = await sessionBench();
  await bench.store.put("object", DATA, create);
  await assertRejects(() => bench.store.put("object", DATA, create), AlreadyExistsError);
  assertEquals(told(bench), ["objects.insert", "objects.insert"]);
});

Deno.test("a small conditional put that was never sent is not gone on with", async () => {
  const slept: number[] = [];
  const sleep = (ms: number) => (slept.push(ms), Promise.resolve());
  const context = createStoreContext({ clock: { ...systemClock, sleep } });
  const transport = { retry: { maxAttempts: 1 }, clock: systemClock };
  await using bench = await sessionBench({ context, transport });
  await using store = openBucket(bench.fake, { context, transport });
  await bench.fake[Symbol.asyncDispose]();
  await assertRejects(() => store.put("object", DATA, create), UnavailableError);
  assertEquals(slept, []);
});

for (const [what, action] of Object.entries(DOUBTS)) {
  Deno.test(`a small conditional put that meets ${what} goes on by a session`, async () => {
    await using bench = await sessionBench();
    bench.fake.faults.add({ match: { operation: "objects.insert" }, action });
    const { etag } = await bench.store.put("object", DATA, create);
    assertEquals(bench.fake.bytes("bucket", "object"), DATA);
    assertEquals((await bench.store.head("object")).etag, etag);
    assertEquals(told(bench).slice(0, -1), [
      "objects.insert",
      "resumable.start",
      "resumable.finish bytes 0-49/50",
    ]);
    assertEquals(bench.fake.unfinished("bucket"), 0);
  });

  Deno.test(`a small conditional put that meets ${what} never takes an equal object of another writer for its own`, async () => {
    for (const other of [DATA, sampleBytes(50, 9)]) {
      await using bench = await sessionBench();
      bench.fake.faults.add({
        match: { operation: "objects.insert" },
        action: { kind: "before", run: () => void bench.fake.putObject("bucket", "object", other) },
      });
      bench.fake.faults.add({ match: { operation: "objects.insert" }, action });
      const error = await assertRejects(() => bench.store.put("object", DATA, create), StoreError);
      // Nobody knows whose an equal one is; another one is somebody else's.
      assertEquals(error instanceof AlreadyExistsError, other !== DATA, `${error}`);
      assertSilent(bench, error);
      assertEquals(bench.fake.bytes("bucket", "object"), other);
    }
  });
}

Deno.test("a small conditional put whose answer was lost says so, and is no failure of its condition", async () => {
  await using bench = await sessionBench();
  bench.fake.faults.add({ match: { operation: "objects.insert" }, action: OWN });
  const error = await assertRejects(() => bench.store.put("object", DATA, create), UnavailableError);
  assert(error.retryable);
  assertEquals(bench.fake.bytes("bucket", "object"), DATA);

  bench.fake.faults.add({ match: { operation: "objects.insert" }, action: OWN });
  const { etag = "" } = await bench.store.head("object");
  const swap = () => bench.store.put("object", sampleBytes(7), { ifMatch: etag });
  await assertRejects(swap, UnavailableError);
  await assertRejects(swap, PreconditionFailedError);
});

Deno.test("a small conditional put leaves no session behind that it could not end", async () => {
  await using bench = await sessionBench();
  const [insert, send] = [{ operation: "objects.insert" }, { operation: SENDING }] as const;
  bench.fake.faults.add({ match: insert, action: { kind: "status", status: 503 } });
  bench.fake.faults.add({ match: send, action: { kind: "status", status: 403 } });
  await assertRejects(() => bench.store.put("object", DATA, create), PermissionDeniedError);
  assertEquals([bench.fake.unfinished("bucket"), bench.fake.objects("bucket")], [0, []]);
});

Deno.test("of many writers of the same bytes one at most is told that it was the first", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    await using bench = await sessionBench();
    const actions: readonly FaultAction[] = [OWN, ...Object.values(DOUBTS)];
    for (const [i, action] of actions.entries()) {
      const match = { probability: 0.2, seed: seed * 100 + i, times: Infinity };
      bench.fake.faults.add({ match: { ...match, operation: "objects.insert" }, action });
      bench.fake.faults.add({ match: { ...match, operation: SENDING, times: 3 }, action });
    }
    const puts = await Promise.allSettled(
      Array.from({ length: 8 }, () => bench.store.put("object", DATA, create)),
    );
    const winners = puts.filter(({ status }) => status === "fulfilled").length;
    const made = bench.fake.object("bucket", "object") ? 1 : 0;
    assert(winners <= made, `${winners} won with seed ${seed}`);
  }
});

Deno.test("a small put without a condition is sent again as it is", async () => {
  await using bench = await sessionBench();
  bench.fake.faults.add({
    match: { operation: "objects.insert", times: 2 },
    action: { kind: "status", status: 503 },
  });
  await bench.store.put("object", DATA);
  assertEquals(told(bench), ["objects.insert", "objects.insert", "objects.insert"]);
});

Deno.test("a small put without a condition that fails for good goes by no session", async () => {
  await using bench = await sessionBench({ transport: { retry: { maxAttempts: 1 } } });
  bench.fake.faults.add({ match: { operation: "objects.insert" }, action: { kind: "status", status: 503 } });
  await assertRejects(() => bench.store.put("object", DATA), UnavailableError);
  assertEquals(told(bench), ["objects.insert"]);
});

Deno.test("bytes of a small put that change on their way are refused, and what is told to be others is removed", async () => {
  const config = { threshold: 5_000, partSize: 5_000, chunkSize: 5_000 };
  await using bench = await sessionBench({ config });
  const match = { operation: "objects.insert", times: Infinity } as const;
  const flipped = bench.fake.faults.add({ match, action: { kind: "flip-request", atByte: 3_000 } });
  for (const options of [{}, create]) {
    await assertRejects(() => bench.store.put("object", sampleBytes(4_000), options), StoreError);
  }
  assertEquals(new Set(told(bench)), new Set(["objects.insert"]));
  bench.fake.faults.remove(flipped);
  const wrong = { kind: "rewrite", from: /"crc32c":"[^"]*"/, to: '"crc32c":"AAAAAA=="' } as const;
  bench.fake.faults.add({ match, action: wrong });
  for (const options of [{}, create]) {
    await assertRejects(() => bench.store.put("object", DATA, options), ChecksumMismatchError);
    assertEquals(bench.fake.objects("bucket"), []);
  }
});

Deno.test("a small conditional put waits as it is asked to, and gives up where that is too long", async () => {
  for (const seconds of [7, 3_600]) {
    const slept: number[] = [];
    const clock = { ...systemClock, sleep: (ms: number) => Promise.resolve(void slept.push(ms)) };
    await using bench = await sessionBench({
      context: createStoreContext({ clock, random: () => 0 }),
      transport: { clock: systemClock },
    });
    const headers = { "Retry-After": `${seconds}` };
    bench.fake.faults.add({
      match: { operation: "objects.insert" },
      action: { kind: "status", status: 503, headers },
    });
    const put = () => bench.store.put("object", DATA, create);
    if (seconds === 7) await put();
    else await assertRejects(put, UnavailableError);
    assertEquals(slept, seconds === 7 ? [7_000] : []);
  }
});

Deno.test("a small conditional put that goes on by a session begins it again, and says what the service says", async () => {
  await using bench = await sessionBench();
  const { fake } = bench;
  const doubt = () =>
    fake.faults.add({ match: { operation: "objects.insert" }, action: { kind: "status", status: 503 } });
  doubt();
  const expire = () => fake.sessions.forEach((session) => session.gone ??= 410);
  fake.faults.add({ match: { operation: SENDING }, action: { kind: "before", run: expire } });
  await bench.store.put("object", DATA, create);
  assertEquals([fake.sessions.size, fake.bytes("bucket", "object")], [2, DATA]);
  doubt();
  fake.faults.add({ match: { operation: "objects.get" }, action: { kind: "status", status: 403 } });
  await assertRejects(() => bench.store.put("object", DATA, create), AlreadyExistsError);
});
