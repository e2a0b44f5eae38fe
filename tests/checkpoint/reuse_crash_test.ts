import { assert, assertEquals } from "@std/assert";
import {
  copyCheckpoint,
  exportCheckpoint,
  FencedError,
  loadForeign,
  openCheckpoints,
} from "@lade/checkpoint";
import { createStoreContext, MemoryStore, type ObjectStore } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { CrashingStore, type Mishap, MISHAPS, type Mutations, ProcessEnded } from "./crashing_store.ts";
import { sweep } from "./sweep.ts";
import { assertAllWhole, EagerClock, keysNamed, keysOf, openAll, saveTogether } from "./trained_world.ts";

const HOUR = 3_600_000;
const WORLD = 2;
const OPTIONS = { patienceMs: 600_000, leaseMs: HOUR, reuse: "digest", kept: true } as const;

function makeStore(): { readonly clock: EagerClock; readonly store: MemoryStore } {
  const clock = new EagerClock();
  return { clock, store: new MemoryStore({ context: createStoreContext({ clock }) }) };
}

/** A run saves steps, of which each names parts of those before; what fails is thrown. */
async function run(store: ObjectStore, name: string, steps: readonly number[]): Promise<void> {
  const { kept, ...options } = OPTIONS;
  const all = await openAll(store, WORLD, name, options);
  for (const step of steps) {
    for (const end of await saveTogether(all, step, step, { kept })) {
      if (end.status === "rejected") throw end.reason;
    }
  }
}

async function ending(work: Promise<unknown>): Promise<void> {
  await work.catch((error) => {
    if (!(error instanceof ProcessEnded || error instanceof UnavailableError)) throw error;
  });
}

/** Only what the checkpoints that are left name. */
async function assertNothingElse(store: MemoryStore, why: string): Promise<void> {
  const keys = (await keysOf(store)).filter((key) =>
    /^c\/(?:data|records|indexes|holds|commits)\//.test(key)
  );
  assertEquals(keys, await keysNamed(store), why);
}

for (const mishap of MISHAPS) {
  Deno.test(`a save that names parts of the one before leaves the old or the new one, whole: ${mishap}, at each call`, async () => {
    const seen = new Set<number>();
    const calls = await sweep(mishap, async (at, mutations) => {
      const { clock, store } = makeStore();
      await run(store, "run 1", [1]);
      await ending(run(new CrashingStore(store, mutations), "run 2", [2, 3]));
      const why = `${mishap} at call ${at}: ${mutations.calls[at]}`;
      const next = await openCheckpoints(store, "c", { readOnly: true, leaseMs: HOUR });
      const { invalid } = await next.recover();
      assertEquals(invalid, [], why);
      const steps = (await assertAllWhole(next)).map(({ step }) => step);
      assertEquals(steps, [3, 2, 1].slice(3 - steps.length), why);
      seen.add(steps[0] ?? -1);
      // Goes on from there, and names what it finds there; then all before it goes.
      await run(store, "run 3", [4]);
      assertEquals((await assertAllWhole(next)).map(({ step }) => step), [4, ...steps], why);
      for (let round = 0; round < 3; round++) {
        await next.gc({ keep: { last: 1 } });
        await assertAllWhole(next);
        await clock.advance(48 * HOUR);
      }
      assertEquals((await assertAllWhole(next)).map(({ step }) => step), [4], why);
      await assertNothingElse(store, why);
      // What never changed was written once.
      const written = (await keysNamed(store)).filter((key) => key.startsWith("c/data/"));
      assert(written.some((key) => key.startsWith("c/data/00000000-000000000001")), why);
    });
    assert(calls > 20, `${calls} calls`);
    assertEquals(seen, new Set(mishap.startsWith("ends") ? [1, 2, 3] : [3]));
  });
}

for (const mishap of MISHAPS) {
  Deno.test(`a collection keeps every object that a newer checkpoint names: ${mishap}, at each call`, async () => {
    await sweep(mishap, async (at, mutations) => {
      const { clock, store } = makeStore();
      await run(store, "run 1", [1, 2, 3]);
      const tidy = async (below: ObjectStore) => {
        const checkpoints = await openCheckpoints(below, "c", { readOnly: true, leaseMs: HOUR });
        await checkpoints.retire({ generation: 0, step: 1 }).catch((error) => {
          if (error.code !== "not-found" && error.code !== "precondition-failed") throw error;
        });
        await checkpoints.gc({ keep: { last: 1 } });
        await clock.advance(2 * HOUR);
        await checkpoints.gc();
      };
      await ending(tidy(new CrashingStore(store, mutations)));
      const why = `${mishap} at call ${at}: ${mutations.calls[at]}`;
      const reader = await openCheckpoints(store, "c", { readOnly: true, leaseMs: HOUR });
      assertEquals((await assertAllWhole(reader))[0]?.step, 3, why);
      await tidy(store);
      await tidy(store);
      assertEquals((await assertAllWhole(reader)).map(({ step }) => step), [3], why);
      await assertNothingElse(store, why);
      await using newest = await reader.open("latest");
      assertEquals((await newest.verify("full")).faults, [], why);
      const out = new MemoryStore();
      await exportCheckpoint(newest, out, "");
      assertEquals(await (await loadForeign(out, "")).loadAll(), await newest.loadAll(), why);
    });
  });
}

for (const mishap of ["ends before", "ends behind", "answer lost"] as readonly Mishap[]) {
  Deno.test(`a copy of a checkpoint that names parts of others has them, and keeps them: ${mishap}, at each call`, async () => {
    const from = makeStore();
    await run(from.store, "run 1", [1, 2, 3]);
    await sweep(mishap, async (at, mutations) => {
      const { clock, store } = makeStore();
      const copy = (to: ObjectStore) =>
        copyCheckpoint({ store: from.store, prefix: "c" }, 3, { store: to, prefix: "c" }, { leaseMs: HOUR });
      await ending(copy(new CrashingStore(store, mutations)));
      const why = `${mishap} at call ${at}: ${mutations.calls[at]}`;
      await copy(store);
      const reader = await openCheckpoints(store, "c", { readOnly: true, leaseMs: HOUR });
      for (let round = 0; round < 3; round++) {
        await reader.gc();
        await clock.advance(48 * HOUR);
        assertEquals((await assertAllWhole(reader)).map(({ step }) => step), [3], why);
      }
      // A run that goes on there takes what was copied of checkpoints that were not.
      await run(store, "elsewhere", [4]);
      for (let round = 0; round < 3; round++) {
        await reader.gc({ keep: { last: 1 } });
        await clock.advance(48 * HOUR);
      }
      assertEquals((await assertAllWhole(reader)).map(({ step }) => step), [4], why);
      await assertNothingElse(store, why);
    });
  });
}

Deno.test("what is made up for after its base was removed is refused, and nothing is named that is not there", async () => {
  const calls = await sweep("ends behind", async (at, mutations: Mutations) => {
    const { clock, store } = makeStore();
    await run(store, "run 1", [1]);
    await ending(run(new CrashingStore(store, mutations), "run 2", [2]));
    // Another run saves all anew, so that the first checkpoint goes before anybody recovers.
    const alone = await openAll(store, 1, "run 3", { leaseMs: HOUR, patienceMs: 0 });
    for (const end of await saveTogether(alone, 3, 3)) assertEquals(end.status, "fulfilled");
    const why = `call ${at}: ${mutations.calls[at]}`;
    const reader = await openCheckpoints(store, "c", { readOnly: true, leaseMs: HOUR });
    await clock.advance(3 * HOUR);
    await reader.gc({ keep: { last: 1 } });
    await clock.advance(3 * HOUR);
    await reader.gc();
    const { invalid } = await reader.recover();
    for (const { error } of invalid) assert(error instanceof FencedError, `${why}: ${error.message}`);
    assertEquals((await assertAllWhole(reader)).map(({ step }) => step), [3], why);
  });
  assert(calls > 8, `${calls} calls`);
});
