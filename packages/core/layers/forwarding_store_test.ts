import { assertEquals, assertStrictEquals } from "@std/assert";
import { injectFaults } from "@lade/testing";
import { conformance } from "@lade/testing/conformance";
import { bytesAtHand, type DurableStore, type QuickStore, waitForDisk } from "../contract/seams.ts";
import type { ObjectStore, ObjectTree } from "../contract/mod.ts";
import { MemoryContainer } from "../memory/memory_container.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { ForwardingStore } from "./forwarding_store.ts";
import { observe } from "./observe.ts";
import { PrefixStore } from "./prefix_store.ts";

for (const versioning of [false, true]) {
  conformance(versioning ? "ForwardingStore with versions" : "ForwardingStore", () => {
    const store = new MemoryStore({ container: new MemoryContainer({ versioning }) });
    return Promise.resolve({
      store: new ForwardingStore(store),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  }, Deno.test);
}

type Members = Required<ObjectStore & QuickStore & DurableStore>;
type Forwarded = Required<ForwardingStore>;

/** Does not compile when a member of the contract is not forwarded. */
const _complete: { readonly [Name in keyof Members]: Forwarded[Name] } | undefined = undefined;

/** What every method is called with; a method of the contract that is missing here does not compile. */
const CALLS: {
  readonly [Name in keyof Members as Members[Name] extends (...args: never) => unknown ? Name : never]:
    unknown[];
} = {
  keyFault: ["key"],
  metadataNameFault: ["name"],
  get: ["key", { ifMatch: "a" }],
  [bytesAtHand]: ["key", () => undefined, { ifMatch: "a" }],
  [waitForDisk]: ["prefix"],
  head: ["key", { version: "1" }],
  put: ["key", new Uint8Array(1), { contentType: "a" }],
  createWriter: ["key", { partSize: 1 }],
  createPartWriter: ["key", 1, { partSize: 1 }],
  resumePartWriter: ["key", 1, "token", { concurrency: 1 }],
  listUploads: ["prefix", { signal: new AbortController().signal }],
  abortUpload: ["key", "token", { signal: new AbortController().signal }],
  list: ["prefix", { startAfter: "a" }],
  listWithDelimiter: ["prefix", { startAfter: "a" }],
  listVersions: ["prefix", { signal: new AbortController().signal }],
  listVersionsWithDelimiter: ["prefix", { signal: new AbortController().signal }],
  delete: ["key", { ifMatch: "a" }],
  deleteMany: [["key"], { signal: new AbortController().signal }],
  copy: ["from", "to", { ifMatch: "a" }],
  copyFrom: [new MemoryStore(), "from", "to", { ifMatch: "a" }],
  beneath: ["key"],
  figures: [],
  setAttributes: ["key", { contentType: "a" }, { ifMatch: "a" }],
  getTags: ["key", { version: "1" }],
  rename: ["from", "to", { ifMatch: "a" }],
  placeOf: ["key", { signal: new AbortController().signal }],
  presign: ["key", { method: "GET", expiresInMs: 1 }],
  [Symbol.asyncDispose]: [],
};
/** Those whose answer is nothing. */
const NO_ANSWER: readonly PropertyKey[] = [waitForDisk, Symbol.asyncDispose];
const NAMES = Reflect.ownKeys(CALLS) as (keyof typeof CALLS)[];

/** A store whose methods tell how they were called, but for those that are missing. */
function recording(missing: readonly PropertyKey[] = []): { store: ObjectStore; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const store = new MemoryStore();
  for (const name of NAMES) {
    const isListing = /^(list|deleteMany)/.test(String(name));
    const value = (...args: unknown[]) => {
      calls.push([name, ...args]);
      return isListing ? entries(`answer of ${String(name)}`) : `answer of ${String(name)}`;
    };
    Object.defineProperty(store, name, { value: missing.includes(name) ? undefined : value });
  }
  return { store, calls };
}

async function* entries(entry: string): AsyncGenerator<string> {
  yield entry;
}

async function answerOf(store: ForwardingStore, name: keyof typeof CALLS): Promise<unknown> {
  const method = Reflect.get(store, name) as (...args: unknown[]) => unknown;
  const answer = method.apply(store, CALLS[name]);
  const isListing = typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;
  return isListing ? (await Array.fromAsync(answer as AsyncIterable<unknown>))[0] : await answer;
}

Deno.test("ForwardingStore hands every call on as it is, and gives back the answer", async () => {
  for (const name of NAMES) {
    const { store, calls } = recording();
    const answer = await answerOf(new ForwardingStore(store), name);
    if (name === "beneath") assertEquals(answer, { store, key: "key" });
    else {
      assertEquals(calls, [[name, ...CALLS[name]]]);
      if (!NO_ANSWER.includes(name)) assertEquals(answer, `answer of ${String(name)}`);
    }
  }
});

const OPTIONAL = [
  bytesAtHand,
  waitForDisk,
  "copyFrom",
  "figures",
  "setAttributes",
  "getTags",
  "listVersions",
  "listVersionsWithDelimiter",
  "resumePartWriter",
  "listUploads",
  "abortUpload",
] as const;

Deno.test("ForwardingStore lacks the optional methods that the store below lacks, and those it is told to", () => {
  for (const name of OPTIONAL) {
    const layer = new ForwardingStore(recording([name]).store);
    const there = OPTIONAL.filter((name) => layer[name] !== undefined);
    assertEquals(there, OPTIONAL.filter((other) => other !== name));
  }
  const { store } = recording();
  const layer = new ForwardingStore(store, ["beneath", "tree", bytesAtHand]);
  assertEquals([layer.beneath, layer.tree, layer[bytesAtHand]], [undefined, undefined, undefined]);
});

Deno.test("ForwardingStore hides a method of a subclass that the store below lacks", () => {
  const { store } = recording(["getTags", "listVersions"]);
  for (const layer of [new PrefixStore(store, "a/"), observe(store, () => {})]) {
    assertEquals([layer.getTags, layer.listVersions], [undefined, undefined]);
    assertEquals(typeof layer.copyFrom, "function");
  }
});

Deno.test("ForwardingStore describes the store below", () => {
  const tree = {} as ObjectTree;
  const store = Object.assign(new MemoryStore(), { tree });
  const layer = new ForwardingStore(store);
  for (const name of ["uri", "capabilities", "readHints", "limits", "context", "tree"] as const) {
    assertStrictEquals(layer[name], store[name], name);
  }
});

Deno.test("a layer that has a method where the store below lacks it says what lies there all the same", async () => {
  const { store } = recording(["placeOf"]);
  assertEquals(await new ForwardingStore(store).placeOf?.("key"), {
    service: store,
    container: store,
    key: "key",
  });
});

Deno.test("every layer changes what it must: each method but those that go on as they are", () => {
  const same = [
    "keyFault",
    "metadataNameFault",
    "beneath",
    "figures",
    "placeOf",
    bytesAtHand,
    waitForDisk,
    Symbol.asyncDispose,
  ] as const;
  const store = new MemoryStore();
  const layers = [
    [new PrefixStore(store, "a/"), ["metadataNameFault", "figures", Symbol.asyncDispose]],
    [observe(store, () => {}), same],
    [injectFaults(store), same],
  ] as const;
  for (const [layer, unchanged] of layers) {
    const own = Reflect.ownKeys(Object.getPrototypeOf(layer));
    assertEquals(
      NAMES.filter((name) => !own.includes(name)),
      NAMES.filter((name) => unchanged.some((one) => one === name)),
    );
  }
});
