import { assert, assertEquals } from "@std/assert";
import { type CheckpointInfo, type Checkpoints, openCheckpoints } from "@lade/checkpoint";
import { createStoreContext, MemoryStore, type ObjectStore } from "@lade/core";
import { CrashingStore, type Mishap, MISHAPS, Mutations } from "./crashing_store.ts";
import { assertAllWhole, EagerClock, keysOf, saveTogether } from "./trained_world.ts";

const PATIENCE_MS = 600_000;

/** A store on a clock that waits for nobody. */
function makeStore(): { readonly clock: EagerClock; readonly store: MemoryStore } {
  const clock = new EagerClock();
  return { clock, store: new MemoryStore({ context: createStoreContext({ clock }) }) };
}

function openAll(stores: readonly ObjectStore[], run: string, more = {}): Promise<Checkpoints[]> {
  const options = { run, worldSize: stores.length, patienceMs: PATIENCE_MS, ...more };
  return Promise.all(stores.map((store, rank) => openCheckpoints(store, "c", { ...options, rank })));
}

const NUMBERS = [0, 1, 2];

/** A new run of three ranks begins and saves; tells how it ended for each. */
async function beginAndSave(stores: readonly ObjectStore[], step: number, seed: number): Promise<unknown[]> {
  try {
    const all = await openAll(stores, `run ${seed}`);
    const ends = await saveTogether(all, step, seed);
    return ends.flatMap((end) => end.status === "rejected" ? [end.reason] : []);
  } catch (error) {
    return [error];
  }
}

/** What there is after everything has ended: a new run finds the old or the new checkpoint, goes on, and leaves nothing. */
async function assertSound(store: MemoryStore, clock: EagerClock, why: string): Promise<CheckpointInfo[]> {
  const all = await openAll(NUMBERS.map(() => store), "run 9");
  const [first] = all;
  assert(first);
  await first.recover();
  const seen = await assertAllWhole(first);
  assert(seen[0]?.step === 1 || seen[0]?.step === 2, why);
  const resumed = await first.open("resume");
  assertEquals(resumed.info.step, seen[0].step, why);
  await resumed[Symbol.asyncDispose]();
  const ends = await saveTogether(all, 3, 9);
  assertEquals(ends.flatMap((end) => end.status === "rejected" ? [end.reason] : []), [], why);
  assertEquals(
    (await assertAllWhole(first)).map(({ step }) => step),
    [3, ...seen.map(({ step }) => step)],
    why,
  );
  await first.gc();
  clock.advance(48 * 3_600_000);
  await first.gc({ keep: { last: 1 } });
  clock.advance(48 * 3_600_000);
  await first.gc();
  assertEquals((await assertAllWhole(first)).map(({ step }) => step), [3], why);
  assertEquals(await strayKeys(store), [], why);
  return seen;
}

/** What is left but what the newest checkpoint, the runs and the marks of what was removed are made of. */
async function strayKeys(store: MemoryStore): Promise<string[]> {
  const keys = (await keysOf(store)).map((key) => key.slice(2));
  const newest = keys.find((key) => key.startsWith("commits/"));
  const [, name = "?"] = keys.filter((key) => key.startsWith("records/")).at(-1)?.split("/") ?? [];
  return keys.filter((key) =>
    key !== newest && key !== "lade.json" && key !== "latest.json" && !/^(?:runs|retired)\//.test(key) &&
    !key.startsWith(`data/${name}/`) && !key.startsWith(`records/${name}/`)
  );
}

/** Tries a mishap at each call, one after the other; gives the calls there were. */
async function sweep(
  mishap: Mishap,
  round: (at: number, mutations: Mutations) => Promise<void>,
): Promise<number> {
  for (let at = 0;; at++) {
    const mutations = new Mutations(at, mishap);
    await round(at, mutations);
    if (!mutations.hasHappened) return at;
  }
}

for (const mishap of MISHAPS) {
  Deno.test(`a save of three ranks leaves the old or the new checkpoint, whole: ${mishap}, at each call`, async () => {
    const seen = new Set<number>();
    const calls = await sweep(mishap, async (at, mutations) => {
      const { clock, store } = makeStore();
      assertEquals(await beginAndSave(NUMBERS.map(() => store), 1, 1), []);
      const failures = await beginAndSave(NUMBERS.map(() => new CrashingStore(store, mutations)), 2, 2);
      const why = `${mishap} at call ${at}: ${mutations.calls[at]}`;
      const isOver = mutations.hasEnded;
      if (!isOver) assertEquals(failures, [], why);
      const [newest] = await assertSound(store, clock, why);
      seen.add(newest?.step ?? -1);
      if (!isOver) assertEquals(newest?.step, 2, why);
    });
    assert(calls > 15, `${calls} calls`);
    assertEquals(seen, new Set(mishap.startsWith("ends") ? [1, 2] : [2]));
  });
}
