import { type LeftOut, type ListOptions, MemoryStore, type ObjectMeta } from "@lade/core";
import { NotFoundError, PermissionDeniedError } from "@lade/core/errors";
import { assertEquals, assertRejects } from "@std/assert";
import type { CompareMode } from "../compare/compare_options.ts";
import type { Place } from "../places/place.ts";
import { type CheckRequest, checkTrees } from "./check_trees.ts";

const { signal } = new AbortController();
const bytes = (text: string) => new TextEncoder().encode(text);

async function placeOf(objects: Record<string, string>, key = "", base = "memory://m/"): Promise<Place> {
  const store = new MemoryStore();
  for (const [name, text] of Object.entries(objects)) await store.put(name, bytes(text));
  const uriOf = (of: string) => base + of;
  return { store, key, uriOf, uri: uriOf(key) };
}

async function check(
  source: Place,
  target: Place,
  more: Partial<CheckRequest> = {},
  mode: CompareMode = "checksum",
) {
  const found = await Array.fromAsync(checkTrees({ source, target, compare: { mode, signal }, ...more }));
  return found.map(({ sign, name, error }) =>
    error ? `${sign} ${name}: ${(error as Error).message}` : `${sign} ${name}`
  );
}

const linkAt = (key: string): LeftOut => ({ key, reason: "it is a link", hasBytes: true });

/** A place that leaves these out before its objects, and these after them, as a directory may. */
async function leavingOut(
  before: readonly LeftOut[],
  objects: Record<string, string>,
  after: readonly LeftOut[] = [],
  key = "",
): Promise<Place> {
  class WithOthers extends MemoryStore {
    override async *list(prefix?: string, options: ListOptions = {}): AsyncGenerator<ObjectMeta, void, void> {
      for (const leftOut of before) options.onLeftOut?.(leftOut);
      yield* super.list(prefix, options);
      for (const leftOut of after) options.onLeftOut?.(leftOut);
    }
  }
  const store = new WithOthers();
  for (const [name, text] of Object.entries(objects)) await store.put(name, bytes(text));
  const uriOf = (of: string) => `memory://l/${of}`;
  return { store, key, uriOf, uri: uriOf(key) };
}

const SOURCE = { "p/a": "1", "p/b": "2", "p/c": "3", "p/e": "", "q": "outside" };
const TARGET = { "a": "1", "b": "x", "d": "4", "e": "" };

Deno.test("checkTrees() says of each name in order what became of it", async () => {
  const [source, target] = [await placeOf(SOURCE, "p/"), await placeOf(TARGET)];
  assertEquals(await check(source, target), ["= a", "* b", "+ c", "- d", "= e"]);
  assertEquals(await check(target, source), ["= a", "* b", "- c", "+ d", "= e"]);
  assertEquals(await check(source, target, { oneWay: true }), ["= a", "* b", "+ c", "= e"]);
  assertEquals(await check(source, target, {}, "size"), ["= a", "= b", "+ c", "- d", "= e"]);
  assertEquals(await check(source, target, { concurrency: 1 }), ["= a", "* b", "+ c", "- d", "= e"]);
});

Deno.test("checkTrees() tells where the objects of a name are, and what showed that they are the same", async () => {
  const [source, target] = [await placeOf(SOURCE, "p/"), await placeOf(TARGET, "", "memory://n/")];
  const found = checkTrees({ source, target, compare: { mode: "checksum", signal } });
  const told = (await Array.fromAsync(found)).map((
    { source, target, size, by },
  ) => [source, target, size, by]);
  assertEquals(told, [
    ["memory://m/p/a", "memory://n/a", 1, "content"],
    ["memory://m/p/b", "memory://n/b", 1, "content"],
    ["memory://m/p/c", undefined, undefined, undefined],
    [undefined, "memory://n/d", undefined, undefined],
    ["memory://m/p/e", "memory://n/e", 0, "size"],
  ]);
  const [long, short] = [await placeOf({ a: "12" }), await placeOf({ a: "1" })];
  const [other] = await Array.fromAsync(
    checkTrees({ source: long, target: short, compare: { mode: "checksum", signal } }),
  );
  assertEquals([other?.sign, other?.size, other?.by], ["*", undefined, "size"]);
});

Deno.test("checkTrees() compares what the filter accepts of either side", async () => {
  const [source, target] = [
    await placeOf({ a: "long", b: "1", c: "1" }),
    await placeOf({ a: "1", b: "long", c: "1" }),
  ];
  const filter = ({ size }: ObjectMeta) => size > 1;
  assertEquals(await check(source, target, { filter }), ["* a", "* b"]);
});

Deno.test("checkTrees() goes on past an object that cannot be read", async () => {
  const [source, target] = [await placeOf({ a: "1", b: "2" }), await placeOf({ a: "1", b: "2" })];
  await source.store.delete("a");
  const list = source.store.list.bind(source.store);
  const gone: ObjectMeta = { key: "a", size: 1, lastModified: new Date(0) };
  source.store.list = async function* (prefix?: string, options?: ListOptions) {
    yield gone;
    yield* list(prefix, options);
  };
  const found = await check(source, target);
  assertEquals(found.length, 2);
  assertEquals(found[0]?.startsWith("! a: Cannot "), true, found[0]);
  assertEquals(found[1], "= b");
});

Deno.test("checkTrees() calls nothing missing that is there and cannot be compared, nor what may lie in it", async () => {
  const links = await leavingOut(["d/", "link"].map(linkAt), { a: "1", z: "1" });
  const plain = await placeOf({ "a": "1", "d/x": "2", "dd": "3", "link": "4", "linked": "5", "z": "1" });
  const signs = async (source: Place, target: Place) =>
    (await check(source, target)).map((line) => line.split(":")[0]).sort();
  assertEquals(await signs(links, plain), ["! d/", "! link", "- dd", "- linked", "= a", "= z"]);
  assertEquals(await signs(plain, links), ["! d/", "! link", "+ dd", "+ linked", "= a", "= z"]);
});

Deno.test("checkTrees() tells what cannot be compared as it comes, be it after all objects or all there is", async () => {
  const first = await leavingOut([linkAt("b")], { a: "1", c: "1" });
  const plain = await placeOf({ a: "1", c: "1" });
  assertEquals((await check(first, plain)).map((line) => line.split(":")[0]), ["! b", "= a", "= c"]);
  const last = await leavingOut([], { a: "1" }, [linkAt("b")]);
  for (const [one, other] of [[last, plain], [plain, last]] as const) {
    assertEquals((await check(one, other)).filter((line) => line.startsWith("! b")).length, 1);
  }
  assertEquals((await check(await leavingOut([linkAt("p/b")], {}, [], "p/"), await placeOf({}))).length, 1);
});

Deno.test("checkTrees() passes over what the filter leaves out or has no bytes, and tells what cannot be looked into", async () => {
  const skipped: string[] = [];
  const onSkipped = (uri: string, reason: string) => skipped.push(`${uri}: ${reason}`);
  const denied = new PermissionDeniedError({ operation: "list", uri: "memory://l/d/", detail: "denied" });
  const found = [
    linkAt("b"),
    { key: "pipe", reason: "it is a pipe", hasBytes: false },
    { key: "c", reason: "it is a pipe", hasBytes: false },
    { key: "d/", reason: "it cannot be read", hasBytes: false, error: denied },
  ];
  const source = await leavingOut(found, { c: "1" });
  const filter = (_: ObjectMeta, name: string) => name === "c" || name === "d/a";
  const told = await check(source, await placeOf({ c: "1" }), { filter, onSkipped });
  assertEquals(told, [`! d/: ${denied.message}`, "= c"]);
  assertEquals(skipped, ["memory://l/c: it is a pipe"]);
});

Deno.test("checkTrees() does not mind objects that only mark a directory where one side is local", async () => {
  const marked = { "d/": "", "d/a": "1" };
  const plain = { "d/a": "1" };
  assertEquals(await check(await placeOf(marked), await placeOf(plain)), ["+ d/", "= d/a"]);
  assertEquals(await check(await placeOf(marked), await placeOf(plain, "", "file:///x/")), ["= d/a"]);
  // One that has bytes is an object.
  assertEquals(await check(await placeOf({ "d/": "1" }), await placeOf({}, "", "file:///x/")), ["+ d/"]);
});

Deno.test("checkTrees() finds everything missing at an empty destination, and nothing at an empty source", async () => {
  assertEquals(await check(await placeOf({ a: "1" }), await placeOf({})), ["+ a"]);
  assertEquals(await check(await placeOf({}), await placeOf({ a: "1" })), ["- a"]);
  await assertRejects(
    async () => await check(await placeOf({}, "p/"), await placeOf({ a: "1" })),
    NotFoundError,
  );
});
