import { FakeClock, injectFaults } from "@lade/testing";
import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "../context/store_context.ts";
import { UnsupportedError } from "../errors/errors.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { sweepUploads } from "./sweep_uploads.ts";

const HOUR_MS = 3_600_000;

async function setup(): Promise<{ clock: FakeClock; store: MemoryStore }> {
  const clock = new FakeClock();
  const store = new MemoryStore({ context: createStoreContext({ clock }) });
  for (const key of ["a/old", "b/old"]) await store.createPartWriter(key, 10, { resumable: true });
  await clock.advance(25 * HOUR_MS);
  await store.createPartWriter("a/new", 10, { resumable: true });
  return { clock, store };
}

async function keysOf(swept: AsyncIterable<{ readonly key: string }>): Promise<string[]> {
  return (await Array.fromAsync(swept)).map(({ key }) => key);
}

Deno.test("sweepUploads() aborts what was begun more than a day ago", async () => {
  const { store } = await setup();
  assertEquals(await keysOf(sweepUploads(store, { dryRun: true })), ["a/old", "b/old"]);
  assertEquals(await keysOf(sweepUploads(store, { prefix: "a/" })), ["a/old"]);
  assertEquals(await keysOf(store.listUploads()), ["b/old", "a/new"]);
  assertEquals(await keysOf(sweepUploads(store, { olderThanMs: 0 })), ["b/old", "a/new"]);
  assertEquals(await keysOf(store.listUploads()), []);
});

Deno.test("sweepUploads() refuses a wrong age, ends with its signal, and needs uploads", async () => {
  const { store } = await setup();
  for (const olderThanMs of [-1, NaN]) {
    await assertRejects(() => keysOf(sweepUploads(store, { olderThanMs })), RangeError);
  }
  const signal = AbortSignal.abort(new Error("stop"));
  await assertRejects(() => keysOf(sweepUploads(store, { signal })), Error, "stop");
  const other = new MemoryStore();
  Object.defineProperty(other, "listUploads", { value: undefined });
  await assertRejects(() => keysOf(sweepUploads(injectFaults(other))), UnsupportedError);
  assertEquals((await keysOf(store.listUploads())).length, 3);
});
