import { assert, assertEquals, assertFalse, assertRejects, assertStrictEquals } from "@std/assert";
import {
  AlreadyExistsError,
  copyObject,
  copyTree,
  createStoreContext,
  deletePrefix,
  exists,
  getBytes,
  getMany,
  InvalidNameError,
  MemoryContainer,
  MemoryStore,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  PrefixStore,
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

Deno.test("copyTree() refuses a destination in the source by another store of one container", async () => {
  const container = new MemoryContainer();
  const [one, other] = [new MemoryStore({ container }), new MemoryStore({ container })];
  await one.put("d/a", text("1"));
  for (
    const [to, prefix] of [[other, "d/"], [other, "d/e/"], [new PrefixStore(other, "d/"), "e/"]] as const
  ) {
    const copying = () => Array.fromAsync(copyTree(one, "d/", to, prefix));
    await assertRejects(copying, TypeError, "lies in it");
  }
  assertEquals((await Array.fromAsync(copyTree(one, "d/", other, "e/"))).length, 1);
});

Deno.test("copyTree() into what holds the source replaces nothing that is still to be copied", async () => {
  const container = new MemoryContainer();
  const [one, other] = [new MemoryStore({ container }), new MemoryStore({ container })];
  for (const [key, data] of [["a/b/x", "1"], ["a/b/b/x", "2"], ["a/b/c", "3"]] as const) {
    await one.put(key, text(data));
  }
  for (const [to, prefix] of [[one, "a/"], [other, "a/"], [new PrefixStore(other, "a/"), ""]] as const) {
    const results = await Array.fromAsync(copyTree(one, "a/b/", to, prefix));
    const failed = results.filter(({ error }) => error !== undefined);
    assertEquals(failed.map(({ source, error }) => [source.key, error instanceof InvalidNameError]), [
      ["a/b/b/x", true],
    ]);
    assertEquals((await getBytes(one, "a/b/x")).bytes, text("1"));
    assertEquals((await getBytes(one, "a/x")).bytes, text("1"));
  }
});

Deno.test("copyTree() copies every object under its whole name and reports each", async () => {
  const from = await open({ "d/x/1": "a", "d/y/1": "bb", "d/2": "ccc", "e": "no", "d-": "no" });
  const to = await open({});
  const results = await Array.fromAsync(copyTree(from, "d/", to, "t/", { concurrency: 2 }));
  assertEquals(results.map(({ key, error }) => [key, error]).sort(), [
    ["t/2", undefined],
    ["t/x/1", undefined],
    ["t/y/1", undefined],
  ]);
  assertEquals(await keysOf(to), ["t/2", "t/x/1", "t/y/1"]);
  assertEquals(from.context.budget.held, 0);
});

Deno.test("copyTree() goes on when one object fails", async () => {
  const from = await open({ a: "1", b: "2", c: "3" }, [
    { operation: "get", key: "b", fault: { kind: "throw", error: broken } },
  ]);
  const to = await open({});
  const results = await Array.fromAsync(copyTree(from, "", to, ""));
  assertEquals(results.filter(({ error }) => error === broken).map(({ key }) => key), ["b"]);
  assertEquals(await keysOf(to), ["a", "c"]);
});

Deno.test("copyTree() stops when its reader leaves, and on abort", async () => {
  const objects = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, "x"]));
  const from = await open(objects);
  const to = await open({});
  for await (const _ of copyTree(from, "", to, "", { concurrency: 2 })) break;
  assert((await keysOf(to)).length < 10);
  assertEquals([from.openBodies, to.openWriters, from.context.budget.held], [0, 0, 0]);
  const reason = new Error("enough");
  const stop = new AbortController();
  const caught = await (async () => {
    for await (const _ of copyTree(from, "", to, "", { concurrency: 2, signal: stop.signal })) {
      stop.abort(reason);
    }
  })().catch((error) => error);
  assertStrictEquals(caught, reason);
});

Deno.test("copyTree() ends with what its listener throws, and leaves nothing under way", async () => {
  const mine = new Error("mine");
  for (const [count, concurrency] of [[50, 2], [3, 8]] as const) {
    const objects = Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, "x"]));
    const fault = { kind: "throw" as const, error: broken };
    const from = await open(objects, [{ operation: "get", key: "k2", fault }]);
    const to = await open({});
    for (const thrown of ["started", "sized", "bytes", "finished", "failed"]) {
      const onProgress = ({ type }: { readonly type: string }) => {
        if (type === thrown) throw mine;
      };
      const copying = Array.fromAsync(copyTree(from, "", to, "", { onProgress, concurrency }));
      assertStrictEquals(await copying.catch((error) => error), mine);
      assertEquals([from.openBodies, to.openWriters, from.context.budget.held], [0, 0, 0]);
    }
  }
});

Deno.test("copyTree() refuses a prefix that does not end in a slash", async () => {
  const store = await open({});
  await assertRejects(() => Array.fromAsync(copyTree(store, "a", store, "")), TypeError, "must end in /");
});

Deno.test("copyTree() refuses to copy a tree into itself, which would never end", async () => {
  const store = await open({ "a": "1", "b/c": "2", "bb/d": "3" });
  for (const [from, to] of [["", "z/"], ["b/", "b/z/"], ["b/", "b/"], ["", ""]] as const) {
    await assertRejects(() => Array.fromAsync(copyTree(store, from, store, to)), TypeError, "lies in");
  }
  assertEquals((await Array.fromAsync(copyTree(store, "b/", store, "bb/"))).map(({ key }) => key), ["bb/c"]);
  assertEquals(await keysOf(store), ["a", "b/c", "bb/c", "bb/d"]);
});

Deno.test("copyTree() refuses a wrong option before it copies anything", async () => {
  const from = await open({ a: "1", b: "2", c: "3" }, [], 1);
  const to = await open({});
  for (const options of [{ chunkSize: 0 }, { concurrency: 0 }, { concurrency: 1.5 }, { concurrency: NaN }]) {
    await assertRejects(() => Array.fromAsync(copyTree(from, "", to, "", options)), RangeError);
  }
  assertEquals([await keysOf(to), from.context.budget.held], [[], 0]);
});
