import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { InvalidNameError } from "../errors/errors.ts";
import { memoryProvider } from "../memory/memory_provider.ts";
import { Registry } from "./registry.ts";

Deno.test("Registry loads a provider when its scheme is first used, once", async () => {
  let loads = 0;
  const registry = new Registry().register({
    schemes: ["memory"],
    load: () => (loads++, Promise.resolve(memoryProvider())),
  });
  assertEquals(loads, 0);
  const { store, key } = await registry.open("memory://name/a/b");
  assertEquals([store.uri, key], ["memory://name", "a/b"]);
  await registry.open("MEMORY://name/a");
  assertEquals(loads, 1);
  assertStrictEquals(store.context, registry.context);
});

Deno.test("Registry tries again when a provider failed to load", async () => {
  let loads = 0;
  const registry = new Registry().register({
    schemes: ["memory"],
    load: () => loads++ === 0 ? Promise.reject(new Error("offline")) : Promise.resolve(memoryProvider()),
  });
  await assertRejects(() => registry.open("memory://a/b"), Error, "offline");
  await registry.open("memory://a/b");
});

Deno.test("Registry names the schemes it knows when a URI has another", async () => {
  const registry = new Registry().register(memoryProvider());
  await assertRejects(
    () => registry.open("ftp://host/file"),
    InvalidNameError,
    'Cannot open "ftp://host/file": unknown scheme "ftp", known are memory',
  );
  for (const wrong of ["", "plain", "://x", "1x://y"]) {
    await assertRejects(() => registry.open(wrong), InvalidNameError, "scheme://container/key");
  }
  await assertRejects(() => registry.open("memory:/x"), InvalidNameError, 'write "memory://x"');
});

Deno.test("Registry refuses a scheme that is taken", () => {
  const registry = new Registry().register(memoryProvider());
  assertThrows(() => registry.register(memoryProvider()), TypeError, "registered already");
});
