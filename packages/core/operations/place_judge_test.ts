import { assertEquals, assertRejects } from "@std/assert";
import {
  MemoryContainer,
  MemoryStore,
  type ObjectInfo,
  type ObjectPlace,
  type ObjectStore,
  PlaceJudge,
  PrefixStore,
  UnavailableError,
} from "../mod.ts";
import { type FaultyStore, injectFaults } from "@lade/testing";

const content = new TextEncoder().encode("content");

function storeOf(container: MemoryContainer): MemoryStore {
  return new MemoryStore({ container });
}

/** What is told of an object that was put into a container. */
async function stored(container: MemoryContainer): Promise<ObjectInfo> {
  const store = storeOf(container);
  await store.put("a", content);
  return await store.head("a");
}

/** A store of a service that goes by this name, of which it may have several. */
function named(container: MemoryContainer, service: string): FaultyStore {
  const store = injectFaults(storeOf(container));
  const placeOf = async (key: string): Promise<ObjectPlace> => ({
    service,
    container: "b",
    key,
    kind: "test",
  });
  return Object.assign(store, { placeOf });
}

Deno.test("PlaceJudge.compare() goes by the container, not by the store", async () => {
  const container = new MemoryContainer();
  const [one, other, stranger] = [storeOf(container), storeOf(container), storeOf(new MemoryContainer())];
  const judge = new PlaceJudge();
  const compare = (store: ObjectStore, key: string) =>
    judge.compare({ store: one, key: "a/b" }, { store, key });
  assertEquals(await compare(one, "a/b"), "same");
  assertEquals(await compare(other, "a/b"), "same");
  assertEquals(await compare(new PrefixStore(other, "a/"), "b"), "same");
  assertEquals(await compare(other, "a/c"), "different");
  assertEquals(await compare(stranger, "a/b"), "different");
});

Deno.test("PlaceJudge.compare() finds one service under two names by an equal object, and asks once", async () => {
  const container = new MemoryContainer();
  const [one, other] = [named(container, "localhost"), named(container, "127.0.0.1")];
  const judge = new PlaceJudge();
  const compare = (key: string, to = key) => judge.compare({ store: one, key }, { store: other, key: to });
  assertEquals(await compare("missing"), "different");
  await one.put("a", content);
  await one.put("b", content);
  assertEquals(await compare("a"), "same");
  assertEquals(await compare("b"), "same");
  assertEquals(await compare("a", "b"), "different");
  const heads = (store: FaultyStore) => store.calls.filter(({ operation }) => operation === "head").length;
  assertEquals([heads(one), heads(other)], [2, 1]);
});

Deno.test("PlaceJudge.compare() tells two services apart by objects that differ", async () => {
  const [one, other] = [named(new MemoryContainer(), "x"), named(new MemoryContainer(), "y")];
  const judge = new PlaceJudge();
  const compare = (key: string) => judge.compare({ store: one, key }, { store: other, key });
  await one.put("a", content);
  assertEquals(await compare("a"), "different");
  await other.put("first", content);
  await other.put("a", content);
  assertEquals(await compare("a"), "different");
});

Deno.test("PlaceJudge.contains() finds a prefix in itself under another name of its service", async () => {
  const container = new MemoryContainer();
  const [one, other] = [named(container, "localhost"), named(container, "127.0.0.1")];
  await one.put("d/a", content);
  const judge = new PlaceJudge();
  const contains = (outer: string, inner: string, first?: string) =>
    judge.contains({ store: one, key: outer }, { store: other, key: inner }, first);
  assertEquals(await contains("d/", "e/", "d/a"), false);
  assertEquals(await contains("d/", "d/sub/"), false);
  assertEquals(await contains("d/", "d/sub/", "d/a"), true);
  assertEquals(await contains("d/", "d/"), true);
});

Deno.test("PlaceJudge tells by what is above a prefix that it lies in another one, however both are spelled", async () => {
  const placeOf = async (key: string): Promise<ObjectPlace> => {
    const segments = key.split("/").filter((segment) => segment !== "");
    const above = segments.map((_, index) => segments.slice(0, index).join("/").toLowerCase()).reverse();
    return { service: "s", container: "", key, identity: segments.join("/").toLowerCase(), above };
  };
  const store = Object.assign(injectFaults(storeOf(new MemoryContainer())), { placeOf });
  const judge = new PlaceJudge();
  const pathWithin = (outer: string, inner: string) =>
    judge.pathWithin({ store, key: outer }, { store, key: inner });
  assertEquals(await pathWithin("a/b/", "a/b/c/d/"), "c/d/");
  assertEquals(await pathWithin("A/B/", "a/b/c/d/"), "c/d/");
  assertEquals(await pathWithin("A/", "a/"), "");
  assertEquals(await pathWithin("a/b/c/", "A/B/"), undefined);
  assertEquals(await pathWithin("A/x/", "a/b/"), undefined);
});

Deno.test("PlaceJudge.compare() asks no store of another kind, and takes equal objects of two versions for two", async () => {
  const container = new MemoryContainer();
  const [one, other] = [named(container, "x"), named(container, "y")];
  await one.put("a", content);
  const compare = (to: ObjectStore) =>
    new PlaceJudge().compare({ store: one, key: "a" }, { store: to, key: "a" });
  const placeOf = async (key: string) => ({ service: "y", container: "b", key, kind: "another" });
  assertEquals(await compare(Object.assign(named(container, "y"), { placeOf })), "different");
  assertEquals(one.calls.filter(({ operation }) => operation === "head"), []);
  const info = await one.head("a");
  for (
    const change of [{ version: "2" }, { size: 1 }, { etag: "another" }, { lastModified: new Date(0) }]
  ) {
    const head = () => Promise.resolve({ ...info, ...change });
    assertEquals(await compare(Object.assign(named(container, "y"), { head })), "different");
  }
  assertEquals(await compare(other), "same");
});

Deno.test("PlaceJudge.compare() links files by number on one machine only", async () => {
  const file = (service: string) => {
    const placeOf = async (key: string) => ({ service, container: "/", key, identity: "1:2" });
    return Object.assign(injectFaults(storeOf(new MemoryContainer())), { placeOf });
  };
  const compare = (service: string) =>
    new PlaceJudge().compare({ store: file("here"), key: "a" }, { store: file(service), key: "b" });
  assertEquals([await compare("here"), await compare("there")], ["linked", "different"]);
});

Deno.test("PlaceJudge.compare() asks two services of different kinds for places only once", async () => {
  const asked: string[] = [];
  const placed = (service: string, kind?: string) =>
    Object.assign(injectFaults(storeOf(new MemoryContainer())), {
      placeOf: async (key: string): Promise<ObjectPlace> => {
        asked.push(`${service} ${key}`);
        return { service, container: "b", key, ...(kind !== undefined && { kind }) };
      },
    });
  const [files, cloud, twin] = [placed("files"), placed("cloud", "c"), placed("twin", "c")];
  const judge = new PlaceJudge();
  const compare = (one: ObjectStore, other: ObjectStore, key: string) =>
    judge.compare({ store: one, key }, { store: other, key }, { ask: false });
  assertEquals(judge.areApart(files, cloud), false, "nothing is known yet");
  assertEquals([await compare(files, cloud, "a"), await compare(files, cloud, "b")], [
    "different",
    "different",
  ]);
  assertEquals(asked.splice(0), ["files a", "cloud a"]);
  assertEquals([judge.areApart(files, cloud), judge.areApart(files, twin)], [true, false]);
  // Those of one kind, and those of one service, are told apart key by key.
  assertEquals([await compare(cloud, twin, "a"), await compare(cloud, twin, "b")], [
    "different",
    "different",
  ]);
  assertEquals([await compare(files, files, "a"), await compare(files, files, "b")], ["same", "same"]);
  assertEquals(asked.length, 8);
  assertEquals([judge.areApart(cloud, twin), judge.areApart(files, files)], [false, false]);
  const reason = new Error("enough");
  const call = { signal: AbortSignal.abort(reason) };
  const aborted = judge.compare({ store: files, key: "c" }, { store: cloud, key: "c" }, call);
  assertEquals(await aborted.catch((error) => error), reason);
});

Deno.test("PlaceJudge asks for no place of a service of another kind again, whoever found that out", async () => {
  let asked = 0;
  const placed = (service: string, kind?: string) =>
    Object.assign(injectFaults(storeOf(new MemoryContainer())), {
      // deno-lint-ignore require-await
      placeOf: async (key: string): Promise<ObjectPlace> => {
        asked++;
        return { service, container: "b", key, ...(kind !== undefined && { kind }) };
      },
    });
  const [files, cloud] = [placed("files"), placed("cloud", "c")];
  const judge = new PlaceJudge();
  const [outer, inner] = [{ store: files, key: "a/" }, { store: cloud, key: "a/" }];
  assertEquals([await judge.contains(outer, inner), asked], [false, 2]);
  assertEquals(await judge.contains(inner, outer, "a/first"), false);
  assertEquals(await judge.pathWithin(outer, inner, "a/first"), undefined);
  assertEquals(await judge.compare({ store: cloud, key: "a" }, { store: files, key: "a" }), "different");
  assertEquals([judge.areApart(files, cloud), judge.areApart(cloud, files), asked], [true, true, 2]);
});

Deno.test("PlaceJudge.compare() remembers no look that failed", async () => {
  const container = new MemoryContainer();
  const [one, other] = [named(container, "localhost"), named(container, "127.0.0.1")];
  await one.put("a", content);
  const error = new UnavailableError({ operation: "head", uri: "memory://m/a", detail: "away" });
  one.addRule({ operation: "head", nth: 1, fault: { kind: "throw", error } });
  const judge = new PlaceJudge();
  const compare = () => judge.compare({ store: one, key: "a" }, { store: other, key: "a" });
  await assertRejects(compare, UnavailableError);
  assertEquals(await compare(), "same");
});

Deno.test("PlaceJudge.compare() takes no objects for one that no etag tells to be", async () => {
  const { etag: _, ...info } = await stored(new MemoryContainer());
  const bare = (service: string) =>
    Object.assign(named(new MemoryContainer(), service), { head: () => Promise.resolve(info) });
  const [one, other] = [bare("x"), bare("y")];
  const compare = () => new PlaceJudge().compare({ store: one, key: "a" }, { store: other, key: "a" });
  assertEquals(await compare(), "different");
});

Deno.test("PlaceJudge.compare() looks nothing up where neither names nor keys can stand for one place", async () => {
  const container = new MemoryContainer();
  const ofNoKind = (service: string) => {
    const store = named(container, service);
    const placeOf = async (key: string) => ({ service, container: "b", key });
    return Object.assign(store, { placeOf });
  };
  const [one, other, same] = [ofNoKind("x"), ofNoKind("y"), named(container, "z")];
  await same.put("a/b", content);
  const judge = new PlaceJudge();
  assertEquals(await judge.compare({ store: one, key: "a/b" }, { store: other, key: "a/b" }), "different");
  assertEquals(await judge.compare({ store: same, key: "a//b" }, { store: same, key: "a/b" }), "different");
  const heads = [one, other, same].flatMap(({ calls }) => calls).filter(({ operation }) =>
    operation === "head"
  );
  assertEquals(heads.length, 0);
});
