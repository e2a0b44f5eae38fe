import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore, PreconditionFailedError, UnsupportedError } from "@lade/core";
import { renameByCopy, type RenameSteps } from "./rename_by_copy.ts";

const BYTES = new TextEncoder().encode("content");

async function keysOf(store: MemoryStore): Promise<string[]> {
  return (await Array.fromAsync(store.list())).map(({ key }) => key);
}

/** Steps that copy within a store, and what they were given. */
function stepsOf(store: MemoryStore, between: () => Promise<unknown> = async () => {}) {
  const pins: (string | undefined)[] = [];
  const steps: RenameSteps & { readonly pins: typeof pins } = {
    pins,
    async copy(pin) {
      pins.push(pin);
      await store.copy("from", "to");
      await between();
    },
  };
  return steps;
}

Deno.test("renameByCopy() copies the content that it saw, and deletes the source", async () => {
  const store = new MemoryStore();
  const { etag } = await store.put("from", BYTES);
  const steps = stepsOf(store);
  await renameByCopy(store, "from", "to", {}, steps);
  assertEquals([steps.pins, await keysOf(store)], [[etag], ["to"]]);
});

Deno.test("renameByCopy() leaves both objects where the source changes in between, and says so", async () => {
  const store = new MemoryStore();
  await store.put("from", BYTES);
  const error = await assertRejects(
    () => renameByCopy(store, "from", "to", {}, stepsOf(store, () => store.put("from", new Uint8Array(1)))),
    PreconditionFailedError,
    "was made, and the source stays",
  );
  assertEquals([error.operation, error.uri], ["rename", `${store.uri}/from`]);
  assertEquals(await keysOf(store), ["from", "to"]);
});

Deno.test("renameByCopy() onto itself copies, and deletes nothing", async () => {
  const store = new MemoryStore();
  await store.put("from", BYTES);
  await renameByCopy(store, "from", "from", {}, { copy: async () => {} });
  assertEquals(await keysOf(store), ["from"]);
});

Deno.test("renameByCopy() copies nothing where the deletion cannot be held to a condition that was asked for", async () => {
  const store = new MemoryStore();
  const { etag = "" } = await store.put("from", BYTES);
  const asked: unknown[] = [];
  const steps = {
    ...stepsOf(store),
    settleDeletion: (...args: unknown[]) => {
      asked.push(args);
      return Promise.reject(
        new UnsupportedError({ operation: "rename", uri: store.uri, detail: "not held" }),
      );
    },
  };
  const rename = (options = {}) => renameByCopy(store, "from", "to", options, steps);
  await assertRejects(() => rename({ sourceIfMatch: etag }), UnsupportedError, "not held");
  await assertRejects(() => rename({ sourceIfMatch: etag, ifIgnored: "look" }), UnsupportedError);
  await assertRejects(() => rename(), UnsupportedError);
  assertEquals(asked, [[etag, false], [etag, true], [etag, true]]);
  await assertRejects(() => rename({ sourceVersion: "v" }), UnsupportedError, "a version cannot be renamed");
  assertEquals(await keysOf(store), ["from"]);
});

Deno.test("renameByCopy() refuses two keys that the service takes for one", async () => {
  const store = new MemoryStore();
  await store.put("from", BYTES);
  const one = {
    uri: store.uri,
    head: () => store.head("from"),
    placeOf: (key: string) => Promise.resolve({ service: "s", container: "c", key, foldsKeys: true }),
    getTags: undefined,
  } as unknown as MemoryStore;
  await assertRejects(
    () => renameByCopy(one, "dir/from", "dir//from", {}, stepsOf(store)),
    Error,
    "is the same object to this service",
  );
});
