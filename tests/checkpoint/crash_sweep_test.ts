import { assert, assertEquals, assertRejects } from "@std/assert";
import { type CheckpointInfo, type Checkpoints, IncompleteError, openCheckpoints } from "@lade/checkpoint";
import { createStoreContext, MemoryStore, type ObjectStore } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { CrashingStore, MISHAPS, ProcessEnded } from "./crashing_store.ts";
import { sweep } from "./sweep.ts";
import { assertAllWhole, assertWhole, contentOf, EagerClock, keysOf, saveTogether } from "./trained_world.ts";

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
  await clock.advance(48 * 3_600_000);
  await first.gc({ keep: { last: 1 } });
  await clock.advance(48 * 3_600_000);
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

for (const mishap of ["ends behind", "answer lost"] as const) {
  Deno.test(`a save whose table is an object of its own is there or not, whole: ${mishap}, at each call`, async () => {
    const contentOf = (seed: number) => {
      const data = new Uint8Array(200_000).fill(seed);
      return { tensors: [{ name: "w", dtype: "uint8", shape: [data.length], data } as const] };
    };
    const calls = await sweep(mishap, async (at, mutations) => {
      const { store } = makeStore();
      const open = (below: ObjectStore, run: string) => openCheckpoints(below, "c", { run, chunkBytes: 1 });
      await (await open(store, "a")).save(1, contentOf(1)).committed;
      const save = async () => {
        const checkpoints = await open(new CrashingStore(store, mutations), "b");
        return (await checkpoints.save(2, contentOf(2)).committed).step;
      };
      const why = `${mishap} at call ${at}: ${mutations.calls[at]}`;
      const saved = await save().catch((error) =>
        error instanceof ProcessEnded ? undefined : Promise.reject(error)
      );
      const next = await open(store, "c");
      await using newest = await next.open("latest");
      assert(newest.info.step === saved || (saved === undefined && newest.info.step <= 2), why);
      const { step } = newest.info;
      assertEquals((await newest.loadAll()).get("w")?.data, contentOf(step).tensors[0]?.data, why);
      assertEquals((await next.save(3, contentOf(3)).committed).step, 3, why);
    });
    assert(calls >= 7, `${calls} calls`);
  });
}

const HOUR = 3_600_000;

/** What a collection finds: steps 1 to 3 of a run, which began a fourth; of the next run step 5. Step 2 is pinned. */
async function makeGarbage(): Promise<{ readonly clock: EagerClock; readonly store: MemoryStore }> {
  const { clock, store } = makeStore();
  const stores = NUMBERS.map(() => store);
  const all = await openAll(stores, "run 1");
  for (const step of [1, 2, 3]) {
    for (const end of await saveTogether(all, step, step)) assert(end.status === "fulfilled");
  }
  await all[0]?.pin({ generation: 0, step: 2 });
  const [early] = await openAll(stores, "run 1", { patienceMs: 0 });
  await assertRejects(
    () => early?.save(4, contentOf(0, 3, 4)).committed ?? Promise.resolve(),
    IncompleteError,
  );
  assertEquals(await beginAndSave(stores, 5, 5), []);
  return { clock, store };
}

/** Retires what is not the newest, and removes it once the grace is over. */
async function tidy(store: ObjectStore, clock: EagerClock): Promise<void> {
  const checkpoints = await openCheckpoints(store, "c", { readOnly: true, leaseMs: HOUR });
  await checkpoints.gc({ keep: { last: 1 } });
  await clock.advance(2 * HOUR);
  await checkpoints.gc();
}

for (const mishap of MISHAPS) {
  Deno.test(`a collection removes nothing that is needed, and the next one all else: ${mishap}, at each call`, async () => {
    const calls = await sweep(mishap, async (at, mutations) => {
      const { clock, store } = await makeGarbage();
      const reader = await openCheckpoints(store, "c", { readOnly: true, leaseMs: HOUR });
      const held = await reader.open(1, { hold: true });
      await tidy(new CrashingStore(store, mutations), clock).catch((error) => {
        if (!(error instanceof ProcessEnded || error instanceof UnavailableError)) throw error;
      });
      const why = `${mishap} at call ${at}: ${mutations.calls[at]}`;
      await assertWhole(held);
      const seen = (await assertAllWhole(reader)).map(({ step }) => step);
      assertEquals(seen.filter((step) => step === 5 || step === 2 || step === 1), [5, 2, 1], why);
      await tidy(store, clock);
      await assertWhole(held);
      assertEquals((await assertAllWhole(reader)).map(({ step }) => step), [5, 2, 1], why);
      await held[Symbol.asyncDispose]();
      await tidy(store, clock);
      assertEquals((await assertAllWhole(reader)).map(({ step }) => step), [5, 2], why);
      const keys = (await keysOf(store)).filter((key) => /^c\/(?:data|records|holds|indexes)\//.test(key));
      const names = new Set(keys.map((key) => key.split("/")[2]?.slice(0, 21)));
      assertEquals(names, new Set(["00000000-000000000002", "00000001-000000000005"]), why);
    });
    assert(calls >= 18, `${calls} calls`);
  });
}

for (const mishap of MISHAPS) {
  Deno.test(`a checkpoint that is retired is there or not, whole: ${mishap}, at each call`, async () => {
    await sweep(mishap, async (at, mutations) => {
      const { store } = await makeGarbage();
      const ref = { generation: 0, step: 3 };
      const through = await openCheckpoints(new CrashingStore(store, mutations), "c", { readOnly: true });
      const failure = await through.retire(ref).then(() => undefined, (error) => error);
      const reader = await openCheckpoints(store, "c", { readOnly: true });
      const steps = (await assertAllWhole(reader)).map(({ step }) => step);
      const why = `${mishap} at call ${at}: ${mutations.calls[at]}`;
      assertEquals(steps.filter((step) => step !== 3), [5, 2, 1], why);
      if (failure === undefined) assert(!steps.includes(3), why);
      else assert(failure instanceof ProcessEnded || failure instanceof UnavailableError, why);
      if (steps.includes(3)) await reader.retire(ref);
      assertEquals((await assertAllWhole(reader)).map(({ step }) => step), [5, 2, 1], why);
    });
  });
}
