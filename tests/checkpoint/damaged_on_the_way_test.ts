import { assertEquals } from "@std/assert";
import { openCheckpoints } from "@lade/checkpoint";
import { createStoreContext, MemoryStore, type ObjectStore } from "@lade/core";
import { injectFaults } from "@lade/testing";
import { assertAllWhole, contentOf, EagerClock, firstOf, keysOf, saveTogether } from "./trained_world.ts";

const WORLD = 2;

/** A store whose first answer with an object has a bit turned. */
async function damagedOnce(store: ObjectStore, prefix: string): Promise<ObjectStore> {
  const keys = (await keysOf(store)).filter((key) => key.startsWith(prefix));
  return injectFaults(
    store,
    keys.map((key) => ({ operation: "get", key, nth: 1, fault: { kind: "corrupt", position: 20 } })),
  );
}

Deno.test("what is damaged on its way only ends no run, hides no checkpoint, and loses nothing that was written whole", async () => {
  const store = new MemoryStore({ context: createStoreContext({ clock: new EagerClock() }) });
  const open = (below: ObjectStore, run: string, rank: number) =>
    openCheckpoints(below, "c", { run, rank, worldSize: WORLD, patienceMs: 1000 });
  const first = await open(store, "a", 0);
  const second = await open(await damagedOnce(store, "c/runs/"), "a", 1);
  for (const { status } of await saveTogether([first, second], 1, 1)) assertEquals(status, "fulfilled");
  assertEquals((await keysOf(store)).filter((key) => key.startsWith("c/runs/")).length, 1);

  const reader = await openCheckpoints(await damagedOnce(store, "c/commits/"), "c", { readOnly: true });
  assertEquals((await assertAllWhole(reader)).map(({ step }) => step), [1]);

  const data = await openCheckpoints(await damagedOnce(store, "c/data/"), "c", { readOnly: true });
  assertEquals((await assertAllWhole(data)).map(({ step }) => step), [1]);
  const verified = await openCheckpoints(await damagedOnce(store, "c/data/"), "c", { readOnly: true });
  const { checkpoint, skipped } = await verified.openLatestValid();
  assertEquals([checkpoint.info.step, skipped], [1, []]);

  // Rank 1 has written its record, and rank 0 ends before it commits.
  const written = firstOf([second]).save(2, contentOf(1, WORLD, 2));
  await written.written;
  const ended = first.save(2, contentOf(0, WORLD, 2));
  await Promise.allSettled([written.committed, ended.committed]);
  const commits = (await keysOf(store)).filter((key) => key.startsWith("c/commits/"));
  await store.delete(firstOf(commits));
  const next = await open(await damagedOnce(store, "c/records/"), "b", 0);
  await using resumed = await next.open("resume");
  assertEquals(resumed.info.step, 2);
});
