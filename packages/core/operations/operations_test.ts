import { assert, assertEquals, assertFalse, assertRejects, assertStrictEquals } from "@std/assert";
import {
  AlreadyExistsError,
  copyObject,
  createStoreContext,
  deletePrefix,
  exists,
  getMany,
  InvalidNameError,
  MemoryContainer,
  MemoryStore,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  ServiceError,
} from "../mod.ts";
import { type FaultRule, type FaultyStore, injectFaults } from "@lade/testing";

const text = (value: string) => new TextEncoder().encode(value);

async function open(
  objects: Record<string, string>,
  rules: readonly FaultRule[] = [],
  maxBufferedBytes = 2 ** 20,
): Promise<FaultyStore> {
  const context = createStoreContext({ maxBufferedBytes });
  const store = new MemoryStore({ context, container: new MemoryContainer() });
  for (const [key, value] of Object.entries(objects)) await store.put(key, text(value));
  return injectFaults(store, rules);
}

async function keysOf(store: MemoryStore | FaultyStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  return keys;
}

const broken = new ServiceError({ operation: "get", uri: "memory:///b", detail: "broken" });

Deno.test("exists() asks a listing where the object may not be read", async () => {
  const denied = new PermissionDeniedError({ operation: "head", uri: "memory://memory/b", detail: "denied" });
  const unread: FaultRule = { operation: "head", fault: { kind: "throw", error: denied } };
  const store = await open({ a: "1", "b-": "2" }, [unread]);
  assertEquals([await exists(store, "a"), await exists(store, "b"), await exists(store, "c")], [
    true,
    false,
    false,
  ]);
  const unlisted = new PermissionDeniedError({ operation: "list", uri: "memory://memory", detail: "denied" });
  store.addRule({ operation: "list", fault: { kind: "throw", error: unlisted } });
  assertStrictEquals(await assertRejects(() => exists(store, "a")), denied);
});

Deno.test("exists() tells a missing object from a failure", async () => {
  const store = await open({ a: "1" }, [{
    operation: "head",
    key: "b",
    fault: { kind: "throw", error: broken },
  }]);
  assert(await exists(store, "a"));
  assertFalse(await exists(store, "none"));
  await assertRejects(() => exists(store, "b"), ServiceError);
});

Deno.test("deletePrefix() deletes what is under the prefix and nothing beside it", async () => {
  const store = await open({ "logs/1": "", "logs/a/2": "", "logs-of-last-year": "", "log": "" });
  const results = await Array.fromAsync(deletePrefix(store, "logs/"));
  assertEquals(results.map(({ key }) => key).sort(), ["logs/1", "logs/a/2"]);
  assertEquals(await keysOf(store), ["log", "logs-of-last-year"]);
  await assertRejects(() => Array.fromAsync(deletePrefix(store, "log")), InvalidNameError, "ends in /");
  assertEquals((await Array.fromAsync(deletePrefix(store, ""))).length, 2);
  assertEquals(await keysOf(store), []);
});

Deno.test("deletePrefix() with dryRun tells what it would delete, and deletes nothing", async () => {
  const store = await open({ "logs/1": "", "logs/a/2": "", other: "" });
  const found = await Array.fromAsync(deletePrefix(store, "logs/", { dryRun: true }));
  assertEquals(found, [{ key: "logs/1" }, { key: "logs/a/2" }]);
  assertEquals(await keysOf(store), ["logs/1", "logs/a/2", "other"]);
});

Deno.test("getMany() yields every object in the order of its keys, with its bytes or its error", async () => {
  const store = await open({ a: "1", b: "2", c: "3" }, [
    { operation: "get", key: "b", fault: { kind: "throw", error: broken } },
  ]);
  const results = await Array.fromAsync(getMany(store, ["c", "b", "none", "a", "a"]));
  assertEquals(results.map(({ key }) => key), ["c", "b", "none", "a", "a"]);
  assertEquals(results.map(({ bytes }) => bytes && new TextDecoder().decode(bytes)), [
    "3",
    undefined,
    undefined,
    "1",
    "1",
  ]);
  assertStrictEquals(results[1]?.error, broken);
  assert(results[2]?.error instanceof NotFoundError);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("getMany() takes keys only as fast as its results are taken", async () => {
  const store = await open({ a: "1" });
  let taken = 0;
  const keys = function* () {
    for (;; taken++) yield "a";
  };
  const results = getMany(store, keys(), { concurrency: 4 });
  for (let i = 0; i < 10; i++) await results.next();
  assert(taken <= 14);
  await results.return(undefined);
  assertEquals(store.openBodies, 0);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("getMany() keeps to the byte budget, and goes on with objects larger than it", async () => {
  const objects = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, "x".repeat(100)]));
  const store = await open(objects, [], 250);
  let most = 0;
  for await (const { bytes } of getMany(store, Object.keys(objects), { concurrency: 8, chunkSize: 10 })) {
    most = Math.max(most, store.context.budget.held);
    assertEquals(bytes?.length, 100);
  }
  assert(most <= 350, `${most} bytes were held`);
  const tiny = await open(objects, [], 50);
  assertEquals((await Array.fromAsync(getMany(tiny, Object.keys(objects), { concurrency: 8 }))).length, 20);
  assertEquals(tiny.context.budget.held, 0);
});

Deno.test("getMany() ends with the signal's reason", async () => {
  const store = await open({ a: "1" });
  const stop = new AbortController();
  const reason = new Error("enough");
  const caught = await (async () => {
    for await (const _ of getMany(store, ["a", "a", "a"], { signal: stop.signal })) stop.abort(reason);
  })().catch((error) => error);
  assertStrictEquals(caught, reason);
});

Deno.test("getMany() that is aborted gives back the memory of objects that nobody took", async () => {
  const store = new MemoryStore({ context: createStoreContext({ maxBufferedBytes: 2 ** 20 }) });
  for (const key of ["a", "b", "c"]) await store.put(key, text("content"));
  const stop = new AbortController();
  const results = getMany(store, ["a", "b", "c"], { signal: stop.signal });
  await results.next();
  const reason = new Error("enough");
  stop.abort(reason);
  assertStrictEquals(await results.next().catch((error) => error), reason);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("copyObject() copies between stores, attributes included, in one chunk or many", async () => {
  const from = await open({});
  await from.put("a", text("0123456789"), { contentType: "text/plain", metadata: { who: "me" } });
  for (const chunkSize of [3, 10, 100]) {
    const to = await open({});
    const result = await copyObject(from, "a", to, "b", { chunkSize });
    assertEquals(result.size, 10);
    const info = await to.head("b");
    assertEquals([info.size, info.contentType, info.metadata], [10, "text/plain", { who: "me" }]);
    assertEquals(to.openWriters, 0);
    assertEquals(from.openBodies, 0);
    assertEquals(from.context.budget.held, 0);
  }
});

Deno.test("copyObject() refuses a wrong option, also within one store", async () => {
  const store = await open({ a: "1" });
  for (const to of [store, await open({})]) {
    for (const options of [{ chunkSize: 0 }, { concurrency: -1 }]) {
      await assertRejects(() => copyObject(store, "a", to, "b", options), RangeError);
    }
  }
});

Deno.test("copyObject() copies an empty object", async () => {
  const from = await open({ a: "" });
  const to = await open({});
  assertEquals((await copyObject(from, "a", to, "b")).size, 0);
  assert(await exists(to, "b"));
});

Deno.test("copyObject() leaves nothing when the source breaks", async () => {
  const from = await open({ a: "0123456789" }, [
    { operation: "get", nth: 3, fault: { kind: "throw", error: broken, after: 1 } },
  ]);
  const to = await open({ b: "old" });
  await assertRejects(() => copyObject(from, "a", to, "b", { chunkSize: 3 }), ServiceError);
  assertEquals((await to.head("b")).size, 3);
  assertEquals([to.openWriters, from.openBodies, from.context.budget.held], [0, 0, 0]);
});

Deno.test("copyObject() honours conditions on both sides", async () => {
  const from = await open({ a: "1" });
  const to = await open({ b: "old" });
  await assertRejects(() => copyObject(from, "a", to, "b", { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => copyObject(from, "a", to, "b", { sourceIfMatch: "no" }), PreconditionFailedError);
  await assertRejects(
    () => copyObject(from, "a", from, "c", { sourceIfMatch: "no" }),
    PreconditionFailedError,
  );
  await copyObject(from, "a", from, "c");
  assertEquals(from.calls.some(({ operation }) => operation === "copy"), true);
});
