import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Checkpoints,
  type CheckpointsOptions,
  FencedError,
  type GcReport,
  openCheckpoints,
} from "@lade/checkpoint";
import { createStoreContext, getBytes, MemoryContainer, MemoryStore, type ObjectStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { seededRandom } from "@lade/testing";
import { Gate, GatedStore } from "./gated_store.ts";
import {
  assertAllWhole,
  assertWhole,
  contentOf,
  EagerClock,
  firstOf,
  keysOf,
  openAll,
  saveTogether,
} from "./trained_world.ts";

function makeStore(): MemoryStore {
  return new MemoryStore({ context: createStoreContext({ clock: new EagerClock() }) });
}

/** Resolves for all who came once there are `count`. */
function meeting(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let here = 0;
  return () => {
    if (++here === count) resolve();
    return promise;
  };
}

/** A store whose calls wait at one kind of call. */
function waitingAt(store: ObjectStore, begin: string, wait: () => Promise<void>): GatedStore {
  return new GatedStore(store, (call) => call.startsWith(begin) ? wait() : Promise.resolve());
}

function fulfilled<T>(ends: readonly PromiseSettledResult<T>[]): T[] {
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

Deno.test("ranks that commit at once make one manifest, and all of them have saved", async () => {
  for (const worldSize of [2, 3, 5]) {
    const store = makeStore();
    const all = await openAll(waitingAt(store, "put c/commits/", meeting(worldSize)), worldSize, "a");
    const infos = fulfilled(await saveTogether(all, 1, 1));
    for (const info of infos) assertEquals(info, infos[0]);
    assertEquals((await keysOf(store)).filter((key) => key.startsWith("c/commits/")).length, 1);
    await assertAllWhole(firstOf(all));
  }
});

Deno.test("runs that begin at once have generations of their own, and all but the last are fenced", async () => {
  const store = makeStore();
  await saveTogether(await openAll(store, 1, "first"), 1, 1);
  const names = ["a", "b", "c"];
  const gated = waitingAt(store, "put c/runs/", meeting(names.length));
  const runs = await Promise.all(names.map(async (run) => firstOf(await openAll(gated, 1, run))));
  assertEquals((await keysOf(store)).filter((key) => key.startsWith("c/runs/")).length, 4);
  const ends = (await Promise.all(runs.map((run, seed) => saveTogether([run], 2, 10 + seed)))).flat();
  const [saved, ...others] = ends.filter(({ status }) => status === "fulfilled");
  assert(saved?.status === "fulfilled" && others.length === 0);
  assertEquals(saved.value.generation, 3);
  for (const end of ends) assert(end.status === "fulfilled" || end.reason instanceof FencedError);
  for (const run of runs) {
    const fails = names.map((name) =>
      openAll(store, 1, name).then(() => false, (error) => error instanceof FencedError)
    );
    assertEquals((await Promise.all(fails)).filter(Boolean).length, 2);
    assertEquals((await run.latest())?.generation, 3);
  }
});

Deno.test("ranks of one run that open at once are in one generation, and go on from one checkpoint", async () => {
  const store = makeStore();
  const old = await openAll(store, 2, "old");
  fulfilled(await saveTogether(old, 1, 1));
  // A late rank of the old run commits between the looks of the new run's ranks.
  let looks = 0;
  const racing = waitingAt(store, "put c/runs/", async () => {
    if (looks++ === 0) fulfilled(await saveTogether(old, 2, 2));
  });
  const all = await openAll(racing, 4, "new");
  const steps = await Promise.all(all.map(async (checkpoints) => {
    await using checkpoint = await checkpoints.open("resume");
    await assertWhole(checkpoint);
    return checkpoint.info.step;
  }));
  assertEquals(new Set(steps).size, 1);
  assertEquals((await keysOf(store)).filter((key) => key.startsWith("c/runs/")).length, 2);
});

Deno.test("a save that ends after a new run has saved is a whole checkpoint before the new one's", async () => {
  const store = makeStore();
  fulfilled(await saveTogether(await openAll(store, 2, "old"), 1, 1));
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const slow = waitingAt(store, "put c/commits/", () => (arrive(), released));
  const zombies = await openAll(slow, 2, "old");
  const zombie = saveTogether(zombies, 9, 9);
  await arrived;
  // Nobody has committed it: the new run does, for its ranks had written all of it.
  const next = await openAll(store, 2, "new");
  assertEquals((await firstOf(next).latest())?.step, 9);
  fulfilled(await saveTogether(next, 5, 5));
  const named = (await getBytes(store, "c/latest.json")).bytes;
  release();
  const ends = await zombie;
  for (const end of ends) assert(end.status === "fulfilled" || end.reason instanceof FencedError);
  assertEquals((await getBytes(store, "c/latest.json")).bytes, named);
  assertEquals((await assertAllWhole(firstOf(next))).map(({ step }) => step), [5, 9, 1]);
  for (const end of await saveTogether(zombies, 10, 10)) {
    assert(end.status === "rejected" && end.reason instanceof FencedError);
  }
});

Deno.test("a save of one rank that a new run overtakes commits nothing over it, and its leftovers are removed", async () => {
  const store = makeStore();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const slow = waitingAt(store, "put c/commits/", () => (arrive(), released));
  const late = firstOf(await openAll(slow, 1, "old")).save(9, contentOf(0, 1, 9)).committed;
  await arrived;
  const next = firstOf(await openAll(store, 1, "new"));
  fulfilled(await saveTogether([next], 5, 5));
  // What the zombie wrote is given up and removed before it commits.
  const { removed } = await next.gc();
  assertEquals(removed.map(({ name }) => name), ["00000000-000000000009"]);
  release();
  await assertRejects(() => late, FencedError, "given up");
  assertEquals((await assertAllWhole(next)).map(({ step }) => step), [5]);
  await next.gc();
  assertEquals(
    (await keysOf(store)).filter((key) => key.includes("-000000000009") && !key.includes("retired")),
    [],
  );
});

/** Steps 1 and 2 of one rank; nobody reads without a hold. Each process has a way of its own to what is stored. */
async function twoSteps(): Promise<
  { readonly store: MemoryStore; readonly process: () => ObjectStore; readonly checkpoints: Checkpoints }
> {
  const [clock, container] = [new EagerClock(), new MemoryContainer()];
  const process = () => new MemoryStore({ container, context: createStoreContext({ clock }) });
  const store = process();
  const checkpoints = firstOf(await openAll(store, 1, "a", { graceMs: 0 }));
  for (const step of [1, 2]) fulfilled(await saveTogether([checkpoints], step, step));
  return { store, process, checkpoints };
}

const WITHOUT_GRACE = { readOnly: true, graceMs: 0 } as const;

/** Opens the series through a gate that is shut from then on. */
async function behindGate(
  store: ObjectStore,
  options: CheckpointsOptions = WITHOUT_GRACE,
): Promise<{ readonly gate: Gate; readonly checkpoints: Checkpoints }> {
  const gate = new Gate();
  let isShut = false;
  const gated = new GatedStore(store, () => isShut ? gate.pass() : Promise.resolve());
  const checkpoints = await openCheckpoints(gated, "c", options);
  isShut = true;
  return { gate, checkpoints };
}

/** Reads step 1 under a hold, and says whether it was to be had; all of it is read then. */
async function read(checkpoints: Checkpoints): Promise<"read" | "refused"> {
  try {
    await using checkpoint = await checkpoints.open({ generation: 0, step: 1 }, { hold: true });
    await assertWhole(checkpoint);
    return "read";
  } catch (error) {
    if (error instanceof NotFoundError) return "refused";
    throw error;
  }
}

/** Collects, and calls `before` with the number of each call before it is made; gives how many there were. */
async function collect(
  store: ObjectStore,
  before: (call: number) => Promise<void>,
  options: CheckpointsOptions = WITHOUT_GRACE,
): Promise<{ readonly calls: number; readonly report: GcReport }> {
  let calls = 0;
  let isCollecting = false;
  const watched = new GatedStore(store, () => isCollecting ? before(calls++) : Promise.resolve());
  const checkpoints = await openCheckpoints(watched, "c", options);
  isCollecting = true;
  const report = await checkpoints.gc({ keep: { last: 1 } });
  return { calls, report };
}

Deno.test("a reader has a checkpoint to the end or does not get it, wherever a collection is when it holds and looks", async () => {
  const ends = new Map([["read", 0], ["refused", 0]]);
  let last = 1;
  for (let holdsAt = 0; holdsAt < last; holdsAt++) {
    for (let looksAt = holdsAt; looksAt < last; looksAt++) {
      const { store, process, checkpoints } = await twoSteps();
      const reader = await behindGate(process());
      const reading = read(reader.checkpoints);
      const { calls } = await collect(process(), async (call) => {
        if (call === holdsAt) await reader.gate.allow(1, reading);
        if (call === looksAt) await reader.gate.allow(1, reading);
      });
      // All the rest of what it reads is read once the collection is over.
      await reader.gate.allow(Infinity, reading);
      const end = await reading;
      ends.set(end, (ends.get(end) ?? 0) + 1);
      last = Math.max(last, calls);
      await checkpoints.gc({ keep: { last: 1 } });
      assertEquals((await assertAllWhole(checkpoints)).map(({ step }) => step), [2]);
      const kept = await keysOf(store);
      assertEquals(
        kept.filter((key) => /^c\/(?:data|holds)\/.*0000-0+1/.test(key)),
        [],
        `${holdsAt}, ${looksAt}`,
      );
    }
  }
  for (const [end, count] of ends) assert(count > 20, `${count} were ${end}`);
});

Deno.test("two collections and a reader in any order: none fails, and what is read is whole", async () => {
  const ends = new Set<string>();
  for (let seed = 0; seed < 150; seed++) {
    const random = seededRandom(seed);
    const { process, checkpoints } = await twoSteps();
    const other = await behindGate(process());
    const reader = await behindGate(process());
    const reading = read(reader.checkpoints);
    const collecting = other.checkpoints.gc({ keep: { last: 1 } });
    await collect(process(), async () => {
      if (random() < 0.3) await other.gate.allow(1 + Math.floor(random() * 8), collecting);
      if (random() < 0.1) await reader.gate.allow(1, reading);
    });
    if (random() < 0.5) await reader.gate.allow(2, reading);
    await other.gate.allow(Infinity, collecting);
    await collecting;
    await reader.gate.allow(Infinity, reading);
    ends.add(await reading);
    await checkpoints.gc({ keep: { last: 1 } });
    assertEquals((await assertAllWhole(checkpoints)).map(({ step }) => step), [2], `seed ${seed}`);
  }
  assertEquals(ends, new Set(["read", "refused"]));
});

Deno.test("a pin keeps its checkpoint or is refused, wherever a collection is", async () => {
  const ends = new Set<boolean>();
  const ref = { generation: 0, step: 1 };
  let last = 1;
  // It reads the manifest, looks for the mark, pins, and looks again.
  for (const split of [2, 3]) {
    for (let pinsAt = 0; pinsAt < last; pinsAt++) {
      for (let looksAt = pinsAt; looksAt < last; looksAt++) {
        const { process, checkpoints } = await twoSteps();
        const pinner = await behindGate(process());
        const pinning = pinner.checkpoints.pin(ref).then(() => true, (error) => {
          if (error instanceof NotFoundError) return false;
          throw error;
        });
        const { calls, report } = await collect(process(), async (call) => {
          if (call === pinsAt) await pinner.gate.allow(split, pinning);
          if (call === looksAt) await pinner.gate.allow(4 - split, pinning);
        });
        await pinner.gate.allow(Infinity, pinning);
        const isPinned = await pinning;
        ends.add(isPinned);
        if (isPinned) assertEquals(report.retired, []);
        last = Math.max(last, calls);
        await checkpoints.gc({ keep: { last: 1 } });
        const steps = (await assertAllWhole(checkpoints)).map(({ step }) => step);
        assertEquals(steps, isPinned ? [2, 1] : [2], `${pinsAt}, ${looksAt}`);
      }
    }
  }
  assertEquals(ends, new Set([true, false]));
});

Deno.test("who wakes after a day, when what it wrote was given up and all of it forgotten, commits nothing", async () => {
  for (const worldSize of [1, 2]) {
    const clock = new EagerClock();
    const container = new MemoryContainer();
    const process = () => new MemoryStore({ container, context: createStoreContext({ clock }) });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const slow = waitingAt(process(), "put c/commits/", () => (arrive(), released));
    const zombies = saveTogether(await openAll(slow, worldSize, "old"), 9, 9);
    await arrived;
    // A new run does not find what its ranks had written.
    const records = (await keysOf(process())).filter((key) => key.startsWith("c/records/"));
    const kept = await Promise.all(
      records.map(async (key) => [key, (await getBytes(process(), key)).bytes] as const),
    );
    for (const [key] of kept.slice(1)) await process().delete(key);
    const next = firstOf(await openAll(process(), 1, "new"));
    fulfilled(await saveTogether([next], 5, 5));
    assertEquals((await next.gc()).removed.length, 1);
    await clock.advance(25 * 3_600_000);
    await next.gc();
    assertEquals((await keysOf(process())).filter((key) => key.startsWith("c/retired/")), []);
    release();
    for (const end of await zombies) assert(end.status === "rejected" && end.reason instanceof FencedError);
    assertEquals((await assertAllWhole(next)).map(({ step }) => step), [5]);
    await next.gc();
    await clock.advance(2 * 3_600_000);
    await next.gc();
    assertEquals((await keysOf(process())).filter((key) => key.startsWith("c/commits/")).length, 1);
  }
});

Deno.test("a collection takes no data of what another one retires meanwhile, wherever that is", async () => {
  const ref = { generation: 0, step: 1 };
  for (let at = 0, last = 1; at < last; at++) {
    const store = makeStore();
    const old = firstOf(await openAll(store, 1, "old"));
    for (const step of [1, 2]) fulfilled(await saveTogether([old], step, step));
    const next = firstOf(await openAll(store, 1, "new"));
    fulfilled(await saveTogether([next], 3, 3));
    // Who reads without a hold has the grace.
    const reader = await next.open(ref, { hold: false });
    let calls = 0;
    let isCollecting = false;
    const watched = new GatedStore(store, async () => {
      if (isCollecting && calls++ === at) await next.retire(ref);
    });
    const other = await openCheckpoints(watched, "c", { readOnly: true });
    isCollecting = true;
    await other.gc();
    await assertWhole(reader);
    last = Math.max(last, calls);
  }
});

Deno.test("two collections give up one attempt while it is committed: it is whole, or nobody finds it", async () => {
  const ends = new Map([[1, 0], [2, 0]]);
  for (let at = 0, last = 1; at < last; at++) {
    for (let ahead = 0; ahead < last; ahead++) {
      const [clock, container] = [new EagerClock(), new MemoryContainer()];
      const process = () => new MemoryStore({ container, context: createStoreContext({ clock }) });
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
      const slow = waitingAt(process(), "put c/commits/", () => (arrive(), released));
      const zombie = firstOf(await openAll(slow, 1, "old")).save(9, contentOf(0, 1, 9)).committed
        .then(() => {}, () => {});
      await arrived;
      const next = firstOf(await openAll(process(), 1, "new"));
      fulfilled(await saveTogether([next], 5, 5));
      const other = await behindGate(process(), { readOnly: true });
      const collecting = other.checkpoints.gc();
      // The other one has looked at some of it when that is committed, and goes on before this one does.
      const { calls } = await collect(process(), async (call) => {
        if (call !== at) return;
        if (ahead > 0) await other.gate.allow(ahead, collecting);
        release();
        await zombie;
        await other.gate.allow(Infinity, collecting);
        await collecting;
      }, { readOnly: true });
      last = Math.max(last, calls);
      const { length } = await assertAllWhole(next);
      ends.set(length, (ends.get(length) ?? 0) + 1);
    }
  }
  assertEquals(ends.size, 2);
  for (const [count, times] of ends) assert(times > 5, `${count} checkpoints ${times} times`);
});
