import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { getBytes, type ObjectStore, StoreError, ThrottledError, UnavailableError } from "@lade/core";
import { TransportError } from "@lade/service/http";
import { FakeClock } from "@lade/testing";
import { noise } from "./noise.ts";
import { openFake, type OpenFakeOptions } from "./open_fake.ts";

const PART = 2 ** 20;

/** Waits while the clock runs; gives what came of it, and how long that took by the clock. */
async function settle<T>(
  clock: FakeClock,
  running: Promise<T>,
): Promise<{ value?: T; error?: unknown; tookMs: number }> {
  const startMs = clock.monotonicMs();
  let outcome: { value?: T; error?: unknown } | undefined;
  running.then((value) => outcome = { value }, (error) => outcome = { error });
  while (!outcome) {
    // The network, which the clock knows nothing of, goes on meanwhile.
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    if (!outcome) await clock.advance(500);
  }
  return { ...outcome, tookMs: clock.monotonicMs() - startMs };
}

/** Opens a fake of which a bucket's store lives by a clock of the test; `refused` says whether nobody listens. */
async function openClocked(options: OpenFakeOptions = {}, refused: () => boolean = () => false) {
  const clock = new FakeClock({ now: Date.now() });
  const opened = await openFake({
    ...options,
    config: { multipart: { partSize: PART }, ...options.config },
    context: { clock, random: () => 0.5 },
    transport: {
      ...options.transport,
      interceptor: (_, __, next) =>
        refused()
          ? Promise.reject(
            new TransportError({ kind: "refused", detail: "refused", endpoint: opened.fake.url }),
          )
          : next(),
    },
  });
  return Object.assign(opened, { clock });
}

async function write(store: ObjectStore, data: Uint8Array): Promise<void> {
  await using writer = await store.createWriter("object");
  await writer.write(data);
  await writer.close();
}

/** What is under way when the service goes: each in one request and in many. */
const TRANSFERS: Readonly<Record<string, (store: ObjectStore) => Promise<unknown>>> = {
  "a small put()": (store) => store.put("object", noise(10)),
  "a large put()": (store) => store.put("object", noise(5 * PART)),
  "createWriter()": (store) => write(store, noise(5 * PART)),
  "a small getBytes()": async (store) => assertEquals((await getBytes(store, "small")).bytes, noise(10)),
  "a large getBytes()": async (store) =>
    assertEquals(
      (await getBytes(store, "large", { chunkSize: PART, concurrency: 2 })).bytes,
      noise(5 * PART),
    ),
  "list()": async (store) => assertEquals((await Array.fromAsync(store.list())).length > 0, true),
  "copy()": (store) => store.copy("small", "object"),
  "delete()": (store) => store.delete("small"),
};

for (const [name, transfer] of Object.entries(TRANSFERS)) {
  for (const nth of name.includes("large") || name === "createWriter()" ? [1, 2, 3, 5] : [1]) {
    Deno.test(`${name} outlives a restart of a minute that begins at request ${nth}`, async () => {
      let goneMs: number | undefined;
      let requests = -1;
      const isGone = () => {
        // The first request finds the service well.
        if (++requests === nth) goneMs ??= opened.clock.monotonicMs();
        return goneMs !== undefined && opened.clock.monotonicMs() < goneMs + 40_000;
      };
      await using opened = await openClocked({}, isGone);
      const { clock, fake, store } = opened;
      fake.putObject("bucket", "small", noise(10));
      fake.putObject("bucket", "large", noise(5 * PART));
      await settle(clock, store.head("small"));
      fake.faults.add({
        match: {
          times: Infinity,
          where: () => goneMs !== undefined && clock.monotonicMs() < goneMs + 60_000,
        },
        action: { kind: "status", status: 503, code: "ServiceUnavailable" },
      });
      const { error, tookMs } = await settle(clock, transfer(store));
      assertEquals(error, undefined);
      assert(goneMs !== undefined, "the service never went");
      assert(tookMs >= 60_000 && tookMs < 75_000, `it took ${tookMs} ms`);
    });
  }

  Deno.test(`${name} ends in time when the service is gone for good, and says how long it waited`, async () => {
    let gone = false;
    await using opened = await openClocked({}, () => gone);
    const { clock, fake, store } = opened;
    fake.putObject("bucket", "small", noise(10));
    fake.putObject("bucket", "large", noise(5 * PART));
    await settle(clock, store.head("small"));
    gone = true;
    const first = await settle(clock, transfer(store));
    assertInstanceOf(first.error, UnavailableError);
    assert(first.tookMs >= 70_000 && first.tookMs <= 96_000, `it took ${first.tookMs} ms`);
    assertStringIncludes(String(first.error), "in 75 s");
    assertEquals(Math.round((first.error.waitedMs ?? 0) / 1000), 75);
    // Nobody waits as long again for what was waited for in vain.
    const second = await settle(clock, transfer(store));
    assertInstanceOf(second.error, UnavailableError);
    assert(second.tookMs <= 30_000, `it took ${second.tookMs} ms more`);
    gone = false;
    assertEquals((await settle(clock, store.head("small"))).error, undefined);
  });
}

Deno.test("a service that never answered is given up within ten seconds", async () => {
  await using opened = await openClocked({}, () => true);
  const { error, tookMs } = await settle(opened.clock, opened.store.head("object"));
  assertInstanceOf(error, UnavailableError);
  assert(tookMs <= 6_000, `it took ${tookMs} ms`);
});

Deno.test("a request that fails while others are answered is tried no more than maxAttempts times", async () => {
  await using opened = await openClocked();
  const { clock, fake, store } = opened;
  fake.putObject("bucket", "fine", noise(10));
  await settle(clock, store.head("fine"));
  const broken = fake.faults.add({
    match: { key: "broken", times: Infinity },
    action: { kind: "status", status: 502 },
  });
  fake.faults.add({ match: { key: "broken", times: Infinity }, action: { kind: "before", run: other } });
  let asked = 0;
  async function other(): Promise<void> {
    if (++asked % 2 === 0) await store.head("fine");
  }
  const { error } = await settle(clock, store.get("broken"));
  assertInstanceOf(error, UnavailableError);
  assertEquals(broken.hits, 8);
});

for (const [header, seconds] of [["3600", 3_600], ["61", 61]] as const) {
  Deno.test(`a Retry-After of ${header} s ends every call with an error that says so`, async () => {
    const calls: Readonly<Record<string, (store: ObjectStore) => Promise<unknown>>> = {
      ...TRANSFERS,
      "createWriter()": (store) => write(store, noise(2 * PART)),
    };
    for (const [name, call] of Object.entries(calls)) {
      for (const nth of name.includes("large") || name === "createWriter()" ? [1, 2, 3] : [1]) {
        await using opened = await openClocked();
        const { clock, fake, store } = opened;
        fake.putObject("bucket", "small", noise(10));
        fake.putObject("bucket", "large", noise(5 * PART));
        fake.faults.add({
          match: { nth, times: Infinity },
          action: { kind: "status", status: 503, code: "SlowDown", headers: { "Retry-After": header } },
        });
        const { error, tookMs } = await settle(clock, call(store));
        assertInstanceOf(error, ThrottledError, `${name}, request ${nth}: ${error}`);
        assertEquals(error.retryAfterMs, seconds * 1000, `${name}, request ${nth}`);
        assertStringIncludes(error.message, `it asks to wait ${seconds} s`);
        assert(tookMs < 30_000, `${name}, request ${nth}: it took ${tookMs} ms`);
      }
    }
  });
}

Deno.test("a Retry-After within the bound is kept to, be it seconds or a date", async () => {
  await using opened = await openClocked();
  const { clock, fake, store } = opened;
  for (const header of ["20", new Date(Math.ceil(clock.now() / 1000) * 1000 + 40_000).toUTCString()]) {
    fake.faults.add({
      action: { kind: "status", status: 503, code: "SlowDown", headers: { "Retry-After": header } },
    });
    const { error, tookMs } = await settle(clock, store.put("object", noise(10)));
    assertEquals(error, undefined);
    assert(tookMs >= 19_000 && tookMs < 42_000, `it took ${tookMs} ms`);
  }
});

for (const at of ["answer", "body"] as const) {
  Deno.test(`a service that is silent before the ${at} in mid-transfer is given up after about a minute`, async () => {
    await using opened = await openClocked();
    const { clock, fake, store } = opened;
    fake.putObject("bucket", "large", noise(5 * PART));
    const silence = fake.faults.add({
      match: { operation: "GetObject", nth: 2, times: Infinity },
      action: { kind: "stall", at, ...(at === "body" && { afterBytes: 0 }) },
    });
    fake.faults.add({
      match: { operation: "GetObject" },
      action: { kind: "stall", at: "body", afterBytes: 1000 },
    });
    const { error, tookMs } = await settle(clock, getBytes(store, "large"));
    assertInstanceOf(error, StoreError);
    assert(tookMs >= 55_000 && tookMs <= 80_000, `it took ${tookMs} ms`);
    assertStringIncludes(error.message, "no byte came for");
    assert((error.waitedMs ?? 0) >= 55_000, `it says ${error.waitedMs} ms`);
    silence.release();
  });
}

for (
  const [name, call] of [
    ["list()", (store: ObjectStore) => Array.fromAsync(store.list())],
    ["copy()", (store: ObjectStore) => store.copy("small", "object")],
    ["deleteMany()", async (store: ObjectStore) => {
      for await (const { error } of store.deleteMany(["a", "b"])) if (error) throw error;
    }],
  ] as const
) {
  Deno.test(`${name} gives a document that stalls up after about a minute`, async () => {
    await using opened = await openClocked();
    const { clock, fake, store } = opened;
    fake.putObject("bucket", "small", noise(10));
    await settle(clock, store.head("small"));
    const operation = ["ListObjectsV2", "CopyObject", "DeleteObjects"] as const;
    fake.faults.add({
      match: { operation, times: Infinity },
      action: { kind: "stall", at: "body", afterBytes: 20 },
    });
    const { error, tookMs } = await settle<unknown>(clock, call(store));
    assertInstanceOf(error, StoreError);
    assert(tookMs >= 30_000 && tookMs <= 80_000, `it took ${tookMs} ms`);
  });
}

Deno.test("a small object of a silent service is given up after about a minute", async () => {
  await using opened = await openClocked();
  const { clock, fake, store } = opened;
  fake.putObject("bucket", "small", noise(10));
  await settle(clock, store.head("small"));
  fake.faults.add({ match: { times: Infinity }, action: { kind: "stall", at: "answer" } });
  for (const call of [() => getBytes(store, "small"), () => store.put("small", noise(10))]) {
    const { error, tookMs } = await settle<unknown>(clock, call());
    assertInstanceOf(error, UnavailableError);
    assert(tookMs <= 80_000, `it took ${tookMs} ms`);
  }
});

Deno.test("calls that a service answers when all is done have a bound that fits them", async () => {
  const deleteBoth = async (store: ObjectStore) => {
    for await (const { error } of store.deleteMany(["a", "b"])) if (error) throw error;
  };
  for (
    const [operation, call] of [
      ["CopyObject", (store: ObjectStore) => store.copy("small", "object")],
      ["CompleteMultipartUpload", (store: ObjectStore) => store.put("object", noise(3 * PART))],
      ["DeleteObjects", deleteBoth],
    ] as const
  ) {
    await using opened = await openClocked();
    const { clock, fake, store } = opened;
    fake.putObject("bucket", "small", noise(10));
    const wait = { kind: "before", run: () => clock.advance(120_000) } as const;
    const fault = fake.faults.add({ match: { operation }, action: wait });
    const { error } = await settle<unknown>(clock, call(store));
    assertEquals([error, fault.hits], [undefined, 1], operation);
    // A second try would hide that the first was given up.
    assertEquals(fake.requests.filter((request) => request.operation === operation).length, 1, operation);
  }
});

Deno.test("an upload may take its time to be created as long as nobody gives it up", async () => {
  await using opened = await openClocked();
  const { clock, fake, store } = opened;
  const wait = { kind: "before", run: () => clock.advance(50_000) } as const;
  fake.faults.add({ match: { operation: "CreateMultipartUpload" }, action: wait });
  const { error } = await settle(clock, store.put("object", noise(3 * PART)));
  assertEquals(error, undefined);
  assertEquals(fake.bytes("bucket", "object"), noise(3 * PART));
});
