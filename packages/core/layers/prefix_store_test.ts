import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { conformance } from "@lade/testing/conformance";
import { InvalidNameError, NotFoundError } from "../errors/errors.ts";
import { MemoryContainer } from "../memory/memory_container.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { PrefixStore } from "./prefix_store.ts";

const BYTES = new TextEncoder().encode("content");
const PREFIX = "some/pre fix/";

for (const versioning of [false, true]) {
  conformance(
    versioning ? "PrefixStore with versions" : "PrefixStore",
    async () => {
      const below = new MemoryStore({ container: new MemoryContainer({ versioning }) });
      const around = ["some/pre fix", PREFIX, "some/pre fi/a", "some/pre fix!/a", "some/pre fix0", "other"];
      for (const key of around) await below.put(key, BYTES);
      return {
        store: new PrefixStore(below, PREFIX),
        async [Symbol.asyncDispose]() {
          for (const key of around) {
            assertEquals((await below.head(key)).size, BYTES.length, `${key} was touched`);
          }
        },
      };
    },
    Deno.test,
  );
}

conformance(
  "PrefixStore in a PrefixStore",
  () => {
    const store = new PrefixStore(new PrefixStore(new MemoryStore(), "a/"), "b/");
    return Promise.resolve({ store, async [Symbol.asyncDispose]() {} });
  },
  Deno.test,
);

Deno.test("PrefixStore puts its keys below the prefix", async () => {
  const below = new MemoryStore();
  const store = new PrefixStore(below, "a/b/");
  await store.put("c", BYTES);
  assertEquals((await below.head("a/b/c")).size, 7);
  assertEquals(store.uri, "memory://memory/a/b");
});

Deno.test("PrefixStore hands on what describes the store below", () => {
  const below = new MemoryStore();
  const store = new PrefixStore(below, "a/");
  assertStrictEquals(store.capabilities, below.capabilities);
  assertStrictEquals(store.readHints, below.readHints);
  assertStrictEquals(store.limits, below.limits);
  assertStrictEquals(new PrefixStore(below, "b/").limits, store.limits, "two prefixes share them");
  assertStrictEquals(store.context, below.context);
});

Deno.test("PrefixStore names the whole URI in errors", async () => {
  const store = new PrefixStore(new MemoryStore(), "a/b/");
  const missing = await assertRejects(() => store.get("c"), NotFoundError);
  assertEquals(missing.uri, "memory://memory/a/b/c");
  const invalid = await assertRejects(() => store.get(""), InvalidNameError);
  assertEquals(invalid.uri, "memory://memory/a/b/");
});

Deno.test("PrefixStore neither shows nor deletes the object whose key is the prefix", async () => {
  const below = new MemoryStore();
  await below.put("a/", BYTES);
  const store = new PrefixStore(below, "a/");
  assertEquals(await Array.fromAsync(store.list()), []);
  assertEquals(await Array.fromAsync(store.listWithDelimiter()), []);
  const [result] = await Array.fromAsync(store.deleteMany([""]));
  assertInstanceOf(result?.error, InvalidNameError);
  assertEquals((await below.head("a/")).size, 7);
});

Deno.test("PrefixStore refuses a prefix without a slash at its end", () => {
  for (const prefix of ["", "a", "/a"]) {
    assertThrows(() => new PrefixStore(new MemoryStore(), prefix), TypeError, 'has to end with "/"');
  }
});

Deno.test("PrefixStore counts the prefix towards the longest key", async () => {
  const store = new PrefixStore(new MemoryStore(), "a/");
  await store.put("x".repeat(1022), BYTES);
  await assertRejects(() => store.put("x".repeat(1023), BYTES), InvalidNameError);
});

Deno.test("PrefixStore disposes the store below", async () => {
  let disposed = 0;
  const below = new MemoryStore();
  below[Symbol.asyncDispose] = () => Promise.resolve(void disposed++);
  await new PrefixStore(below, "a/")[Symbol.asyncDispose]();
  assertEquals(disposed, 1);
});
