import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, type KeyCall, UnsupportedError } from "@lade/core/backend";
import { MemoryStore } from "@lade/core/memory";
import type { ServiceOperations } from "./service_operations.ts";
import { ServiceStore } from "./service_store.ts";
import { type ServiceTarget, serviceTarget, writeLimit } from "./service_target.ts";

const CAPABILITIES = { ...new MemoryStore().capabilities, versions: false };

function targetOf(name: string, more: Partial<ServiceTarget> = {}): ServiceTarget {
  const target = serviceTarget({
    uri: `toy://${name}`,
    capabilities: CAPABILITIES,
    context: createStoreContext(),
    partSize: 10,
    keyFault: (key) => key === "odd" ? "the key is odd" : undefined,
    metadataNameFault: () => undefined,
  });
  return { ...target, ...more };
}

/** Operations that note what they are asked, over nothing. */
function operationsOf(more: Partial<ServiceOperations<ServiceTarget>> = {}) {
  const asked: unknown[] = [];
  const note = (...args: readonly unknown[]): Promise<never> => {
    asked.push(args);
    return Promise.reject(new Error("asked"));
  };
  const operations: ServiceOperations<ServiceTarget> = {
    get: (_target, key, options, call: KeyCall) => note("get", key, options, call),
    head: (_target, key) => note("head", key),
    sink: (_target, key) => note("sink", key),
    async *list() {},
    delete: (_target, key) => note("delete", key),
    deleter: (_target, single) => ({ ...single, max: 1, fits: () => false, send: () => note("batch") }),
    copy: ({ from, to, fromKey, toKey, calls }) =>
      note("copy", from.uri, fromKey, to.uri, toKey, calls.from.operation, calls.to.operation),
    ...more,
  };
  return { asked, operations };
}

const close = () => Promise.resolve();

Deno.test("a ServiceStore has the optional methods whose operations its service has, and no others", () => {
  const has = (more: Partial<ServiceOperations<ServiceTarget>>) => {
    const store = new ServiceStore(targetOf("a"), operationsOf(more).operations, close);
    const names = [
      "resumePartWriter",
      "listVersions",
      "listVersionsWithDelimiter",
      "getTags",
      "copyFrom",
    ] as const;
    return names.filter((name) => store[name] !== undefined);
  };
  assertEquals(has({}), []);
  const listVersions = () => Promise.resolve({ async *[Symbol.asyncIterator]() {} });
  const getTags = () => Promise.resolve({});
  assertEquals(has({ listVersions, getTags }), ["listVersions", "listVersionsWithDelimiter", "getTags"]);
});

Deno.test("a ServiceStore checks a call before its service is asked, and says what it is", async () => {
  const { asked, operations } = operationsOf();
  const store = new ServiceStore(targetOf("a"), operations, close);
  await assertRejects(() => store.get("odd"), Error, "the key is odd");
  await assertRejects(() => store.get("a", { version: "1" }), UnsupportedError, "the store has no versions");
  await assertRejects(() => store.put("a", "text" as never), TypeError, "a Uint8Array is needed");
  await assertRejects(() => store.delete("a", { ifIgnored: "no" as never }), TypeError, "ifIgnored");
  await assertRejects(() => store.createPartWriter("a", -1), RangeError, "-1 bytes");
  await assertRejects(() => store.presign("a", { expiresInMs: 1 }), UnsupportedError, "signs no URLs");
  assertEquals(asked, []);
  await assertRejects(() => store.get("a"), Error, "asked");
  assertEquals(asked, [["get", "a", {}, { operation: "get", uri: "toy://a/a", createOnly: false }]]);
});

Deno.test("a ServiceStore gives snapshots where no versions are kept, and refuses in the words of its service", async () => {
  const { asked, operations } = operationsOf();
  const target = targetOf("a", {
    hasAnyway: (version) => version.startsWith("s"),
    refusal: ({ lastModified }) => lastModified && "it dates by its clock",
  });
  const store = new ServiceStore(target, operations, close);
  await assertRejects(() => store.get("a", { version: "s1" }), Error, "asked");
  await assertRejects(() => store.get("a", { version: "1" }), UnsupportedError, "no versions");
  assertEquals(asked.length, 1);
  const put = () => store.put("a", new Uint8Array(), { lastModified: new Date(0) });
  await assertRejects(put, UnsupportedError, "it dates by its clock");
});

Deno.test("a ServiceStore copies from stores of the same operations, below whatever layer, and from no others", async () => {
  const { asked, operations } = operationsOf({ copyFrom: (copy) => operations.copy(copy, {}) });
  const [one, other] = ["a", "b"].map((name) => new ServiceStore(targetOf(name), operations, close));
  const stranger = new ServiceStore(targetOf("c"), operationsOf().operations, close);
  if (!one || !other) throw new TypeError("unreachable");
  assertEquals(await one.copyFrom(stranger, "x", "y"), undefined);
  assertEquals(await one.copyFrom(new MemoryStore(), "x", "y"), undefined);
  await assertRejects(() => one.copyFrom(other, "x", "y"), Error, "asked");
  assertEquals(asked, [["copy", "toy://b", "x", "toy://a", "y", "copy", "copy to"]]);
});

Deno.test("a ServiceStore holds the copy of a rename to the object that it looked at", async () => {
  const pins: unknown[] = [];
  const { operations } = operationsOf({
    head: (_target, key) =>
      Promise.resolve({ key, size: 1, etag: "seen", lastModified: new Date(0), metadata: {} }),
    copy: (_copy, { sourceIfMatch }, pin) => {
      pins.push([sourceIfMatch, pin]);
      return Promise.reject(new Error("copied"));
    },
  });
  const store = new ServiceStore(targetOf("a"), operations, close);
  await assertRejects(() => store.rename("x", "y"), Error, "copied");
  await assertRejects(() => store.rename("x", "y", { sourceIfMatch: "asked" }), Error, "copied");
  assertEquals(pins, [[undefined, "seen"], ["asked", "asked"]]);
});

Deno.test("writeLimit() is the store's, or one of its own for a write that asks for a number", () => {
  const target = targetOf("a");
  assertEquals(writeLimit(target, undefined), target.limits.write);
  assertEquals(writeLimit(target, 3).current, 3);
});
