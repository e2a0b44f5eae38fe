import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  AdaptiveLimit,
  AlreadyExistsError,
  ChecksumMismatchError,
  copyObject,
  createStoreContext,
  getBytes,
  MemoryContainer,
  MemoryStore,
  PreconditionFailedError,
  type PutResult,
  ServiceError,
} from "../mod.ts";
import { FakeClock, type FaultRule, injectFaults } from "@lade/testing";

const TEXT = "0123456789";
/** A chunk size with which the copy is one `put`, and one with which it is made of parts. */
const WAYS = { "in one piece": 100, "in parts": 3 };

const text = (value: string) => new TextEncoder().encode(value);
const textOf = async (store: MemoryStore, key: string) =>
  new TextDecoder().decode((await getBytes(store, key)).bytes);

async function open(objects: Record<string, string> = {}): Promise<MemoryStore> {
  const store = new MemoryStore({ context: createStoreContext(), container: new MemoryContainer() });
  for (const [key, value] of Object.entries(objects)) await store.put(key, text(value));
  return store;
}

/** Limits of a store, to be assigned to it. */
function readWidth(initial: number, maximum: number) {
  return { limits: { read: new AdaptiveLimit({ clock: new FakeClock(), initial, maximum }) } };
}

/** A store that tells a wrong checksum of every object. */
async function openCorrupt(): Promise<MemoryStore> {
  const store = await open({ a: TEXT });
  const get = store.get.bind(store);
  store.get = async (...args) => {
    const result = await get(...args);
    Object.assign(result.info, { checksums: { crc32c: "AAAAAA==" } });
    return result;
  };
  return store;
}

/** A store that tells another size of every object it has written. */
async function openForgetful(): Promise<MemoryStore> {
  const store = await open();
  const less = (result: PutResult) => ({ ...result, size: result.size - 1 });
  const put = store.put.bind(store);
  const createPartWriter = store.createPartWriter.bind(store);
  store.put = async (...args) => less(await put(...args));
  store.createPartWriter = async (...args) => {
    const writer = await createPartWriter(...args);
    const close = writer.close.bind(writer);
    return Object.assign(writer, { close: async () => less(await close()) });
  };
  return store;
}

for (const [how, chunkSize] of Object.entries(WAYS)) {
  Deno.test(`copyObject() ${how} makes no object of bytes whose checksum does not fit`, async () => {
    const to = await open({ b: "old" });
    const copying = copyObject(await openCorrupt(), "a", to, "b", { chunkSize });
    await assertRejects(() => copying, ChecksumMismatchError);
    assertEquals(await textOf(to, "b"), "old");
  });

  Deno.test(`copyObject() ${how} compares the size that the destination tells`, async () => {
    const copying = copyObject(await open({ a: TEXT }), "a", await openForgetful(), "b", { chunkSize });
    const error = await assertRejects(() => copying, ChecksumMismatchError);
    assertEquals(error.message, 'Cannot copy to "memory://memory/b": the store reports 9 bytes of 10');
  });

  Deno.test(`copyObject() ${how} hands the destination's conditions on`, async () => {
    const from = await open({ a: TEXT });
    const to = await open({ b: "old" });
    const { etag = "" } = await to.head("b");
    await assertRejects(
      () => copyObject(from, "a", to, "b", { chunkSize, ifNoneMatch: "*" }),
      AlreadyExistsError,
    );
    await assertRejects(
      () => copyObject(from, "a", to, "b", { chunkSize, ifMatch: "other" }),
      PreconditionFailedError,
    );
    assertEquals(await textOf(to, "b"), "old");
    await copyObject(from, "a", to, "b", { chunkSize, ifMatch: etag });
    assertEquals(await textOf(to, "b"), TEXT);
    assertEquals([from.context.budget.held, to.context.budget.held], [0, 0]);
  });
}

Deno.test("copyObject() within a store hands the conditions on", async () => {
  const store = await open({ a: TEXT, b: "old" });
  await assertRejects(() => copyObject(store, "a", store, "b", { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => copyObject(store, "a", store, "b", { ifMatch: "x" }), PreconditionFailedError);
  assertEquals(await textOf(store, "b"), "old");
});

Deno.test("copyObject() frees the first answer when the destination refuses the object", async () => {
  const error = new ServiceError({ operation: "write", uri: "memory:///b", detail: "no" });
  for (const [how, chunkSize] of Object.entries(WAYS)) {
    const from = injectFaults(await open({ a: TEXT }));
    const rules = (["put", "createPartWriter"] as const).map((operation): FaultRule => ({
      operation,
      fault: { kind: "throw", error },
    }));
    const copying = copyObject(from, "a", injectFaults(await open(), rules), "b", { chunkSize });
    assertStrictEquals(await copying.catch((error) => error), error);
    assertEquals([from.openBodies, from.context.budget.held], [0, 0], how);
    assertEquals(from.limits.read.inFlight, 0, how);
  }
});

Deno.test("copyObject() gives the memory of its parts back for reuse", async () => {
  const size = 2 ** 20;
  const from = await open({ a: "x".repeat(size) });
  const to = await open();
  for (let i = 0; i < 2; i++) await copyObject(from, "a", to, "b", { chunkSize: 2 ** 16, concurrency: 2 });
  assertEquals(from.context.buffers.idleBytes, size, "the one part has a MiB");
});

Deno.test("copyObject() reads ahead further while the writer waits", async () => {
  const store = await open({ a: "x".repeat(100_000) });
  const readHints = { ...store.readHints, firstChunkSize: 1000 };
  const from = injectFaults(Object.assign(store, { readHints, ...readWidth(8, 8) }));
  const to = await open();
  const createPartWriter = to.createPartWriter.bind(to);
  to.createPartWriter = (key, size, options) => createPartWriter(key, size, { ...options, partSize: 1000 });
  await copyObject(from, "a", to, "b", { chunkSize: 1000 });
  assertEquals(from.peakOpenBodies, 8);
});

Deno.test("copyObject() with waitForBudget waits for room before it reads, and gives it back", async () => {
  const store = await open({ a: TEXT });
  const from = injectFaults(store);
  const other = store.context.budget.overdraw(store.context.budget.capacity - 5);
  const copying = copyObject(from, "a", await open(), "b", { waitForBudget: true });
  const stop = new AbortController();
  const aborted = copyObject(from, "a", await open(), "b", { waitForBudget: true, signal: stop.signal });
  stop.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  assertEquals(from.calls.length, 0);
  assertEquals((await copyObject(from, "a", await open(), "b")).size, TEXT.length);
  other.release();
  assertEquals((await copying).size, TEXT.length);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("copyObject() asks for nothing that is at hand, but for a move and for chunks of some size", async () => {
  const [from, to] = [await open({ a: TEXT }), await open()];
  let gets = 0;
  const get = from.get.bind(from);
  from.get = (...args) => {
    gets++;
    return get(...args);
  };
  const { read, sourceEtag } = await copyObject(from, "a", to, "b");
  assertEquals([await textOf(to, "b"), gets], [TEXT, 0]);
  assertEquals([read?.range.length, read?.info.etag], [10, sourceEtag]);
  assertEquals(to.context.budget.held + from.context.budget.held, 0);
  await copyObject(from, "a", to, "c", { forMove: true });
  assertEquals([await textOf(to, "c"), gets], [TEXT, 1]);
  await copyObject(from, "a", to, "d", { chunkSize: 3 });
  assertEquals(await textOf(to, "d"), TEXT);
  assertEquals(gets > 1, true);
  await assertRejects(
    async () => await copyObject(from, "a", await openForgetful(), "e"),
    ChecksumMismatchError,
    "the store reports 9 bytes of 10",
  );
  assertEquals(from.context.budget.held, 0);
});
