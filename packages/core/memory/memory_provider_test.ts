import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { providerConformance } from "@lade/testing/conformance";
import { InvalidNameError } from "../errors/errors.ts";
import { memoryProvider } from "./memory_provider.ts";

providerConformance(
  "memoryProvider()",
  () => {
    let names = 0;
    return Promise.resolve({
      provider: memoryProvider(),
      newName: () => `container-${names++}`,
      async [Symbol.asyncDispose]() {},
    });
  },
  Deno.test,
  {
    skip: {
      "open() of a missing container succeeds, and the first call to it is a NotFoundError":
        "opening a name makes the container",
    },
  },
);

Deno.test("memoryProvider() makes the container that is opened", async () => {
  const provider = memoryProvider();
  await using store = await provider.open("fresh");
  await store.put("object", new Uint8Array(3));
  assertEquals(await Array.fromAsync(provider.listContainers()), ["fresh"]);
});

Deno.test("memoryProvider() keeps versions where asked to", async () => {
  await using store = await memoryProvider({ versioning: true }).open("fresh");
  assertEquals(store.capabilities.versions, true);
});

Deno.test("memoryProvider() shares nothing with another one", async () => {
  const [one, two] = [memoryProvider(), memoryProvider()];
  await one.createContainer("name");
  assertEquals(await Array.fromAsync(two.listContainers()), []);
});

Deno.test("memoryProvider() refuses names with a slash, none, and ill-formed ones", async () => {
  const provider = memoryProvider();
  for (const container of ["", "a/b", "\ud83d"]) {
    assertThrows(() => provider.format({ container, key: "" }), InvalidNameError);
    await assertRejects(() => provider.open(container), InvalidNameError);
    await assertRejects(() => provider.createContainer(container), InvalidNameError);
  }
});

Deno.test("memoryProvider() ends a listing of containers that is aborted on the way", async () => {
  const provider = memoryProvider();
  for (const name of ["a", "b"]) await provider.createContainer(name);
  const stop = new AbortController();
  const names = provider.listContainers({ signal: stop.signal })[Symbol.asyncIterator]();
  assertEquals((await names.next()).value, "a");
  stop.abort(new Error("enough"));
  await assertRejects(() => Promise.resolve(names.next()), Error, "enough");
});
