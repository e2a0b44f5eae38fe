import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { conformance } from "@lade/testing/conformance";
import { createStoreContext } from "../context/store_context.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectTree } from "../contract/object_tree.ts";
import type { PutResult } from "../contract/types.ts";
import { NotFoundError } from "../errors/errors.ts";
import { MemoryContainer } from "../memory/memory_container.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { FakeClock, type FaultRule, injectFaults } from "@lade/testing";
import { deletePrefix } from "../operations/delete_prefix.ts";
import { createPartWriter } from "../write/create_part_writer.ts";
import type { WriteSink } from "../write/write_sink.ts";
import { observe } from "./observe.ts";
import type { FailedEvent, FinishedEvent, StoreEvent } from "./store_event.ts";

const BYTES = new TextEncoder().encode("content");

for (const versioning of [false, true]) {
  conformance(versioning ? "observe() with versions" : "observe()", () => {
    const open = new Set<number>();
    const store = new MemoryStore({ container: new MemoryContainer({ versioning }) });
    return Promise.resolve({
      store: observe(store, (event) => {
        if (event.type === "started") open.add(event.id);
        else if (event.type === "deleted") assert(open.has(event.id), "a result of no call");
        else assert(open.delete(event.id), `${event.operation} ended twice or never began`);
      }),
      async [Symbol.asyncDispose]() {
        assertEquals(open, new Set(), "calls that never ended");
      },
    });
  }, Deno.test);
}

interface Setup {
  readonly store: ObjectStore;
  readonly clock: FakeClock;
  readonly events: StoreEvent[];
}

async function setup(rules: FaultRule[] = [], tree?: ObjectTree): Promise<Setup> {
  const clock = new FakeClock({ now: 1000 });
  const memory = new MemoryStore({ context: createStoreContext({ clock }) });
  const below: ObjectStore = Object.assign(memory, tree && { tree });
  await below.put("object", BYTES);
  const events: StoreEvent[] = [];
  return { store: observe(injectFaults(below, rules), (event) => events.push(event)), clock, events };
}

function lastFinished({ events }: Setup): FinishedEvent {
  const event = events.at(-1);
  if (event?.type !== "finished") throw new Error(`the last event is ${JSON.stringify(event)}`);
  return event;
}

function lastFailed({ events }: Setup): FailedEvent {
  const event = events.at(-1);
  if (event?.type !== "failed") throw new Error(`the last event is ${JSON.stringify(event)}`);
  return event;
}

Deno.test("observe() tells start and end of a call, with key, uri, times and bytes", async () => {
  const one = await setup([{ operation: "put", fault: { kind: "delay", durationMs: 30 } }]);
  const putting = one.store.put("new", BYTES);
  await one.clock.runAll();
  await putting;
  const call = {
    id: 1,
    operation: "put",
    uri: "memory://memory/new",
    key: "new",
    startedAt: 1000,
    startedMs: 0,
  } as const;
  assertEquals(one.events, [
    { type: "started", ...call },
    { type: "finished", ...call, durationMs: 30, bytes: 7, entries: 0, cancelled: false },
  ]);
});

Deno.test("observe() tells a failure once, with the error the caller gets", async () => {
  const one = await setup();
  const error = await assertRejects(() => one.store.get("missing"), NotFoundError);
  assertEquals(one.events.map(({ type }) => type), ["started", "failed"]);
  assertStrictEquals(lastFailed(one).error, error);
  assertEquals(lastFailed(one).bytes, 0);
});

Deno.test("observe() ends a get when its body is read, and tells ranges and the time to the first byte", async () => {
  const delay = { kind: "delay", durationMs: 40, after: 3 } as const;
  const one = await setup([{ operation: "get", fault: delay }]);
  const result = await one.store.get("object", { range: { offset: 1 } });
  assertEquals(one.events.length, 1);
  await one.clock.advance(10);
  await result.readInto(new Uint8Array(3));
  const reading = result.readInto(new Uint8Array(100));
  await one.clock.runAll();
  await reading;
  const { durationMs, timeToFirstByteMs, bytes, range, askedRange, cancelled } = lastFinished(one);
  assertEquals({ durationMs, timeToFirstByteMs, bytes, range, askedRange, cancelled }, {
    durationMs: 50,
    timeToFirstByteMs: 10,
    bytes: 6,
    range: { offset: 1, length: 6 },
    askedRange: { offset: 1 },
    cancelled: false,
  });
});

Deno.test("observe() ends a get that is read as a stream", async () => {
  const one = await setup();
  const { body } = await one.store.get("object");
  await Array.fromAsync(body);
  assertEquals([lastFinished(one).bytes, lastFinished(one).cancelled], [7, false]);
});

Deno.test("observe() ends a get that is given up, however it is given up", async () => {
  const ways = [
    async (store: ObjectStore) => (await store.get("object")).cancel(),
    async (store: ObjectStore) => {
      await using _ = await store.get("object");
    },
    async (store: ObjectStore) => (await store.get("object")).body.cancel(),
  ];
  for (const giveUp of ways) {
    const one = await setup();
    await giveUp(one.store);
    assertEquals(one.events.length, 2);
    assertEquals([lastFinished(one).bytes, lastFinished(one).cancelled], [0, true]);
  }
});

Deno.test("observe() tells that a body broke off, and how far it came", async () => {
  const error = new Error("broken");
  const one = await setup([{ operation: "get", fault: { kind: "throw", error, after: 4 } }]);
  const result = await one.store.get("object");
  await assertRejects(() => result.readInto(new Uint8Array(7)));
  await result.cancel();
  assertEquals(one.events.length, 2);
  assertEquals([lastFailed(one).error, lastFailed(one).bytes], [error, 4]);
});

Deno.test("observe() tells the abort of a get and of a writer that nobody touches any more", async () => {
  const one = await setup();
  const controller = new AbortController();
  await one.store.get("object", { signal: controller.signal });
  await one.store.createWriter("new", { signal: controller.signal });
  await one.store.createPartWriter("parts", 7, { signal: controller.signal });
  const reason = new Error("stop");
  controller.abort(reason);
  const failed = one.events.filter((event) => event.type === "failed");
  assertEquals(failed.map(({ key, error }) => [key, error]), [
    ["object", reason],
    ["new", reason],
    ["parts", reason],
  ]);
});

Deno.test("observe() tells the abort of a call that was just answered", async () => {
  const events: StoreEvent[] = [];
  const memory = new MemoryStore();
  await memory.put("object", BYTES);
  const store = observe(memory, (event) => void events.push(event));
  const controller = new AbortController();
  const { signal } = controller;
  const calls = [
    store.get("object", { signal }),
    store.createWriter("new", { signal }),
    store.createPartWriter("parts", 7, { signal }),
  ];
  const reason = new Error("stop");
  controller.abort(reason);
  await Promise.all(calls);
  const failed = events.filter((event) => event.type === "failed");
  assertEquals(failed.map(({ key, error }) => [key, error]), [
    ["object", reason],
    ["new", reason],
    ["parts", reason],
  ]);
});

Deno.test("observe() does not end a get for a call out of turn", async () => {
  const one = await setup();
  const result = await one.store.get("object");
  const reading = result.readInto(new Uint8Array(7));
  await assertRejects(() => result.readInto(new Uint8Array(1)), TypeError);
  assertEquals(await reading, 7);
  assertEquals(one.events.map(({ type }) => type), ["started", "finished"]);
});

Deno.test("observe() tells of a writer from its start to close(), abort() or a failure", async () => {
  const one = await setup();
  const closed = await one.store.createWriter("new");
  await closed.write(BYTES);
  await one.clock.advance(25);
  await closed.close();
  await closed[Symbol.asyncDispose]();
  assertEquals(one.events.length, 2);
  assertEquals([lastFinished(one).operation, lastFinished(one).bytes], ["write", 7]);
  assertEquals([lastFinished(one).durationMs, lastFinished(one).cancelled], [25, false]);
  const aborted = await one.store.createWriter("other");
  await aborted.write(BYTES);
  await aborted.abort();
  assertEquals([lastFinished(one).bytes, lastFinished(one).cancelled], [7, true]);
});

Deno.test("observe() tells of a writer of parts from its start to close() or abort()", async () => {
  const one = await setup();
  for (const end of ["close", "abort"] as const) {
    const writer = await one.store.createPartWriter("new", 14, { partSize: 7 });
    await Promise.all([0, 1].map((index) => writer.writePart(index, BYTES)));
    const ending = writer[end]();
    await assertRejects(() => writer.writePart(0, BYTES));
    await ending;
    await writer[Symbol.asyncDispose]();
    assertEquals([lastFinished(one).bytes, lastFinished(one).cancelled], [14, end === "abort"]);
  }
  assertEquals(one.events.map(({ type }) => type), ["started", "finished", "started", "finished"]);
});

Deno.test("observe() does not end a writer of parts for a part that comes too late", async () => {
  const finish = Promise.withResolvers<PutResult>();
  const sink: WriteSink = {
    uri: "memory://a/new",
    concurrency: 1,
    writePart: async () => {},
    commit: () => finish.promise,
    drop: async () => {},
  };
  const below = new MemoryStore();
  below.createPartWriter = () => createPartWriter({ size: 7, partSize: 7, sink, context: below.context });
  const events: StoreEvent[] = [];
  const writer = await observe(below, (event) => void events.push(event)).createPartWriter("new", 7);
  await writer.writePart(0, BYTES);
  const closing = writer.close();
  await assertRejects(() => writer.writePart(0, BYTES), TypeError);
  finish.resolve({ size: 7 });
  await closing;
  assertEquals(events.map(({ type }) => type), ["started", "finished"]);
});

Deno.test("observe() tells that a writer failed", async () => {
  const error = new Error("disk full");
  const one = await setup([{ operation: "write", nth: 2, fault: { kind: "throw", error } }]);
  const writer = await one.store.createWriter("new");
  await writer.write(BYTES);
  await assertRejects(() => writer.write(BYTES));
  await assertRejects(() => writer.close());
  await writer.abort();
  assertEquals(one.events.length, 2);
  assertEquals([lastFailed(one).error, lastFailed(one).bytes], [error, 7]);
});

Deno.test("observe() counts the entries of listings and deleteMany(), and tells when they are left", async () => {
  const one = await setup();
  await one.store.put("dir/a", BYTES);
  await Array.fromAsync(one.store.list());
  assertEquals([lastFinished(one).operation, lastFinished(one).entries], ["list", 2]);
  for await (const _ of one.store.listWithDelimiter("d")) break;
  assertEquals([lastFinished(one).key, lastFinished(one).entries, lastFinished(one).cancelled], [
    "d",
    1,
    true,
  ]);
  await Array.fromAsync(one.store.deleteMany(["a", "b", "c"]));
  assertEquals([lastFinished(one).uri, lastFinished(one).entries], ["memory://memory", 3]);
  assertEquals(one.events.filter(({ type }) => type === "started").length, 4);
});

Deno.test("observe() tells of what is removed and moved by what lies there", async () => {
  const entry = { key: "d/link", kind: "link" as const };
  const tree: ObjectTree = {
    kindOf: async () => "link",
    async *walk() {
      yield entry;
    },
    async *remove() {
      yield entry;
    },
    async *move(_, to) {
      yield { ...entry, to };
    },
    async makeDirectory() {},
  };
  const one = await setup([], tree);
  assertEquals(await Array.fromAsync(deletePrefix(one.store, "d/")), [{ key: "d/link" }]);
  assertEquals([lastFinished(one).operation, lastFinished(one).key, lastFinished(one).entries], [
    "deleteMany",
    "d/",
    1,
  ]);
  await Array.fromAsync(one.store.tree?.move("d/", "e/") ?? []);
  assertEquals([lastFinished(one).operation, lastFinished(one).toKey], ["rename", "e/"]);
  await one.store.tree?.makeDirectory("f/");
  assertEquals([lastFinished(one).operation, lastFinished(one).key], ["put", "f/"]);
});

Deno.test("observe() tells the target of copy() and rename()", async () => {
  const one = await setup();
  await one.store.copy("object", "copied");
  assertEquals([lastFinished(one).key, lastFinished(one).toKey], ["object", "copied"]);
  await one.store.rename("object", "moved");
  assertEquals([lastFinished(one).operation, lastFinished(one).toKey], ["rename", "moved"]);
});

Deno.test("observe() tells what became of each object of deleteMany()", async () => {
  const one = await setup();
  await Array.fromAsync(one.store.deleteMany(["object", "missing"]));
  const deleted = one.events.flatMap((event) => event.type === "deleted" ? [event.result] : []);
  assertEquals(deleted, [{ key: "object" }, { key: "missing" }]);
  assertEquals([one.events.length, lastFinished(one).entries], [4, 2]);
});

Deno.test("observe() has each call wait until it may begin, in no time of its own", async () => {
  const clock = new FakeClock({ now: 1000 });
  const events: StoreEvent[] = [];
  const memory = new MemoryStore({ context: createStoreContext({ clock }) });
  await memory.put("object", BYTES);
  let gate: Promise<void> | undefined = clock.sleep(50);
  const store = observe(memory, (event) => events.push(event), { ready: () => gate });
  const calls = [
    store.head("object"),
    Array.fromAsync(store.list()),
    Array.fromAsync(store.deleteMany(["object"])),
  ];
  assertEquals(events, []);
  await clock.advance(50);
  await Promise.all<unknown>(calls);
  assertEquals(
    new Set(events.map(({ startedAt, startedMs }) => `${startedAt} ${startedMs}`)),
    new Set(["1050 50"]),
  );
  const told = events.length;
  gate = undefined;
  const putting = store.put("object", BYTES);
  assertEquals(events.length, told + 1, "a call that has nothing to wait for begins at once");
  await putting;
});

Deno.test("observe() keeps a call going when the observer throws, and reports what it threw", async () => {
  const reported: unknown[] = [];
  const listen = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.error);
  };
  globalThis.addEventListener("error", listen);
  const error = new Error("a wrong observer");
  const store = observe(new MemoryStore(), () => {
    throw error;
  });
  await store.put("object", BYTES);
  assertEquals((await store.head("object")).size, 7);
  globalThis.removeEventListener("error", listen);
  assertEquals(reported, [error, error, error, error]);
});

Deno.test("observe() hands on what describes the store, and disposes it", async () => {
  let disposed = 0;
  const below = new MemoryStore();
  below[Symbol.asyncDispose] = () => Promise.resolve(void disposed++);
  const store = observe(below, () => {});
  assertEquals(store.uri, below.uri);
  assertStrictEquals(store.capabilities, below.capabilities);
  assertStrictEquals(store.readHints, below.readHints);
  assertStrictEquals(store.limits, below.limits);
  assertStrictEquals(store.context, below.context);
  await store[Symbol.asyncDispose]();
  assertEquals(disposed, 1);
});
