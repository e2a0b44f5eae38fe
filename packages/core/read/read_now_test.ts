import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  ChecksumMismatchError,
  crc32c,
  crc32cToBase64,
  createStoreContext,
  getBytes,
  getMany,
  type GetOptions,
  MemoryStore,
  PrefixStore,
  type ProgressEvent,
  readInto,
} from "../mod.ts";
import { bytesAtHand, type ReadyBytes } from "../contract/seams.ts";

const DATA = Uint8Array.from({ length: 100 }, (_, i) => i);

/** A store that counts what it is asked for, and may tell a checksum. */
class Counting extends MemoryStore {
  gets = 0;
  ready = 0;
  told: string | undefined;

  override get(...args: Parameters<MemoryStore["get"]>): ReturnType<MemoryStore["get"]> {
    this.gets++;
    return super.get(...args);
  }

  override [bytesAtHand](
    key: string,
    allocate: (length: number) => Uint8Array | undefined,
    options?: GetOptions,
  ): ReadyBytes | undefined {
    const ready = super[bytesAtHand](key, allocate, options);
    if (!ready) return undefined;
    this.ready++;
    return this.told === undefined
      ? ready
      : { ...ready, info: { ...ready.info, checksums: { crc32c: this.told } } };
  }
}

async function setup(): Promise<Counting> {
  const store = new Counting();
  await store.put("dir/k", DATA);
  return store;
}

Deno.test("readInto() and getBytes() take what is at hand, without a request", async () => {
  const below = await setup();
  for (const [store, key] of [[below, "dir/k"], [new PrefixStore(below, "dir/"), "k"]] as const) {
    below.ready = 0;
    const target = new Uint8Array(110);
    const { info, range } = await readInto(store, key, target);
    assertEquals([info.key, info.size, range], [key, 100, { offset: 0, length: 100 }]);
    assertEquals(target.subarray(0, 100), DATA);
    const some = await getBytes(store, key, { range: { offset: 10, length: 20 } });
    assertEquals(some.bytes, DATA.subarray(10, 30));
    assertEquals(some.range, { offset: 10, length: 20 });
    assertEquals([below.ready, below.gets], [2, 0]);
  }
});

Deno.test("getMany() takes what is at hand, within its budget", async () => {
  for (const [maxBufferedBytes, ready] of [[10_000, 20], [250, 0]] as const) {
    const store = new Counting({ context: createStoreContext({ maxBufferedBytes }) });
    const { budget } = store.context;
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
    for (const [i, key] of keys.entries()) await store.put(key, DATA.map((byte) => byte + i));
    let most = 0;
    let at = 0;
    for await (const { key, bytes } of getMany(store, keys)) {
      assertEquals([key, bytes], [keys[at], DATA.map((byte) => byte + at)]);
      most = Math.max(most, budget.held);
      at++;
    }
    assertEquals([at, budget.held], [20, 0]);
    assert(most <= maxBufferedBytes + DATA.length, `${most} bytes were held`);
    assertEquals(store.ready + store.gets, 20);
    if (ready > 0) assertEquals(store.ready, ready);
  }
});

Deno.test("getMany() gives its budget back where there is no memory, and goes on", async () => {
  const store = await setup();
  class NoMemory extends MemoryStore {
    override [bytesAtHand](_key: string, allocate: (length: number) => Uint8Array | undefined): undefined {
      allocate(100);
    }
  }
  const changing = new NoMemory({ context: store.context });
  await changing.put("k", DATA);
  const [result] = await Array.fromAsync(getMany(changing, ["k"]));
  assertEquals([result?.bytes, store.context.budget.held], [DATA, 0]);
});

Deno.test("a size of chunks is kept to, whatever is at hand", async () => {
  const store = await setup();
  await getBytes(store, "dir/k", { chunkSize: 30 });
  assertEquals([store.ready, store.gets], [0, 4]);
});

Deno.test("a copy that would hold up others for long is not at hand", async () => {
  const store = await setup();
  for (const [size, ready] of [[2 ** 23, 1], [2 ** 23 + 1, 0]] as const) {
    await store.put("large", new Uint8Array(size));
    store.ready = 0;
    assertEquals((await getBytes(store, "large")).bytes.length, size);
    assertEquals(store.ready, ready);
  }
});

Deno.test("what is at hand is reported as progress", async () => {
  const store = await setup();
  await store.put("empty", new Uint8Array());
  const events: ProgressEvent[] = [];
  const onProgress = (event: ProgressEvent) => void events.push(event);
  await getBytes(store, "dir/k", { onProgress });
  await getBytes(store, "empty", { onProgress });
  assertEquals(events, [
    { type: "sized", key: "dir/k", size: 100 },
    { type: "bytes", key: "dir/k", bytes: 100 },
    { type: "sized", key: "empty", size: 0 },
  ]);
  assertEquals(store.gets, 0);
});

Deno.test("what is at hand is checked against the checksum its store tells", async () => {
  const store = await setup();
  const right = crc32cToBase64(crc32c(DATA));
  const computed = await getBytes(store, "dir/k", { checksum: "crc32c" });
  assertEquals([computed.checksums, computed.verified], [{ crc32c: right }, false]);
  store.told = right;
  const checked = await getBytes(store, "dir/k");
  assertEquals([checked.checksums, checked.verified], [{ crc32c: right }, true]);
  store.told = "AAAAAA==";
  await assertRejects(() => readInto(store, "dir/k", new Uint8Array(100)), ChecksumMismatchError);
  assertEquals((await getBytes(store, "dir/k", { checksum: "none" })).checksums, {});
  const { verified } = await getBytes(store, "dir/k", { range: { offset: 0, length: 99 } });
  assertStrictEquals(verified, false, "it is that of the whole");
  assertEquals(store.gets, 0);
});
