import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ChecksumMismatchError,
  getBytes,
  InvalidNameError,
  MemoryContainer,
  MemoryStore,
  moveObject,
  type ObjectMeta,
  type ObjectStore,
  PermissionDeniedError,
  PlaceJudge,
  PreconditionFailedError,
  PrefixStore,
  type PutResult,
  ServiceError,
  StoreError,
  UnsupportedError,
} from "../mod.ts";
import { bytesAtHand, type QuickStore } from "../contract/seams.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A source with the object `x`, and an empty destination. */
async function stores(): Promise<{ from: MemoryStore; to: MemoryStore }> {
  const from = new MemoryStore({ container: new MemoryContainer() });
  await from.put("x", bytes("12345"));
  return { from, to: new MemoryStore({ container: new MemoryContainer() }) };
}

/** A thing of which some properties are others. */
function changed<T extends object>(thing: T, others: Partial<T>): T {
  return new Proxy(thing, {
    get(target, name) {
      const value = Reflect.get(others, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function isThere(store: ObjectStore, key: string): Promise<boolean> {
  return await store.head(key).then(() => true, () => false);
}

Deno.test("moveObject() copies between stores and deletes the source, and renames within one", async () => {
  const { from, to } = await stores();
  const { copied, source } = await moveObject(from, "x", to, "d/y");
  assertEquals([copied?.size, source?.size], [5, 5]);
  assertEquals([await isThere(from, "x"), await isThere(to, "d/y")], [false, true]);
  assertEquals(await moveObject(to, "d/y", to, "z"), {});
  assertEquals([await isThere(to, "d/y"), await isThere(to, "z")], [false, true]);
});

Deno.test("moveObject() within one store gives the attributes it is asked for, and keeps the others", async () => {
  const { from } = await stores();
  await from.put("x", bytes("1"), { contentType: "text/plain", cacheControl: "no-store" });
  await moveObject(from, "x", from, "y", { contentType: "text/html" });
  const { contentType, cacheControl } = await from.head("y");
  assertEquals([contentType, cacheControl], ["text/html", "no-store"]);
  assertEquals(await isThere(from, "x"), false);
});

Deno.test("moveObject() onto itself by another store refuses and keeps the object", async () => {
  const { from } = await stores();
  const container = new MemoryContainer();
  const [one, other] = [new MemoryStore({ container }), new MemoryStore({ container })];
  await one.put("p/x", bytes("12345"));
  for (const [to, key] of [[other, "p/x"], [new PrefixStore(other, "p/"), "x"]] as const) {
    await assertRejects(() => moveObject(one, "p/x", to, key), InvalidNameError, "the same object");
  }
  assertEquals(await isThere(one, "p/x"), true);
  await moveObject(from, "x", one, "p/x", { judge: new PlaceJudge() });
});

Deno.test("moveObject() keeps the source when the answer to the write proves nothing", async () => {
  const { from, to } = await stores();
  const put = async (key: string, data: Uint8Array): Promise<PutResult> => {
    await to.put(key, data);
    return { size: data.length };
  };
  const move = () => moveObject(from, "x", changed<ObjectStore>(to, { put }), "x");
  const error = await assertRejects(move, ChecksumMismatchError, "no etag, version or checksum");
  assertStringIncludes(error.message, "the source is kept");
  assertEquals(await isThere(from, "x"), true);
});

Deno.test("moveObject() keeps the source when the copy is not what was written", async () => {
  for (const wrong of [{ size: 4 }, { etag: "another" }]) {
    const { from, to } = await stores();
    const head = async () => ({ ...await to.head("x"), ...wrong });
    const move = () => moveObject(from, "x", changed<ObjectStore>(to, { head }), "x");
    await assertRejects(move, ChecksumMismatchError, "the source is kept");
    assertEquals(await isThere(from, "x"), true);
  }
});

Deno.test("moveObject() compares checksums of the answer with those of the source, and then looks no further", async () => {
  const crc32c = "GNEjNQ==";
  for (const [answered, moves] of [[crc32c, true], ["AAAAAA==", false]] as const) {
    const { from, to } = await stores();
    const info = { ...await from.head("x"), checksums: { crc32c } };
    const put = async (key: string, data: Uint8Array): Promise<PutResult> => ({
      ...await to.put(key, data),
      checksums: { crc32c: answered },
    });
    const get = async () => changed(await from.get("x"), { info });
    const source = changed<ObjectStore & QuickStore>(from, { get, [bytesAtHand]: () => undefined });
    const head = () => Promise.reject(new Error("nobody asks"));
    const moved = await moveObject(source, "x", changed<ObjectStore>(to, { put, head }), "x").then(
      () => true,
      (error) => error,
    );
    assertEquals(moved === true, moves, `${moved}`);
    assertEquals(await isThere(from, "x"), !moves);
  }
});

Deno.test("moveObject() says that the copy was made where the source may not be deleted", async () => {
  const { from, to } = await stores();
  const refuse = () =>
    Promise.reject(
      new PermissionDeniedError({ operation: "delete", uri: "x", detail: "denied", advice: "ask" }),
    );
  const error = await assertRejects(
    () => moveObject(changed<ObjectStore>(from, { delete: refuse }), "x", to, "y"),
    PermissionDeniedError,
  );
  assertEquals(
    [error.operation, error.detail, error.advice],
    ["move", `denied; the copy "${to.uri}/y" was made, and the source stays`, "ask"],
  );
  assertEquals([await isThere(from, "x"), await isThere(to, "y")], [true, true]);
});

Deno.test("moveObject() keeps both when the source changes while it is copied", async () => {
  for (const conditionalDelete of [true, "unknown", false] as const) {
    const { from, to } = await stores();
    const head = async (key: string) => {
      await from.put("x", bytes("67890"));
      return await to.head(key);
    };
    const source = changed<ObjectStore>(from, { capabilities: { ...from.capabilities, conditionalDelete } });
    await assertRejects(
      () => moveObject(source, "x", changed<ObjectStore>(to, { head }), "x"),
      PreconditionFailedError,
    );
    assertEquals([await isThere(from, "x"), await isThere(to, "x")], [true, true]);
  }
});

Deno.test("moveObject() deletes without a condition where there is none, after another look", async () => {
  const { from, to } = await stores();
  const seen: string[] = [];
  const source = changed<ObjectStore>(from, {
    capabilities: { ...from.capabilities, conditionalDelete: false },
    head: async (key: string) => {
      seen.push("head");
      return await from.head(key);
    },
    delete: async (key: string, options) => {
      seen.push(`delete ${options?.ifMatch}`);
      await from.delete(key);
    },
  });
  await moveObject(source, "x", to, "x");
  assertEquals(seen, ["head", "delete undefined"]);
  assertEquals(await isThere(from, "x"), false);
});

/** A store whose answers to reads end a byte early and say so, under the etag of the whole. */
function shortening(store: MemoryStore): ObjectStore {
  const get: ObjectStore["get"] = async (key, options) => {
    const { etag, size } = await store.head(key);
    const answer = await store.get(key, { ...options, range: { offset: 0, length: size - 1 } });
    const { checksums: _, ...info } = answer.info;
    return changed(answer, { info: { ...info, size: size - 1, ...(etag !== undefined && { etag }) } });
  };
  return changed<ObjectStore>(store, { get });
}

Deno.test("moveObject() keeps the source when an answer of the same etag has fewer bytes", async () => {
  const { from, to } = await stores();
  const [source] = await Array.fromAsync(from.list());
  for (const listed of [{ source }, {}]) {
    const move = () => moveObject(shortening(from), "x", to, "x", listed as { source: ObjectMeta });
    const error = await assertRejects(move, ServiceError, "has 4 bytes, the object 5 under the same etag");
    assertEquals(error.retryable, true);
    assertEquals(await isThere(from, "x"), true);
  }
});

Deno.test("moveObject() keeps the source when it changes after the service has copied it", async () => {
  const { from, to } = await stores();
  const copyFrom = async (): Promise<PutResult & { sourceEtag: string }> => ({
    ...await to.put("x", bytes("12345")),
    sourceEtag: "the one before",
  });
  const move = () => moveObject(from, "x", changed<ObjectStore>(to, { copyFrom }), "x");
  await assertRejects(move, PreconditionFailedError, "it changed while it was copied; the source is kept");
  assertEquals(await isThere(from, "x"), true);
});

Deno.test("moveObject() keeps a file that the destination is another name of", async () => {
  const { from, to } = await stores();
  const linked = (store: ObjectStore) =>
    changed<ObjectStore>(store, {
      placeOf: (key: string) => Promise.resolve({ service: "s", container: store, key, identity: "1:2" }),
    });
  await assertRejects(
    () => moveObject(linked(from), "x", linked(to), "y"),
    InvalidNameError,
    "the same file",
  );
  assertEquals([await isThere(from, "x"), await isThere(to, "y")], [true, false]);
});

Deno.test("moveObject() keeps a source of which only one property is another at the last look", async () => {
  const others = {
    etag: "another",
    size: 6,
    lastModified: new Date(0),
    version: "2",
  };
  for (const [name, other] of Object.entries(others)) {
    const { from, to } = await stores();
    const info = { ...await from.head("x"), version: "1" };
    const source = changed<ObjectStore & QuickStore>(from, {
      capabilities: { ...from.capabilities, conditionalDelete: false },
      get: async () => changed(await from.get("x"), { info }),
      [bytesAtHand]: () => undefined,
      head: () => Promise.resolve({ ...info, [name]: other }),
    });
    await assertRejects(
      () => moveObject(source, "x", to, "x"),
      PreconditionFailedError,
      "has changed since it was read",
      name,
    );
    assertEquals(await isThere(from, "x"), true, name);
  }
});

Deno.test("moveObject() looks at the source again only where neither a checksum nor a listing tells its size", async () => {
  for (const [isVerified, isListed, looks] of [[false, false, 1], [true, false, 0], [false, true, 0]]) {
    const { from, to } = await stores();
    const plain = await from.head("x");
    const info = isVerified ? { ...plain, checksums: { crc32c: "GNEjNQ==" } } : plain;
    let seen = 0;
    const source = changed<ObjectStore & QuickStore>(from, {
      head: async (key: string) => {
        seen++;
        return await from.head(key);
      },
      get: async (key, options) => changed(await from.get(key, options), { info }),
      [bytesAtHand]: () => undefined,
    });
    await moveObject(source, "x", to, "x", isListed ? { source: info } : {});
    assertEquals(seen, looks);
  }
});

Deno.test("moveObject() takes the answer alone for a proof where the copy may not be looked up", async () => {
  const { from, to } = await stores();
  const denied = new PermissionDeniedError({ operation: "head", uri: "memory://m/x", detail: "no" });
  const head = () => Promise.reject(denied);
  await moveObject(from, "x", changed<ObjectStore>(to, { head }), "x");
  assertEquals([await isThere(from, "x"), await isThere(to, "x")], [false, true]);
});

Deno.test("moveObject() takes any of etag, version and checksum for a sign that something is stored", async () => {
  for (const sign of [{ etag: "" }, { version: "1" }, { checksums: { sha1: "x" } }] as Partial<PutResult>[]) {
    const { from, to } = await stores();
    const put = async (key: string, data: Uint8Array): Promise<PutResult> => {
      const { etag = "" } = await to.put(key, data);
      return { size: data.length, ...sign, ...("etag" in sign && { etag }) };
    };
    await moveObject(from, "x", changed<ObjectStore>(to, { put }), "x");
    assertEquals(await isThere(from, "x"), false);
  }
});

Deno.test("moveObject() reads and writes what the service cannot copy", async () => {
  const { from, to } = await stores();
  const refusal = new UnsupportedError({ operation: "copy", uri: "memory://m/x", detail: "no condition" });
  const copyFrom = () => Promise.reject(refusal);
  const { copied } = await moveObject(from, "x", changed<ObjectStore>(to, { copyFrom }), "x");
  assertEquals([copied?.size, copied?.read !== undefined, await isThere(to, "x")], [5, true, true]);
});

Deno.test("moveObject() within one store holds every condition, and keeps both objects where one fails", async () => {
  const { from } = await stores();
  await from.put("y", bytes("there"));
  const conditions = [{ ifMatch: '"other"' }, { ifNoneMatch: "*" }, { sourceIfMatch: '"other"' }] as const;
  for (const condition of conditions) {
    await assertRejects(() => moveObject(from, "x", from, "y", condition), StoreError);
    const there = (await getBytes(from, "y")).bytes;
    assertEquals([await isThere(from, "x"), new TextDecoder().decode(there)], [true, "there"]);
  }
  const [{ etag: ifMatch = "" }, { etag: sourceIfMatch = "" }] = [await from.head("y"), await from.head("x")];
  await moveObject(from, "x", from, "y", { ifMatch, sourceIfMatch });
  assertEquals([await isThere(from, "x"), (await from.head("y")).size], [false, 5]);
});

Deno.test("moveObject() tells that the copy is proved while the source is still there", async () => {
  const { from, to } = await stores();
  const seen: unknown[] = [];
  const kept = changed<ObjectStore>(from, {
    delete: async (key, options) => {
      seen.push("delete");
      await from.delete(key, options);
    },
  });
  const onProved = ({ size }: { readonly size: number }) => void seen.push(size);
  await moveObject(kept, "x", to, "x", { onProved });
  assertEquals(seen, [5, "delete"]);
});
