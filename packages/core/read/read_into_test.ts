import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  ChecksumMismatchError,
  createStoreContext,
  MemoryContainer,
  MemoryStore,
  NotFoundError,
  PreconditionFailedError,
  RangeNotSatisfiableError,
  readInto,
  ServiceError,
  UnavailableError,
} from "../mod.ts";
import { bytesAtHand } from "../contract/seams.ts";
import { FakeClock, type FaultRule, type FaultyStore, injectFaults } from "@lade/testing";

const SIZE = 100;

function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => i % 251);
}

async function open(rules: readonly FaultRule[] = [], size = SIZE): Promise<FaultyStore> {
  const clock = new FakeClock();
  const store = new MemoryStore({ context: createStoreContext({ clock, random: () => 0 }) });
  await store.put("k", bytesOf(size));
  return injectFaults(store, rules);
}

function gets(store: FaultyStore): number {
  return store.calls.filter(({ operation }) => operation === "get").length;
}

Deno.test("readInto() makes one request and no head for an object of one chunk", async () => {
  const store = await open();
  const target = new Uint8Array(SIZE);
  const { range, info } = await readInto(store, "k", target);
  assertEquals(target, bytesOf(SIZE));
  assertEquals(range, { offset: 0, length: SIZE });
  assertEquals(info.size, SIZE);
  assertEquals(store.calls.map(({ operation }) => operation), ["get"]);
});

Deno.test("readInto() makes as many requests as chunks, pinned to the first one's etag", async () => {
  const store = await open();
  const target = new Uint8Array(SIZE + 10);
  await readInto(store, "k", target, { chunkSize: 30, concurrency: 2 });
  assertEquals(target.subarray(0, SIZE), bytesOf(SIZE));
  assertEquals(target.subarray(SIZE), new Uint8Array(10));
  const { etag } = await store.head("k");
  const asked = store.calls.filter(({ operation }) => operation === "get").map(({ options }) => options);
  assertEquals(asked.length, 4);
  assertEquals(asked.slice(1).map((options) => "ifMatch" in options && options.ifMatch), [etag, etag, etag]);
});

Deno.test("readInto() reads any range in any chunk size", async () => {
  const store = await open();
  const source = bytesOf(SIZE);
  for (const chunkSize of [1, 7, 33, 99, 100, 101]) {
    for (const [offset, length] of [[0, 100], [0, 1], [99, 1], [13, 57], [50, 500], [1, 99]] as const) {
      const target = new Uint8Array(length);
      const { range } = await readInto(store, "k", target, { chunkSize, range: { offset, length } });
      assertEquals(target.subarray(0, range.length), source.subarray(offset, offset + length));
    }
    for (const suffixLength of [1, 10, 99, 100, 1000]) {
      const target = new Uint8Array(SIZE);
      const { range } = await readInto(store, "k", target, { chunkSize, range: { suffixLength } });
      assertEquals(target.subarray(0, range.length), source.subarray(-suffixLength));
    }
  }
});

Deno.test("readInto() makes as many requests as chunks of the end of an object", async () => {
  const store = await open();
  const target = new Uint8Array(95);
  await readInto(store, "k", target, { chunkSize: 30, range: { suffixLength: 95 } });
  assertEquals(target, bytesOf(SIZE).subarray(5));
  assertEquals(gets(store), 4);
});

Deno.test("readInto() reads every chunk of the version that is asked for", async () => {
  const below = new MemoryStore({ container: new MemoryContainer({ versioning: true }) });
  const { version = "" } = await below.put("k", bytesOf(SIZE));
  await below.put("k", new Uint8Array(SIZE));
  const store = injectFaults(below, []);
  const target = new Uint8Array(SIZE);
  const { info } = await readInto(store, "k", target, { chunkSize: 30, version });
  assertEquals([info.version, target], [version, bytesOf(SIZE)]);
  const asked = store.calls.map(({ options }) => options && "version" in options && options.version);
  assertEquals(asked, [version, version, version, version]);
});

Deno.test("readInto() never has more chunks open than its concurrency", async () => {
  for (const concurrency of [1, 3]) {
    const store = await open();
    await readInto(store, "k", new Uint8Array(SIZE), { chunkSize: 5, concurrency });
    assertEquals(store.peakOpenBodies, concurrency);
    assertEquals(store.openBodies, 0);
  }
});

Deno.test("readInto() reads an empty object in one request", async () => {
  const store = await open([], 0);
  const { range } = await readInto(store, "k", new Uint8Array());
  assertEquals(range, { offset: 0, length: 0 });
  assertEquals(gets(store), 1);
});

Deno.test("readInto() refuses a buffer that is too small and frees the answer", async () => {
  const store = await open();
  await assertRejects(() => readInto(store, "k", new Uint8Array(SIZE - 1)), RangeError, "takes 100 bytes");
  assertEquals(store.openBodies, 0);
});

Deno.test("readInto() refuses senseless options", async () => {
  const store = await open();
  for (const wrong of [0, -1, 1.5, NaN]) {
    await assertRejects(() => readInto(store, "k", new Uint8Array(SIZE), { concurrency: wrong }), RangeError);
    await assertRejects(() => readInto(store, "k", new Uint8Array(SIZE), { chunkSize: wrong }), RangeError);
  }
  await assertRejects(
    () => readInto(store, "k", new Uint8Array(SIZE), { range: { offset: -1, length: 1 } }),
    RangeError,
  );
});

Deno.test("readInto() passes on what the store says", async () => {
  const store = await open();
  await assertRejects(() => readInto(store, "none", new Uint8Array(1)), NotFoundError);
  const past = { range: { offset: SIZE, length: 1 } };
  await assertRejects(() => readInto(store, "k", new Uint8Array(1), past), RangeNotSatisfiableError);
});

Deno.test("readInto() goes on at the next byte of a chunk that breaks off", async () => {
  for (const after of [0, 1, 29, 30]) {
    const error = new UnavailableError({ operation: "get", uri: "memory:///k", detail: "reset" });
    const fault = after === 30
      ? { kind: "end" as const, after: 12 }
      : { kind: "throw" as const, error, after };
    const store = await open([{ operation: "get", nth: 2, fault }]);
    const target = new Uint8Array(SIZE);
    const clock = store.context.clock as FakeClock;
    const reading = readInto(store, "k", target, { chunkSize: 30, concurrency: 1 });
    await settle(reading, clock);
    assertEquals(target, bytesOf(SIZE));
    const third = store.calls[2]?.options;
    const due = fault.kind === "end" ? 12 : after;
    assertEquals(third && "range" in third && third.range, { offset: 30 + due, length: 30 - due });
  }
});

Deno.test("readInto() gives up on a chunk that never goes on", async () => {
  const error = new UnavailableError({ operation: "get", uri: "memory:///k", detail: "reset" });
  const store = await open([{ operation: "get", fault: { kind: "throw", error, after: 0 } }]);
  const reading = readInto(store, "k", new Uint8Array(SIZE));
  const caught = await assertRejects(
    () => settle(reading, store.context.clock as FakeClock),
    UnavailableError,
  );
  assertStrictEquals(caught, error);
  assertEquals(gets(store), 6);
});

Deno.test("readInto() does not repeat what can not succeed", async () => {
  const error = new ServiceError({ operation: "get", uri: "memory:///k", detail: "broken" });
  const store = await open([{ operation: "get", nth: 2, fault: { kind: "throw", error } }]);
  await assertRejects(() => readInto(store, "k", new Uint8Array(SIZE), { chunkSize: 30 }), ServiceError);
  assertEquals(store.openBodies, 0);
});

Deno.test("readInto() fails when the object changes between chunks", async () => {
  const store = await open([{ operation: "get", nth: 3, fault: { kind: "etag", etag: "other" } }]);
  const reading = readInto(store, "k", new Uint8Array(SIZE), { chunkSize: 30, concurrency: 1 });
  await assertRejects(() => reading, PreconditionFailedError, "changed while it was read");
  const overwritten = await open();
  await assertRejects(
    () =>
      readInto(overwritten, "k", new Uint8Array(SIZE), {
        chunkSize: 30,
        concurrency: 1,
        onProgress: () => void overwritten.put("k", new Uint8Array(SIZE)),
      }),
    PreconditionFailedError,
  );
});

Deno.test("readInto() refuses another range than it asked for", async () => {
  for (const nth of [1, 2]) {
    for (const range of [{ offset: 31, length: 30 }, { offset: 30, length: 29 }, undefined]) {
      const fault = { kind: "range" as const, ...(range && { range }) };
      const store = await open([{ operation: "get", nth, fault }]);
      await assertRejects(
        () => readInto(store, "k", new Uint8Array(SIZE), { chunkSize: 30, concurrency: 1 }),
        ServiceError,
        "the store answered bytes",
      );
      assertEquals(store.openBodies, 0);
    }
  }
});

const cut = new UnavailableError({ operation: "get", uri: "memory:///k", detail: "cut" });

Deno.test("readInto() goes on for as long as every try brings bytes", async () => {
  const rules = Array.from({ length: 20 }, (_, i): FaultRule => ({
    operation: "get",
    nth: i + 1,
    fault: { kind: "throw", error: cut, after: 1 + i % 3 },
  }));
  const store = await open(rules);
  const target = new Uint8Array(SIZE);
  await settle(readInto(store, "k", target), store.context.clock as FakeClock);
  assertEquals(target, bytesOf(SIZE));
  assertEquals(gets(store), 21);
});

Deno.test("readInto() does not go on where bytes that all came prove wrong at the end", async () => {
  const inner = new MemoryStore();
  await inner.put("k", bytesOf(100));
  const get = inner.get.bind(inner);
  let calls = 0;
  Object.assign(inner, { [bytesAtHand]: undefined });
  inner.get = async (...args) => {
    calls++;
    const result = await get(...args);
    const readInto = result.readInto.bind(result);
    result.readInto = async (target) => {
      await readInto(target);
      throw cut;
    };
    return result;
  };
  assertStrictEquals(await readInto(inner, "k", new Uint8Array(100)).catch((error) => error), cut);
  assertEquals(calls, 1);
});

Deno.test("readInto() touches its buffer no more once it has rejected", async () => {
  const gate = Promise.withResolvers<void>();
  const error = new ServiceError({ operation: "get", uri: "memory:///k", detail: "broken" });
  const store = await open([
    { operation: "get", nth: 2, fault: { kind: "throw", error } },
    { operation: "get", nth: 3, fault: { kind: "stall", until: gate.promise } },
  ]);
  const target = new Uint8Array(SIZE);
  await assertRejects(() => readInto(store, "k", target, { chunkSize: 30, concurrency: 4 }), ServiceError);
  const before = target.slice();
  gate.resolve();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(target, before);
  assertEquals(store.openBodies, 0);
});

Deno.test("readInto() ends when a later chunk fails, though the first answer stalls", async () => {
  const never = Promise.withResolvers<void>();
  const error = new ServiceError({ operation: "get", uri: "memory:///k", detail: "broken" });
  const store = await open([
    { operation: "get", nth: 1, fault: { kind: "stall", until: never.promise, after: 1 } },
    { operation: "get", nth: 2, fault: { kind: "throw", error } },
  ]);
  const reading = readInto(store, "k", new Uint8Array(SIZE), { chunkSize: 30, concurrency: 2 });
  assertStrictEquals(await reading.catch((error) => error), error);
  assertEquals(store.openBodies, 0);
});

Deno.test("readInto() rejects with the signal's reason and frees everything", async () => {
  const reason = new Error("enough");
  const gate = Promise.withResolvers<void>();
  for (const nth of [1, 2]) {
    const stall = { kind: "stall" as const, until: gate.promise, after: 1 };
    const store = await open([{ operation: "get", nth, fault: stall }]);
    const stop = new AbortController();
    const reading = readInto(store, "k", new Uint8Array(SIZE), { chunkSize: 30, signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 0));
    stop.abort(reason);
    assertStrictEquals(await reading.catch((error) => error), reason);
    assertEquals(store.openBodies, 0);
  }
  const aborted = AbortSignal.abort(reason);
  const store = await open();
  const late = readInto(store, "k", new Uint8Array(SIZE), { signal: aborted });
  assertStrictEquals(await late.catch((error) => error), reason);
  gate.resolve();
});

Deno.test("readInto() computes CRC-32C over chunks of any size", async () => {
  const store = await open([], 9);
  await store.put("digits", new TextEncoder().encode("123456789"));
  for (const chunkSize of [1, 2, 5, 9]) {
    const { checksums, verified } = await readInto(store, "digits", new Uint8Array(9), {
      chunkSize,
      checksum: "crc32c",
    });
    assertEquals(checksums, { crc32c: "4waSgw==" });
    assert(!verified);
  }
});

Deno.test("readInto() compares the checksum that its store tells", async () => {
  const store = new ToldChecksum();
  await store.put("k", new TextEncoder().encode("123456789"));
  store.crc32c = "4waSgw==";
  assert((await readInto(store, "k", new Uint8Array(9), { chunkSize: 4 })).verified);
  store.crc32c = "AAAAAA==";
  await assertRejects(() => readInto(store, "k", new Uint8Array(9), { chunkSize: 4 }), ChecksumMismatchError);
  const range = { offset: 0, length: 4 };
  assert(!(await readInto(store, "k", new Uint8Array(9), { range })).verified, "it is that of the whole");
  const unchecked = await readInto(store, "k", new Uint8Array(9), { checksum: "none" });
  assertEquals(unchecked.checksums, {});
});

Deno.test("readInto() reports every byte once as progress", async () => {
  const error = new UnavailableError({ operation: "get", uri: "memory:///k", detail: "reset" });
  const store = await open([{ operation: "get", nth: 2, fault: { kind: "throw", error, after: 7 } }]);
  let bytes = 0;
  const reading = readInto(store, "k", new Uint8Array(SIZE), {
    chunkSize: 30,
    onProgress: (event) => bytes += event.type === "bytes" ? event.bytes : 0,
  });
  await settle(reading, store.context.clock as FakeClock);
  assertEquals(bytes, SIZE);
});

class ToldChecksum extends MemoryStore {
  crc32c = "";
  override async get(...args: Parameters<MemoryStore["get"]>): ReturnType<MemoryStore["get"]> {
    const result = await super.get(...args);
    Object.assign(result.info, { checksums: { crc32c: this.crc32c } });
    return result;
  }
}

/** Lets pauses pass until `work` settles. */
async function settle<T>(work: Promise<T>, clock: FakeClock): Promise<T> {
  let done = false;
  const watched = work.finally(() => done = true);
  watched.catch(() => {});
  while (!done) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    await clock.advance(10_000);
  }
  return await watched;
}
