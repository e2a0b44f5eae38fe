import { assert, assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import {
  AdaptiveLimit,
  AlreadyExistsError,
  createStoreContext,
  ForwardingStore,
  getBytes,
  type GetOptions,
  InvalidNameError,
  MemoryContainer,
  memoryProvider,
  MemoryStore,
  type ObjectStore,
  observe,
  type PartWriter,
  PrefixStore,
  ServiceError,
  type WriterOptions,
} from "@lade/core";
import { bytesAtHand } from "@lade/core/seams";
import { FakeClock, type FaultRule, type FaultyStore, injectFaults } from "@lade/testing";
import { sampleBytes } from "@lade/testing/conformance";
import { type Moved, transferTree } from "../testing/store_calls.ts";

const text = (value: string) => new TextEncoder().encode(value);
const broken = new ServiceError({ operation: "get", uri: "memory:///b", detail: "broken" });

async function open(
  objects: Record<string, string> = {},
  rules: readonly FaultRule[] = [],
  maxBufferedBytes = 2 ** 20,
): Promise<FaultyStore> {
  const context = createStoreContext({ maxBufferedBytes });
  const store = new MemoryStore({ context, container: new MemoryContainer() });
  for (const [key, value] of Object.entries(objects)) await store.put(key, text(value));
  return injectFaults(store, rules);
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  return (await Array.fromAsync(store.list())).map(({ key }) => key);
}

async function textOf(store: ObjectStore, key: string): Promise<string> {
  return new TextDecoder().decode((await getBytes(store, key)).bytes);
}

const failuresOf = (moved: readonly Moved[]) => moved.filter(({ error }) => error !== undefined);

Deno.test("a tree does not go into itself, by another store of its container either", async () => {
  const container = new MemoryContainer();
  const [one, other] = [new MemoryStore({ container }), new MemoryStore({ container })];
  await one.put("d/a", text("1"));
  const within = new PrefixStore(other, "d/");
  for (
    const [to, prefix] of [[one, "d/"], [one, "d/z/"], [other, "d/"], [other, "d/e/"], [
      within,
      "e/",
    ]] as const
  ) {
    const { moved } = await transferTree([one, "d/"], [to, prefix]);
    assertEquals(moved.length, 1);
    assert(moved[0]?.error instanceof InvalidNameError);
    assertStringIncludes(moved[0].error.message, prefix === "d/" ? "is the same" : "lies in it");
  }
  assertEquals((await transferTree([one, ""], [one, "z/"])).counts.failed, 1);
  assertEquals((await transferTree([one, "d/"], [other, "e/"])).counts.objects, 1);
  assertEquals((await transferTree([one, "d/"], [one, "dd/"])).counts.objects, 1);
  assertEquals(await keysOf(one), ["d/a", "dd/a", "e/a"]);
});

Deno.test("a tree goes into what holds it only where none of it would come to lie in it again", async () => {
  const container = new MemoryContainer();
  const [one, other] = [new MemoryStore({ container }), new MemoryStore({ container })];
  for (const [key, data] of [["a/b/x", "1"], ["a/b/b/x", "2"], ["a/b/c", "3"]] as const) {
    await one.put(key, text(data));
  }
  for (const [to, prefix] of [[one, "a/"], [other, "a/"], [new PrefixStore(other, "a/"), ""]] as const) {
    const { moved, counts } = await transferTree([one, "a/b/"], [to, prefix]);
    assertEquals([counts.objects, counts.failed, moved[0]?.error instanceof InvalidNameError], [0, 1, true]);
    assertEquals(await keysOf(one), ["a/b/b/x", "a/b/c", "a/b/x"]);
  }
  await one.delete("a/b/b/x");
  assertEquals((await transferTree([one, "a/b/"], [other, "a/"])).counts.objects, 2);
  assertEquals(await textOf(one, "a/x"), "1");
});

Deno.test("what comes to a tree after the look at it does not come to lie in it again", async () => {
  const container = new MemoryContainer();
  const one = new MemoryStore({ container });
  await one.put("a/b/x", text("1"));
  /** Whatever is first looked for below the path is not there yet. */
  class Late extends ForwardingStore {
    override async *list(...[prefix = "", options]: Parameters<ObjectStore["list"]>) {
      if (prefix !== "a/b/b/") yield* super.list(prefix, options);
      else await one.put("a/b/b/x", text("late"));
    }
  }
  const { moved, counts } = await transferTree([new Late(one), "a/b/"], [one, "a/"]);
  assertEquals([counts.objects, failuresOf(moved).map(({ uri }) => uri)], [1, ["memory://from/a/b/b/x"]]);
  assertEquals(await textOf(one, "a/b/x"), "1");
});

Deno.test("every object of a tree goes under its whole name, and is reported", async () => {
  const from = await open({ "d/x/1": "a", "d/y/1": "bb", "d/2": "ccc", "e": "no", "d-": "no" });
  const to = await open();
  const { moved } = await transferTree([from, "d/"], [to, "t/"], { concurrency: 2 });
  assertEquals(moved.map(({ to, error }) => [to, error]).sort(), [
    ["memory://to/t/2", undefined],
    ["memory://to/t/x/1", undefined],
    ["memory://to/t/y/1", undefined],
  ]);
  assertEquals(await keysOf(to), ["t/2", "t/x/1", "t/y/1"]);
  assertEquals(from.context.budget.held, 0);
});

Deno.test("a tree goes on when one object fails", async () => {
  const fault = { kind: "throw", error: broken } as const;
  const from = await open({ a: "1", b: "2", c: "3" }, [{ operation: "get", key: "b", fault }]);
  const to = await open();
  const { moved } = await transferTree([from, ""], [to, ""]);
  assertEquals(failuresOf(moved), [{ uri: "memory://from/b", to: "memory://to/b", error: broken }]);
  assertEquals(await keysOf(to), ["a", "c"]);
});

Deno.test("a transfer stops on abort, rejects with the reason and leaves nothing under way", async () => {
  const from = await open(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, "x"])));
  const to = await open();
  const reason = new Error("enough");
  const stop = new AbortController();
  const options = { concurrency: 2, signal: stop.signal, onMoved: () => stop.abort(reason) };
  const caught = await transferTree([from, ""], [to, ""], options).catch((error) => error);
  assertStrictEquals(caught, reason);
  assert((await keysOf(to)).length < 10);
  assertEquals([from.openBodies, to.openWriters, from.context.budget.held], [0, 0, 0]);
});

Deno.test("a transfer ends with what its listener throws, and leaves nothing under way", async () => {
  const mine = new Error("mine");
  for (const [count, concurrency] of [[50, 2], [3, 8]] as const) {
    const objects = Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, "x"]));
    const fault = { kind: "throw" as const, error: broken };
    const from = await open(objects, [{ operation: "get", key: "k2", fault }]);
    const to = await open();
    for (const thrown of ["started", "sized", "bytes", "finished", "failed"]) {
      const onProgress = ({ type }: { readonly type: string }) => {
        if (type === thrown) throw mine;
      };
      const copying = transferTree([from, ""], [to, ""], { onProgress, concurrency });
      assertStrictEquals(await copying.catch((error) => error), mine, thrown);
      assertEquals([from.openBodies, to.openWriters, from.context.budget.held], [0, 0, 0]);
    }
  }
});

Deno.test("a transfer that its listener ends does not wait for bodies that stall", async () => {
  const mine = new Error("mine");
  const never = Promise.withResolvers<void>();
  for (const after of [0, 1]) {
    const fault = { kind: "stall", until: never.promise, after } as const;
    const store = await open({ a: "0123456789", b: "0123456789", c: "0123456789" });
    const limits = { read: new AdaptiveLimit({ clock: new FakeClock(), initial: 4, maximum: 4 }) };
    const from = injectFaults(Object.assign(store, { limits }), [{ operation: "get", key: "b", fault }]);
    const onMoved = ({ uri }: Moved) => {
      if (uri.endsWith("c")) throw mine;
    };
    const copying = transferTree([from, ""], [await open(), ""], { onMoved });
    assertStrictEquals(await copying.catch((error) => error), mine);
    assertEquals([from.openBodies, from.context.budget.held], [0, 0]);
  }
});

Deno.test("a transfer refuses a wrong option before it copies anything", async () => {
  const from = await open({ a: "1", b: "2", c: "3" }, [], 1);
  const to = await open();
  for (const options of [{ chunkSize: 0 }, { concurrency: 0 }, { concurrency: 1.5 }, { concurrency: NaN }]) {
    await assertRejects(() => transferTree([from, ""], [to, ""], options), RangeError);
  }
  assertEquals([await keysOf(to), from.context.budget.held], [[], 0]);
});

Deno.test("a service copies a tree by its own means, also seen through layers", async () => {
  const provider = memoryProvider();
  const [one, other] = [await provider.open("one"), await provider.open("other")];
  await one.put("p/q/a", text("x"), { contentType: "text/x", tags: { of: "a" } });
  const events: string[] = [];
  const from = new PrefixStore(observe(new PrefixStore(one, "p/"), () => {}), "q/");
  const tell = observe(
    other,
    ({ type, operation, uri }) => type === "finished" && events.push(`${operation} ${uri}`),
  );
  const { counts } = await transferTree([from, ""], [new PrefixStore(tell, "r/"), "t/"]);
  assertEquals([counts.objects, events], [1, ["copyFrom memory://one/p/q/a"]]);
  const copied = await other.head("r/t/a");
  assertEquals([copied.contentType, await other.getTags?.("r/t/a")], ["text/x", { of: "a" }]);
  const { moved } = await transferTree([from, ""], [one, "p/q/deeper/"]);
  assertStringIncludes(String(moved[0]?.error), "lies in it");
});

Deno.test("a transfer within a store gives its memory back", async () => {
  const store = await open({ "a/1": "x", "a/2": "y" });
  const { counts } = await transferTree([store, "a/"], [store, "b/"]);
  assertEquals([counts.objects, counts.failed, store.context.budget.held], [2, 0, 0]);
});

Deno.test("a transfer with createOnly leaves what is there, and says for which error", async () => {
  const to = await open({ a: "old" });
  const { moved } = await transferTree([await open({ a: "1", b: "2" }), ""], [to, ""], { createOnly: true });
  const skips = moved.filter(({ skipped }) => skipped !== undefined);
  assertEquals(skips.map(({ uri, error }) => [uri, error instanceof AlreadyExistsError]), [[
    "memory://from/a",
    true,
  ]]);
  assertEquals([await textOf(to, "a"), await textOf(to, "b")], ["old", "2"]);
});

Deno.test("nothing is read for a name that the destination has a rule against, and the rest goes", async () => {
  const fault = "the key ends in a dot or a slash";
  const names = { keyFault: (key: string) => /[./]$/.test(key) ? fault : undefined };
  const to = new MemoryStore({ container: new MemoryContainer({ names }) });
  const from = injectFaults(await open({ "a.": "1", "b": "2", "c/": "3", "marker/": "" }));
  const { moved } = await transferTree([from, ""], [to, ""]);
  assertEquals(
    moved.map(({ uri, error, skipped }) => [uri, error instanceof InvalidNameError, skipped]).sort(),
    [
      ["memory://from/a.", true, undefined],
      ["memory://from/b", false, undefined],
      ["memory://from/c/", true, undefined],
      ["memory://from/marker/", false, "it only marks a directory"],
    ],
  );
  for (const { error } of failuresOf(moved)) assertStringIncludes(String(error), fault);
  assertEquals(from.calls.filter(({ operation }) => operation === "get").map(({ key }) => key), ["b"]);
});

Deno.test("each object waits for room in the byte budget before it is read", async () => {
  const store = await open(
    Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`k${i}`, "0123456789"])),
    [],
    25,
  );
  const limits = { read: new AdaptiveLimit({ clock: new FakeClock(), initial: 8, maximum: 8 }) };
  const from = injectFaults(Object.assign(store, { limits }));
  const to = await open();
  const held: number[] = [];
  const onProgress = () => void held.push(from.context.budget.held);
  for (const move of [false, true]) {
    const { counts } = await transferTree([from, ""], [to, move ? "m/" : "c/"], {
      onProgress,
      concurrency: 8,
      move,
    });
    assertEquals([counts.objects, from.context.budget.held], [8, 0]);
    assertEquals(Math.max(...held.splice(0)), 20);
  }
});

Deno.test("parts larger than the first chunk are counted in full", async () => {
  const data = sampleBytes(100_000);
  const context = createStoreContext({ maxBufferedBytes: 2 ** 20, random: () => 0 });
  const memory = new MemoryStore({ context, container: new MemoryContainer() });
  const hints = { ...memory.readHints, firstChunkSize: 10_000, chunkSize: 10_000, alignment: 1 };
  const from = injectFaults(Object.assign(memory, { readHints: hints }));
  await from.put("a", data);
  const to = new class extends ForwardingStore {
    override createPartWriter(key: string, size: number, options?: WriterOptions): Promise<PartWriter> {
      return super.createPartWriter(key, size, { ...options, partSize: data.length });
    }
  }(await open());
  const held = new Set<number>();
  await transferTree([from, ""], [to, ""], {
    onProgress: ({ type }) => type === "bytes" && held.add(from.context.budget.held),
  });
  assertEquals(held, new Set([data.length]));
  assertEquals([from.openBodies, from.context.budget.held], [0, 0]);
});

Deno.test("an object fails when an answer of the listed etag has fewer bytes", async () => {
  const [from, to] = [await open({ x: "12345" }), await open()];
  /** Answers that end a byte early and say so, under the etag of the whole. */
  class Shortening extends ForwardingStore {
    override async get(key: string, options: GetOptions = {}) {
      const { etag = "", size } = await this.below.head(key);
      const answer = await super.get(key, { ...options, range: { offset: 0, length: size - 1 } });
      const { checksums: _, ...info } = answer.info;
      return Object.assign(answer, { info: { ...info, size: size - 1, etag } });
    }
  }
  const { moved } = await transferTree([new Shortening(from, ["beneath", bytesAtHand]), ""], [to, ""]);
  assertStringIncludes(String(moved[0]?.error), "has 4 bytes, the object 5 under the same etag");
  assertEquals(await keysOf(to), []);
});
