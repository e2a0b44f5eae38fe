import { assertEquals, assertRejects } from "@std/assert";
import { InvalidCheckpointError } from "@lade/checkpoint";
import { createStoreContext, MemoryStore } from "@lade/core";
import { GatedStore } from "./gated_store.ts";
import { assertWhole, EagerClock, firstOf, keysOf, openAll, saveTogether } from "./trained_world.ts";

function makeStore(): MemoryStore {
  return new MemoryStore({ context: createStoreContext({ clock: new EagerClock() }) });
}

async function saveStep(all: Parameters<typeof saveTogether>[0], step: number): Promise<void> {
  for (const { status } of await saveTogether(all, step, step)) assertEquals(status, "fulfilled");
}

for (const graceMs of [3_600_000, 0]) {
  Deno.test(`what a new run goes on from, which the run before retires just then, is no beginning (grace ${graceMs})`, async () => {
    const store = makeStore();
    const options = { keep: { last: 1 }, graceMs };
    const old = await openAll(store, 1, "old", options);
    await saveStep(old, 1);
    let looks = 0;
    const racing = new GatedStore(store, async (call) => {
      if (call.startsWith("put c/runs/") && looks++ === 0) await saveStep(old, 2);
    });
    const next = firstOf(await openAll(racing, 1, "new", options));
    if (graceMs === 0) {
      await assertRejects(() => next.open("resume"), InvalidCheckpointError, "begin another run");
      return;
    }
    await using checkpoint = await next.open("resume");
    assertEquals(checkpoint.info.step, 1);
    await next.gc();
    await assertWhole(checkpoint);
  });
}

Deno.test("a run whose first checkpoint is gone, or retired after its own, does not begin anew", async () => {
  const store = makeStore();
  await saveStep(await openAll(store, 1, "old"), 1);
  const run = await openAll(store, 1, "new", { keep: { last: 1 } });
  await saveStep(run, 2);
  await assertRejects(() => firstOf(run).open("resume"), InvalidCheckpointError, "it is being removed");
  await store.delete("c/retired/00000000-000000000001.json");
  for (const key of await keysOf(store)) if (key.startsWith("c/commits/")) await store.delete(key);
  await assertRejects(() => firstOf(run).open("resume"), InvalidCheckpointError, "there is none");
});
