import { assert, assertEquals, assertLessOrEqual, assertRejects, assertStrictEquals } from "@std/assert";
import {
  AdaptiveLimit,
  BufferPool,
  ChecksumMismatchError,
  createStoreContext,
  type GetOptions,
  type GetResult,
  MemoryStore,
  readChunks,
  type ReadHints,
  readInto,
  type Slab,
  type StoreLimits,
  stream,
} from "../mod.ts";
import { FakeClock, type FaultRule, type FaultyStore, injectFaults, seededRandom } from "@lade/testing";

const SIZE = 1000;

function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => i % 251);
}

async function open(rules: readonly FaultRule[] = [], maxBufferedBytes = 10_000): Promise<FaultyStore> {
  const store = new MemoryStore({ context: createStoreContext({ maxBufferedBytes }) });
  await store.put("k", bytesOf(SIZE));
  return injectFaults(store, rules);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: number[] = [];
  for await (const chunk of chunks) parts.push(...chunk);
  return new Uint8Array(parts);
}

Deno.test("readChunks() yields the object in order, whatever order its chunks arrive in", async () => {
  const gate = Promise.withResolvers<void>();
  const store = await open([{ operation: "get", nth: 2, fault: { kind: "stall", until: gate.promise } }]);
  const read = await readChunks(store, "k", { chunkSize: 100, concurrency: 4 });
  const reading = collect(read);
  await new Promise((resolve) => setTimeout(resolve, 0));
  gate.resolve();
  assertEquals(await reading, bytesOf(SIZE));
  assertEquals(store.openBodies, 0);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("readChunks() holds at most its concurrency of chunks while the reader pauses", async () => {
  const store = await open();
  const read = await readChunks(store, "k", { chunkSize: 100, concurrency: 3 });
  const chunks = read[Symbol.asyncIterator]();
  await chunks.next();
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(store.calls.length, 3);
  assertEquals(store.context.budget.held, 300);
  await chunks.return?.();
  assertEquals(store.context.budget.held, 0);
  assertEquals(store.openBodies, 0);
});

Deno.test("readChunks() that is disposed does not wait for a first answer that stalls", async () => {
  const never = Promise.withResolvers<void>();
  const stall = { kind: "stall" as const, until: never.promise, after: 1 };
  const store = await open([{ operation: "get", nth: 1, fault: stall }]);
  const read = await readChunks(store, "k", { chunkSize: 100 });
  await read[Symbol.asyncDispose]();
  assertEquals([store.openBodies, store.context.budget.held], [0, 0]);
});

Deno.test("readChunks() reads ahead only within the byte budget, and goes on when there is none", async () => {
  const store = await open([], 150);
  const full = store.context.budget.overdraw(150);
  let most = 0;
  const read = await readChunks(store, "k", { chunkSize: 100, concurrency: 8 });
  const parts: number[] = [];
  for await (const chunk of read) {
    most = Math.max(most, store.context.budget.held);
    parts.push(...chunk);
  }
  assertEquals(parts.length, SIZE);
  assertLessOrEqual(most, 250);
  full.release();
  assertEquals(store.context.budget.held, 0);
});

Deno.test("readChunks() lets two streams be read in turn within one budget", async () => {
  const store = await open([], 400);
  const a = (await readChunks(store, "k", { chunkSize: 100, concurrency: 4 }))[Symbol.asyncIterator]();
  const b = (await readChunks(store, "k", { chunkSize: 100, concurrency: 4 }))[Symbol.asyncIterator]();
  let count = 0;
  for (
    let x = await a.next(), y = await b.next();
    !x.done && !y.done;
    x = await a.next(), y = await b.next()
  ) {
    count += x.value.length + y.value.length;
  }
  assertEquals(count, 2 * SIZE);
});

Deno.test("readChunks() frees everything when it is disposed without being read", async () => {
  const store = await open();
  await (await readChunks(store, "k", { chunkSize: 100 }))[Symbol.asyncDispose]();
  assertEquals(store.openBodies, 0);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("readChunks() rejects a second iteration", async () => {
  const store = await open();
  const read = await readChunks(store, "k");
  await collect(read);
  await assertRejects(() => collect(read), TypeError, "read once");
});

Deno.test("readChunks() ends with the signal's reason", async () => {
  const store = await open();
  const stop = new AbortController();
  const reason = new Error("enough");
  const read = await readChunks(store, "k", { chunkSize: 100, concurrency: 2, signal: stop.signal });
  const caught = await (async () => {
    for await (const _ of read) stop.abort(reason);
  })().catch((error) => error);
  assertStrictEquals(caught, reason);
  assertEquals(store.openBodies, 0);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("readChunks() compares checksums before the last chunk", async () => {
  const store = await open([{ operation: "get", nth: 3, fault: { kind: "corrupt", position: 5 } }]);
  class Told extends MemoryStore {
    override async get(...args: Parameters<MemoryStore["get"]>): ReturnType<MemoryStore["get"]> {
      const result = await store.get(...args);
      Object.assign(result.info, { checksums: { crc32c: "/////w==" } });
      return result;
    }
  }
  const read = await readChunks(new Told({ context: store.context }), "k", {
    chunkSize: 250,
    concurrency: 1,
  });
  let seen = 0;
  await assertRejects(async () => {
    for await (const chunk of read) seen += chunk.length;
  }, ChecksumMismatchError);
  assertEquals(seen, 750);
});

Deno.test("readChunks() reuses its buffers", async () => {
  const store = await open([], 2 ** 20);
  const read = await readChunks(store, "k", { chunkSize: 100, concurrency: 2 });
  const buffers = new Set<ArrayBufferLike>();
  for await (const chunk of read) buffers.add(chunk.buffer);
  assertLessOrEqual(buffers.size, 3);
});

/** Gives so many buffers, and then has no memory any more. */
class ScarcePool extends BufferPool {
  #left: number;

  constructor(left: number) {
    super({ maxIdleBytes: 0 });
    this.#left = left;
  }

  override lease(size: number): Slab {
    if (this.#left-- > 0) return super.lease(size);
    throw new RangeError("no memory");
  }
}

Deno.test("readChunks() that gets no memory frees what it holds", async () => {
  for (const buffers of [0, 1, 2, 5]) {
    const context = { ...createStoreContext(), buffers: new ScarcePool(buffers) };
    const memory = new MemoryStore({ context });
    await memory.put("k", bytesOf(SIZE));
    const store = injectFaults(memory, []);
    const read = async () => await collect(await readChunks(store, "k", { chunkSize: 100, concurrency: 2 }));
    await assertRejects(read, RangeError, "no memory");
    assertEquals([store.openBodies, store.context.budget.held], [0, 0], `${buffers} buffers`);
  }
});

Deno.test("stream() gives the object to a default reader and to a BYOB reader", async () => {
  const store = await open();
  assertEquals(
    new Uint8Array(await new Response(stream(store, "k", { chunkSize: 70 })).arrayBuffer()),
    bytesOf(SIZE),
  );
  const reader = stream(store, "k", { chunkSize: 70 }).getReader({ mode: "byob" });
  const parts: number[] = [];
  for (let size = 1;; size++) {
    const { done, value } = await reader.read(new Uint8Array(size));
    if (value) parts.push(...value);
    if (done) break;
  }
  assertEquals(new Uint8Array(parts), bytesOf(SIZE));
});

Deno.test("stream() requests nothing before the first read and frees all when it is cancelled", async () => {
  const store = await open();
  const body = stream(store, "k", { chunkSize: 100, concurrency: 2 });
  const reader = body.getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(store.openBodies, 0);
  assertEquals(store.context.budget.held, 0);
  assert(store.calls.length <= 3);
});

Deno.test("stream() that is cancelled frees all, however far its first read has come", async () => {
  for (let steps = 0; steps < 30; steps++) {
    const store = await open();
    const body = stream(store, "k", { chunkSize: 100, concurrency: 2 });
    await new Promise((resolve) => setTimeout(resolve, 0));
    const reader = body.getReader();
    const reading = reader.read();
    for (let i = 0; i < steps; i++) await Promise.resolve();
    await reader.cancel();
    await reading;
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals([store.openBodies, store.context.budget.held], [0, 0], `cancelled after ${steps} steps`);
  }
});

Deno.test("stream() that is cancelled waits for no answer that stalls", async () => {
  const until = Promise.withResolvers<void>().promise;
  for (const nth of [1, 2]) {
    for (const after of [undefined, 50]) {
      const fault = { kind: "stall" as const, until, ...(after !== undefined && { after }) };
      const store = await open([{ operation: "get", nth, fault }]);
      const reader = stream(store, "k", { chunkSize: 100, concurrency: 1 }).getReader();
      if (nth === 2) await reader.read();
      const reading = reader.read();
      await new Promise((resolve) => setTimeout(resolve, 0));
      await reader.cancel();
      await reading;
      assertEquals([store.openBodies, store.context.budget.held], [0, 0], `answer ${nth} stalls`);
    }
  }
});

Deno.test("stream() hands out pieces that are the reader's own", async () => {
  const store = await open();
  const reader = stream(store, "k", { chunkSize: 100, concurrency: 2 }).getReader();
  const first = await reader.read();
  const copy = first.value?.slice();
  await reader.read();
  await reader.read();
  assertEquals(first.value, copy);
  await reader.cancel();
});

Deno.test("stream() errors when the object is missing", async () => {
  const store = await open();
  await assertRejects(() => stream(store, "none").getReader().read());
});

class DistantStore extends MemoryStore {
  override readonly readHints: ReadHints = {
    firstChunkSize: 10,
    chunkSize: 10,
    alignment: 1,
  };
  override readonly limits: StoreLimits = {
    read: new AdaptiveLimit({ clock: this.context.clock, initial: 2, maximum: 16 }),
  };

  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    await this.context.clock.sleep(100, options.signal);
    return await super.get(key, options);
  }
}

Deno.test("readChunks() has more chunks in flight while that pays, for a reader that waits for them", async () => {
  const clock = new FakeClock();
  const store = new DistantStore({ context: createStoreContext({ clock }) });
  await store.put("k", bytesOf(SIZE));
  const reading = readChunks(store, "k").then(collect);
  let done = false;
  void reading.finally(() => done = true);
  while (!done) {
    await clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(await reading, bytesOf(SIZE));
  assertEquals(store.limits.read.current, 16);
});

Deno.test("readChunks() does not take a reader that is slow for a service that is", async () => {
  const clock = new FakeClock();
  const store = new DistantStore({ context: createStoreContext({ clock }) });
  await store.put("k", bytesOf(SIZE));
  const opening = readChunks(store, "k");
  await clock.advance(100);
  let count = 0;
  for await (const _ of await opening) {
    count++;
    for (let i = 0; i < 3; i++) {
      await clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  assertEquals(count, SIZE / 10);
  assertLessOrEqual(store.limits.read.current, 4);
});

/** Answers after 60 to 140 ms, one in ten after 500, and the chunk that is told after the time that is told. */
class UnevenStore extends DistantStore {
  readonly asked: number[] = [];
  readonly #random = seededRandom(7);
  readonly #late: { readonly offset: number; readonly ms: number } | undefined;

  constructor(clock: FakeClock, late?: { readonly offset: number; readonly ms: number }) {
    super({ context: createStoreContext({ clock }) });
    this.#late = late;
  }

  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const { offset } = options.range as { offset: number };
    this.asked.push(offset);
    const usualMs = this.#random() < 0.1 ? 500 : 60 + 80 * this.#random();
    const ms = offset === this.#late?.offset ? this.#late.ms : usualMs;
    await this.context.clock.sleep(ms, options.signal);
    return await MemoryStore.prototype.get.call(this, key, options);
  }
}

/** Moves the clock until `work` ends; gives how long it took. */
async function timeOf(clock: FakeClock, work: Promise<unknown>): Promise<number> {
  const startMs = clock.monotonicMs();
  let done = false;
  const ending = work.finally(() => done = true);
  while (!done) {
    await clock.advance(20);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await ending;
  return clock.monotonicMs() - startMs;
}

Deno.test("readChunks() goes on behind a chunk that is late, as far again as it reads ahead and no further", async () => {
  const clock = new FakeClock();
  const store = new UnevenStore(clock, { offset: 20, ms: 5_000 });
  await store.put("k", bytesOf(SIZE));
  const reading = readChunks(store, "k").then(collect);
  const ended = timeOf(clock, reading);
  while (clock.monotonicMs() < 4_500) await new Promise((resolve) => setTimeout(resolve, 0));
  const depth = store.limits.read.current + Math.ceil(store.limits.read.current / 4);
  const held = store.asked.length - 2;
  assert(held > depth && held <= 2 * depth, `${held} held where ${depth} may be in flight`);
  assertEquals(await reading, bytesOf(SIZE));
  await ended;
});

Deno.test("readChunks() takes little longer in order than the same chunks take in any order, some of them late", async () => {
  const times: number[] = [];
  for (const read of [(store: UnevenStore) => readChunks(store, "k").then(collect), readAnywhere]) {
    const clock = new FakeClock();
    const store = new UnevenStore(clock);
    await store.put("k", bytesOf(2 * SIZE));
    times.push(await timeOf(clock, read(store)));
  }
  const [inOrder = 0, anywhere = 0] = times;
  assertLessOrEqual(inOrder, 1.3 * anywhere, `${times}`);
});

async function readAnywhere(store: UnevenStore): Promise<void> {
  await readInto(store, "k", new Uint8Array(2 * SIZE), { chunkSize: 10 });
}
