import { assertEquals, assertRejects } from "@std/assert";
import {
  copyObject,
  type CopyObjectOptions,
  type Dropped,
  InvalidNameError,
  MemoryContainer,
  memoryProvider,
  MemoryStore,
  NotFoundError,
  type ObjectAttributes,
  type ObjectStore,
  observe,
  PermissionDeniedError,
  PreconditionFailedError,
  PrefixStore,
  type PutOptions,
} from "../mod.ts";
import { type FaultRule, injectFaults } from "@lade/testing";

const EXPIRES = new Date("2031-02-03T04:05:06Z");
const ALL: ObjectAttributes = {
  contentType: "text/x-sample",
  contentEncoding: "gzip",
  cacheControl: "no-store",
  contentDisposition: "attachment",
  contentLanguage: "de",
  expires: EXPIRES,
  metadata: { name: "ö" },
};
const TAGS = { project: "x" };
/** A chunk size with which the copy is one `put`, and one with which it is made of parts. */
const WAYS = { "in one piece": 100, "in parts": 3 };

const bytes = (text: string) => new TextEncoder().encode(text);
const open = () => new MemoryStore({ container: new MemoryContainer() });

async function openWith(options: PutOptions): Promise<MemoryStore> {
  const store = open();
  await store.put("a", bytes("0123456789"), options);
  return store;
}

/** A store that keeps what files keep: the time alone. */
function asFiles(store: MemoryStore, written: PutOptions[]): ObjectStore {
  const none = { attributes: false, tags: false, modificationTime: true } as const;
  const put = store.put.bind(store);
  return Object.assign(store, {
    capabilities: { ...store.capabilities, ...none },
    getTags: undefined,
    put: (key: string, data: Uint8Array, { lastModified, ...options }: PutOptions = {}) => {
      written.push({ ...options, ...(lastModified && { lastModified }) });
      return put(key, data, options);
    },
  });
}

async function told(store: ObjectStore, key: string): Promise<Record<string, unknown>> {
  const { lastModified: _, etag: _etag, key: _key, size: _size, ...rest } = await store.head(key);
  return { ...rest, tags: await store.getTags?.(key) };
}

const copy = async (from: ObjectStore, to: ObjectStore, options: CopyObjectOptions = {}) =>
  (await copyObject(from, "a", to, "b", options)).dropped;

for (const [how, chunkSize] of Object.entries(WAYS)) {
  Deno.test(`copyObject() ${how} carries every attribute and the tags`, async () => {
    const to = open();
    assertEquals(await copy(await openWith({ ...ALL, tags: TAGS }), to, { chunkSize }), undefined);
    assertEquals(await told(to, "b"), { ...ALL, tagCount: 1, tags: TAGS });
  });
}

Deno.test("copyObject() keeps the attributes that are not given, between stores and by the store's own copy", async () => {
  const provider = memoryProvider();
  const [one, other] = [await provider.open("one"), await provider.open("other")];
  await one.put("a", bytes("x"), { ...ALL, metadata: { name: "ö", mtime: "5.5" }, tags: TAGS });
  const given = { contentType: "text/csv", metadata: { other: "1" } };
  const metadata = { other: "1", mtime: "5.5" };
  for (const to of [other, one, open()]) {
    await copyObject(one, "a", to, "b", given);
    assertEquals(await told(to, "b"), { ...ALL, ...given, metadata, tagCount: 1, tags: TAGS });
    await copyObject(one, "a", to, "b", { ...given, tags: {}, keepTime: false });
    assertEquals(await told(to, "b"), { ...ALL, ...given, tags: {} });
  }
  await copyObject(one, "a", one, "a", { cacheControl: "max-age=1" });
  const { cacheControl, contentType } = await one.head("a");
  assertEquals([cacheControl, contentType], ["max-age=1", "text/x-sample"]);
});

Deno.test("copyObject() fails where tags that were asked for may not be written, and drops those of the source", async () => {
  const uri = "memory://memory/b";
  const refusal = new PermissionDeniedError({ operation: "put", uri, detail: "no" });
  const withoutTags = () => {
    const store = open();
    return new Proxy<ObjectStore>(store, {
      get(target, name) {
        const put = (key: string, data: Uint8Array, options: PutOptions = {}) =>
          options.tags ? Promise.reject(refusal) : store.put(key, data, options);
        const member = name === "put" ? put : Reflect.get(target, name, target);
        return typeof member === "function" && name !== "put" ? member.bind(target) : member;
      },
    });
  };
  const from = await openWith({ tags: TAGS });
  const refusing = withoutTags();
  await assertRejects(() => copyObject(from, "a", refusing, "b", { tags: TAGS }), PermissionDeniedError);
  await assertRejects(() => refusing.head("b"), NotFoundError);
  const { dropped } = await copyObject(from, "a", withoutTags(), "b");
  assertEquals(dropped, [{ name: "tags", reason: "they may not be written" }]);
});

Deno.test("copyObject() asks for tags only where there are some, and drops those that may not be read", async () => {
  const denied = new PermissionDeniedError({
    operation: "get the tags of",
    uri: "memory://memory/a",
    detail: "no",
  });
  const rule: FaultRule = { operation: "getTags", fault: { kind: "throw", error: denied } };
  const calls: string[] = [];
  for (const tags of [{}, TAGS]) {
    const from = injectFaults(await openWith({ tags }), [rule]);
    const to = open();
    const dropped = await copy(from, to);
    calls.push(...from.calls.map(({ operation }) => operation));
    const expected: Dropped[] = [{ name: "tags", reason: "they may not be read" }];
    assertEquals(dropped, tags === TAGS ? expected : undefined);
    assertEquals(await told(to, "b"), { metadata: {}, tags: {} });
  }
  assertEquals(calls, ["get", "get", "getTags"]);
  const broken = injectFaults(await openWith({ tags: TAGS }), [{
    operation: "getTags",
    fault: {
      kind: "throw",
      error: new NotFoundError({ operation: "get", uri: "memory://memory/a", detail: "no" }),
    },
  }]);
  await assertRejects(() => copy(broken, open()), NotFoundError);
});

Deno.test("copyObject() tells what a store without attributes cannot keep, and sets the time there", async () => {
  const written: PutOptions[] = [];
  const metadata = { name: "x", mtime: "1354104905.5" };
  const from = await openWith({ ...ALL, metadata, tags: TAGS });
  const dropped = await copy(from, asFiles(open(), written));
  const names = [
    "contentType",
    "contentEncoding",
    "cacheControl",
    "contentDisposition",
    "contentLanguage",
    "expires",
    "metadata",
    "tags",
  ];
  assertEquals(dropped?.map(({ name }) => String(name)), names);
  await from.put("a", bytes("y"), { metadata: { mtime: "5" }, contentType: "binary/octet-stream" });
  assertEquals(await copy(from, asFiles(open(), written)), undefined, "nothing is lost");
  assertEquals(await copy(from, asFiles(open(), written), { keepTime: false }), [
    { name: "metadata", reason: "the store keeps none" },
  ]);
  await from.put("a", bytes("y"), { contentType: "text/csv" });
  const plain = await copyObject(from, "a", asFiles(open(), written), "b.csv");
  assertEquals(plain.dropped, undefined, "the name tells the type");
  const times = written.map(({ lastModified }) => lastModified?.getTime());
  assertEquals(times, [1354104905500, 5000, undefined, undefined]);
});

Deno.test("copyObject() tells the storage class that only the listing of the source had, of the version it had", async () => {
  const from = await openWith({});
  const listed = (await Array.fromAsync(from.list("a")))[0];
  const source = listed && { ...listed, storageClass: "Cool" };
  if (!source) throw new Error("nothing is listed");
  const dropped = [{ name: "storageClass", reason: "the store has none" }];
  assertEquals<unknown>(await copy(from, open(), { source }), dropped);
  await from.put("a", bytes("0123456789"));
  assertEquals(await copy(from, open(), { source }), undefined);
});

Deno.test("copyObject() writes the time and the type of what comes from files", async () => {
  const from = await openWith({});
  const { lastModified } = await from.head("a");
  const files = asFiles(from, []);
  const to = open();
  await copyObject(files, "a", to, "b.json");
  const mtime = String(lastModified.getTime() / 1000);
  assertEquals(await told(to, "b.json"), { metadata: { mtime }, tags: {} });
  await copyObject(files, "a", to, "b.json", { guessContentType: true, keepTime: false });
  assertEquals(await told(to, "b.json"), { contentType: "application/json", metadata: {}, tags: {} });
  const given = { guessContentType: true, contentType: "text/x", metadata: { mtime: "1", x: "y" } };
  await copyObject(files, "a", to, "b.json", given);
  const { contentType, metadata } = await to.head("b.json");
  assertEquals([contentType, metadata], ["text/x", { mtime: "1", x: "y" }]);
  await copyObject(await openWith({}), "a", to, "c.json", { guessContentType: true });
  assertEquals((await to.head("c.json")).contentType, undefined, "a store with attributes knows better");
});

Deno.test("copyObject() lets the service copy, seen through layers", async () => {
  const provider = memoryProvider();
  const [one, other] = [await provider.open("one"), await provider.open("other")];
  await one.put("p/q/a", bytes("x"), { ...ALL, tags: TAGS });
  const events: string[] = [];
  const from = new PrefixStore(observe(new PrefixStore(one, "p/"), () => {}), "q/");
  const to = new PrefixStore(
    observe(other, ({ type, operation, uri }) => type === "finished" && events.push(`${operation} ${uri}`)),
    "r/",
  );
  const result = await copyObject(from, "a", to, "b");
  assertEquals([result.read, result.sourceEtag], [undefined, (await one.head("p/q/a")).etag]);
  assertEquals(events, ["copyFrom memory://one/p/q/a"]);
  assertEquals(await told(other, "r/b"), { ...ALL, tagCount: 1, tags: TAGS });
});

Deno.test("copyObject() reads and writes what the service refuses to copy", async () => {
  const provider = memoryProvider();
  const [one, other] = [await provider.open("one"), await provider.open("other")];
  await one.put("a", bytes("x"), { ...ALL, tags: TAGS });
  const denied = new PermissionDeniedError({ operation: "copy to", uri: "memory://other/b", detail: "no" });
  for (const operation of ["copyFrom", "copy"] as const) {
    const to = injectFaults(operation === "copy" ? one : other, [{
      operation,
      fault: { kind: "throw", error: denied },
    }]);
    const { read } = await copyObject(operation === "copy" ? to : one, "a", to, "b");
    assertEquals(read?.info.size, 1, operation);
    assertEquals(await told(to, "b"), { ...ALL, tagCount: 1, tags: TAGS });
  }
  const missing = injectFaults(other, [{
    operation: "copyFrom",
    fault: {
      kind: "throw",
      error: new NotFoundError({ operation: "copy", uri: "memory://one/a", detail: "no" }),
    },
  }]);
  await assertRejects(() => copyObject(one, "a", missing, "b"), NotFoundError);
  assertEquals(missing.calls.map(({ operation }) => operation), ["copyFrom"]);
});

Deno.test("copyObject() of a version asks for the tags of that version", async () => {
  const from = await openWith({ tags: TAGS });
  const versions: unknown[] = [];
  const source = Object.assign(injectFaults(from), {
    get: (key: string) => from.get(key),
    getTags: (_key: string, options?: { readonly version?: string }) => {
      versions.push(options?.version);
      return Promise.resolve({ of: "version" });
    },
  });
  const to = open();
  await copyObject(source, "a", to, "b", { version: "1" });
  assertEquals([versions, await to.getTags("b")], [["1"], { of: "version" }]);
});

Deno.test("copyObject() with new attributes never gives them to content that came meanwhile", async () => {
  const store = await openWith(ALL);
  const head = store.head.bind(store);
  const changing = Object.assign(store, {
    head: async (key: string) => {
      const info = await head(key);
      await store.put("a", bytes("another"), { contentType: "text/another" });
      return info;
    },
  });
  await assertRejects(
    () => copyObject(changing, "a", changing, "b", { cacheControl: "max-age=1" }),
    PreconditionFailedError,
  );
  await assertRejects(() => head("b"), NotFoundError);
});

Deno.test("copyObject() tells names of metadata that the destination cannot hold, also where the service has both", async () => {
  const service = {};
  const names = {
    metadataNameFault: (name: string) => name.includes("-") ? "the name has a dash" : undefined,
  };
  const from = new MemoryStore({ container: new MemoryContainer({ name: "one", service }) });
  const to = new MemoryStore({ container: new MemoryContainer({ name: "other", service, names }) });
  await from.put("a", bytes("x"), { metadata: { "a-b": "1", "c-d": "2", kept: "3" }, tags: TAGS });
  const dropped: Dropped[] = [{
    name: "metadata",
    reason: 'the store cannot hold "a-b", "c-d": the name has a dash',
  }];
  for (const target of [to, observe(to, () => {}), new PrefixStore(to, "below/")]) {
    assertEquals(await copy(from, target), dropped);
    assertEquals(await told(target, "b"), { metadata: { kept: "3" }, tagCount: 1, tags: TAGS });
    assertEquals(await copy(from, target, { contentType: "text/csv" }), dropped);
    const kept = { contentType: "text/csv", metadata: { kept: "3" }, tagCount: 1, tags: TAGS };
    assertEquals(await told(target, "b"), kept);
    assertEquals(await copy(from, target, { metadata: { given: "4" } }), undefined);
    assertEquals((await target.head("b")).metadata, { given: "4" });
    await assertRejects(
      () => copy(from, target, { metadata: { "e-f": "5" } }),
      InvalidNameError,
      'metadata "e-f": the name has a dash',
    );
  }
});
