import { assertEquals, assertRejects } from "@std/assert";
import { conformance } from "../conformance/mod.ts";
import { createStoreContext, type GetOptions } from "@lade/core/backend";
import { MemoryContainer, MemoryStore } from "@lade/core/memory";
import { FakeClock, type Fault, type FaultRule, type FaultyStore, injectFaults } from "../mod.ts";

const BYTES = new TextEncoder().encode("0123456789");

for (const versioning of [false, true]) {
  conformance(`injectFaults() without faults${versioning ? ", with versions" : ""}`, () => {
    const store = injectFaults(new MemoryStore({ container: new MemoryContainer({ versioning }) }));
    return Promise.resolve({
      store,
      async [Symbol.asyncDispose]() {
        assertEquals(store.openWriters, 0, "writers are left open");
      },
    });
  }, Deno.test);
}

async function faulty(fault?: Fault, clock = new FakeClock()): Promise<FaultyStore> {
  const below = new MemoryStore({ context: createStoreContext({ clock }) });
  await below.put("object", BYTES);
  return injectFaults(below, fault ? [{ operation: "get", fault }] : []);
}

async function read(store: FaultyStore, options?: GetOptions): Promise<string> {
  const result = await store.get("object", options);
  const target = new Uint8Array(20);
  return new TextDecoder().decode(target.subarray(0, await result.readInto(target)));
}

async function stream(store: FaultyStore): Promise<string> {
  const { body } = await store.get("object");
  return await new Response(body).text();
}

Deno.test("injectFaults() rejects a call with the error of its rule", async () => {
  const error = new Error("no");
  const store = await faulty({ kind: "throw", error });
  assertEquals(await assertRejects(() => store.get("object")), error);
  assertEquals(store.openBodies, 0);
});

Deno.test("injectFaults() breaks a body after so many bytes", async () => {
  const error = new Error("no");
  const store = await faulty({ kind: "throw", error, after: 4 });
  const result = await store.get("object");
  const target = new Uint8Array(10);
  assertEquals(await assertRejects(() => result.readInto(target)), error);
  assertEquals([result.bytesRead, target.subarray(0, 5)], [4, new Uint8Array([48, 49, 50, 51, 0])]);
  assertEquals(await assertRejects(() => stream(store)), error);
  assertEquals(store.openBodies, 0);
});

Deno.test("injectFaults() ends a body early and without a word", async () => {
  const store = await faulty({ kind: "end", after: 4 });
  assertEquals([await read(store), await stream(store)], ["0123", "0123"]);
  assertEquals(store.openBodies, 0);
});

Deno.test("injectFaults() gives more bytes than there are", async () => {
  const store = await faulty({ kind: "extra", count: 2 });
  assertEquals([await read(store), await stream(store)], ["0123456789\0\0", "0123456789\0\0"]);
  assertEquals(store.openBodies, 0);
});

Deno.test("injectFaults() changes a byte", async () => {
  const store = await faulty({ kind: "corrupt", position: 0 });
  const result = await store.get("object");
  const target = new Uint8Array(10);
  await result.readInto(target.subarray(0, 1));
  await result.readInto(target.subarray(1));
  assertEquals(target, new Uint8Array([0x30 ^ 0xff, ...BYTES.subarray(1)]));
});

Deno.test("injectFaults() answers with another range, or with all", async () => {
  const other = await faulty({ kind: "range", range: { offset: 2, length: 3 } });
  assertEquals(await read(other, { range: { offset: 5 } }), "234");
  const all = await faulty({ kind: "range" });
  assertEquals(await read(all, { range: { offset: 5 } }), "0123456789");
});

Deno.test("injectFaults() answers with another etag", async () => {
  const store = await faulty({ kind: "etag", etag: "other" });
  store.addRule({ operation: "head", fault: { kind: "etag", etag: "third" } });
  await using result = await store.get("object");
  assertEquals([result.info.etag, (await store.head("object")).etag], ["other", "third"]);
});

Deno.test("injectFaults() holds a call or a body until it is let go", async () => {
  const gate = Promise.withResolvers<void>();
  const store = await faulty({ kind: "stall", until: gate.promise, after: 4 });
  store.addRule({ operation: "head", fault: { kind: "stall", until: gate.promise } });
  const done: string[] = [];
  const reading = read(store).then((text) => done.push(text));
  const heading = store.head("object").then(() => done.push("head"));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals([done, store.openBodies], [[], 1]);
  gate.resolve();
  await Promise.all([reading, heading]);
  assertEquals(done.sort(), ["0123456789", "head"]);
});

Deno.test("injectFaults() lets a stalled body be aborted and cancelled", async () => {
  const never = new Promise(() => {});
  const store = await faulty({ kind: "stall", until: never, after: 4 });
  const controller = new AbortController();
  const aborted = await store.get("object", { signal: controller.signal });
  const reason = new Error("stop");
  const reading = assertRejects(() => aborted.readInto(new Uint8Array(10)));
  controller.abort(reason);
  assertEquals(await reading, reason);
  const cancelled = await store.get("object");
  const waiting = assertRejects(() => cancelled.readInto(new Uint8Array(10)));
  await cancelled.cancel(reason);
  assertEquals(await waiting, reason);
  assertEquals(store.openBodies, 0);
});

Deno.test("injectFaults() delays by the store's clock", async () => {
  const clock = new FakeClock();
  const store = await faulty({ kind: "delay", durationMs: 500, after: 2 }, clock);
  const reading = read(store);
  await clock.advance(499);
  assertEquals(clock.pending, 1);
  await clock.advance(1);
  assertEquals(await reading, "0123456789");
});

Deno.test("injectFaults() applies the first rule that fits operation, key and number", async () => {
  const [first, second] = [new Error("first"), new Error("second")];
  const store = injectFaults(new MemoryStore(), [
    { operation: "put", key: "a", nth: 2, fault: { kind: "throw", error: first } },
    { operation: "put", nth: 3, fault: { kind: "throw", error: second } },
  ]);
  await store.put("a", BYTES);
  await store.put("b", BYTES);
  assertEquals(await assertRejects(() => store.put("a", BYTES)), first);
  await store.put("a", BYTES);
  assertEquals(store.calls.map(({ key }) => key), ["a", "b", "a", "a"]);
});

Deno.test("injectFaults() breaks listings in the middle and at the end", async () => {
  const error = new Error("no");
  const store = injectFaults(new MemoryStore(), [
    { operation: "list", nth: 1, fault: { kind: "throw", error, after: 1 } },
    { operation: "list", nth: 2, fault: { kind: "end", after: 1 } },
    { operation: "list", nth: 3, fault: { kind: "throw", error, after: 2 } },
  ]);
  await store.put("a", BYTES);
  await store.put("b", BYTES);
  const keys: string[] = [];
  const list = async () => {
    for await (const { key } of store.list()) keys.push(key);
  };
  assertEquals(await assertRejects(list), error);
  await list();
  assertEquals(await assertRejects(list), error);
  assertEquals(keys, ["a", "a", "a", "b"]);
});

Deno.test("injectFaults() makes a writer fail on write() and close(), and nothing is left", async () => {
  for (const operation of ["write", "close"] as const) {
    const error = new Error(operation);
    const store = injectFaults(new MemoryStore(), [{ operation, fault: { kind: "throw", error } }]);
    const writer = await store.createWriter("object");
    const writing = async () => {
      await writer.write(BYTES);
      await writer.close();
    };
    assertEquals(await assertRejects(writing), error);
    assertEquals([store.openWriters, await Array.fromAsync(store.list())], [0, []]);
  }
});

const LOSABLE: readonly [FaultRule["operation"], (store: FaultyStore) => Promise<unknown>, string[]][] = [
  ["put", (store) => store.put("made", BYTES), ["made", "object"]],
  ["delete", (store) => store.delete("object"), []],
  ["deleteMany", (store) => Array.fromAsync(store.deleteMany(["object"])), []],
  ["copy", (store) => store.copy("object", "made"), ["made", "object"]],
  ["rename", (store) => store.rename("object", "made"), ["made"]],
  ["write", (store) => writing(store), ["object"]],
  ["close", (store) => writing(store), ["made", "object"]],
  ["writePart", (store) => writingParts(store), ["object"]],
  ["close", (store) => writingParts(store), ["made", "object"]],
  ["createWriter", (store) => writing(store), ["object"]],
  ["createPartWriter", (store) => writingParts(store), ["object"]],
];

async function writing(store: FaultyStore): Promise<void> {
  await using writer = await store.createWriter("made");
  await writer.write(BYTES);
  await writer.close();
}

async function writingParts(store: FaultyStore): Promise<void> {
  await using writer = await store.createPartWriter("made", BYTES.length);
  await writer.writePart(0, BYTES);
  await writer.close();
}

for (const [operation, call, keys] of LOSABLE) {
  Deno.test(`injectFaults() performs ${operation}() and loses its answer (${keys.length} objects)`, async () => {
    const error = new Error("lost");
    const store = await faulty();
    store.addRule({ operation, fault: { kind: "lost", error } });
    assertEquals(await assertRejects(() => call(store)), error);
    assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), keys);
    assertEquals(store.openWriters, 0);
  });
}

Deno.test("injectFaults() says that a close whose answer was lost has failed, once more", async () => {
  const error = new Error("lost");
  const store = injectFaults(new MemoryStore(), [{ operation: "close", fault: { kind: "lost", error } }]);
  const writer = await store.createWriter("made");
  await writer.write(BYTES);
  assertEquals(await assertRejects(() => writer.close()), error);
  assertEquals(await assertRejects(() => writer.close()), error);
  await writer.abort();
  assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["made"]);
});

Deno.test("injectFaults() loses answers of reads, and leaves no body open", async () => {
  const error = new Error("lost");
  const store = await faulty({ kind: "lost", error });
  for (const operation of ["head", "list"] as const) {
    store.addRule({ operation, fault: { kind: "lost", error } });
  }
  assertEquals(await assertRejects(() => store.get("object")), error);
  assertEquals(await assertRejects(() => store.head("object")), error);
  assertEquals(await assertRejects(() => Array.fromAsync(store.list())), error);
  assertEquals(store.openBodies, 0);
});

Deno.test("injectFaults() counts the bodies that are open, now and at most", async () => {
  const store = await faulty();
  const [one, two] = [await store.get("object"), await store.get("object")];
  assertEquals([store.openBodies, store.peakOpenBodies], [2, 2]);
  await one.cancel();
  await two.readInto(new Uint8Array(10));
  assertEquals([store.openBodies, store.peakOpenBodies], [0, 2]);
});

Deno.test("injectFaults() counts no body that was cancelled after its signal was aborted meanwhile", async () => {
  const controller = new AbortController();
  const inner = new MemoryStore();
  await inner.put("object", BYTES);
  const result = await inner.get("object");
  inner.get = async () => (controller.abort(), result);
  const store = injectFaults(inner);
  await (await store.get("object", { signal: controller.signal })).cancel();
  assertEquals(store.openBodies, 0);
});
