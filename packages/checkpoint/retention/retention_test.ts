import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import {
  NotFoundError,
  PreconditionFailedError,
  QuotaExceededError,
  UnavailableError,
} from "@lade/core/errors";
import {
  type CallOptions,
  createStoreContext,
  type DeleteResult,
  type ListOptions,
  type ObjectMeta,
  type ObjectStore,
  type ObjectToDelete,
  type PutOptions,
  type PutResult,
} from "@lade/core/backend";
import { ForwardingStore } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";
import { FakeClock, injectFaults } from "@lade/testing";
import { openCheckpoints } from "../open/open_checkpoints.ts";
import type { Checkpoints } from "../open/checkpoints.ts";
import type { CheckpointsOptions } from "../open/checkpoints_options.ts";
import { keptBy } from "./keep_policy.ts";
import { storeTime } from "./store_time.ts";

const HOUR = 3_600_000;

/** A series on a clock that moves on command. */
async function series(options: CheckpointsOptions = {}) {
  const clock = new FakeClock();
  const store = new MemoryStore({ context: createStoreContext({ clock }) });
  const open = (more: CheckpointsOptions = {}) =>
    openCheckpoints(store, "", { run: "a", ...options, ...more });
  return { clock, store, open, checkpoints: await open() };
}

async function save(checkpoints: Checkpoints, step: number, loss = step): Promise<void> {
  const tensors = [{ name: "w", dtype: "uint8", shape: [1], data: Uint8Array.of(step) }] as const;
  await checkpoints.save(step, { tensors, metrics: { loss } }).committed;
}

async function stepsOf(checkpoints: Checkpoints): Promise<number[]> {
  const steps: number[] = [];
  for await (const { step } of checkpoints.list()) steps.push(step);
  return steps;
}

async function keysOf(store: MemoryStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  return keys;
}

Deno.test("gc() removes what no rule keeps, its objects after the grace, and nothing else", async () => {
  const { clock, store, checkpoints } = await series();
  for (const step of [1, 2, 3, 4, 5]) await save(checkpoints, step);
  await store.put("data/mine.txt", new Uint8Array(1));
  await checkpoints.pin({ generation: 0, step: 2 });
  const before = await keysOf(store);
  const planned = await checkpoints.gc({ keep: { last: 1 }, dryRun: true });
  assertEquals(planned.retired.map(({ step }) => step), [4, 3, 1]);
  assertEquals(await keysOf(store), before);
  const first = await checkpoints.gc({ keep: { last: 1 } });
  assertEquals([first.retired.map(({ step }) => step), first.removed, first.unknown], [[4, 3, 1], [], [
    "data/mine.txt",
  ]]);
  assertEquals(await stepsOf(checkpoints), [5, 2]);
  await clock.advance(2 * HOUR);
  const second = await checkpoints.gc();
  assertEquals(second.removed.map(({ name, objects }) => [name.slice(-1), objects]), [["1", 1], ["3", 1], [
    "4",
    1,
  ]]);
  const kept = await keysOf(store);
  assertEquals(kept.filter((key) => key.startsWith("data/")).length, 3);
  assertEquals(kept.filter((key) => key.startsWith("commits/")).length, 2);
  for (const step of [2, 5]) {
    assertEquals((await (await checkpoints.open(step, { hold: false })).loadAll()).size, 1);
  }
  assertEquals((await checkpoints.gc()).removed, []);
});

Deno.test("a checkpoint that is open is not removed, and one that is being removed is not opened", async () => {
  const { clock, checkpoints } = await series({ leaseMs: HOUR });
  for (const step of [1, 2]) await save(checkpoints, step);
  const ref = { generation: 0, step: 1 };
  const open = await checkpoints.open(ref);
  assertEquals((await checkpoints.gc({ keep: { last: 1 } })).held, [ref]);
  await assertRejects(() => checkpoints.retire(ref), PreconditionFailedError, "somebody reads it");
  assertEquals(await stepsOf(checkpoints), [2, 1]);
  await open[Symbol.asyncDispose]();
  await checkpoints.retire(ref);
  await assertRejects(() => checkpoints.open(ref), NotFoundError, "being removed");
  await assertRejects(
    () => checkpoints.retire({ generation: 0, step: 2 }),
    PreconditionFailedError,
    "the newest",
  );
  await clock.advance(2 * HOUR);
  assertEquals((await checkpoints.gc()).removed.length, 1);
});

Deno.test("a hold that is not renewed ends", async () => {
  const { clock, store, checkpoints } = await series({ leaseMs: HOUR });
  for (const step of [1, 2]) await save(checkpoints, step);
  await store.put("holds/00000000-000000000001/dead.json", new Uint8Array(1));
  assertEquals((await checkpoints.gc({ keep: { last: 1 } })).held.length, 1);
  await clock.advance(2 * HOUR);
  assertEquals((await checkpoints.gc({ keep: { last: 1 } })).retired.length, 1);
});

Deno.test("attempts that nothing can come of are removed once a later run has begun", async () => {
  const { store, open, checkpoints } = await series({ worldSize: 2, patienceMs: 0 });
  await assertRejects(() =>
    checkpoints.save(7, {
      tensors: [{ name: "w", dtype: "uint8", shape: [1], globalShape: [2], data: Uint8Array.of(1) }],
    }).committed
  );
  assertEquals((await checkpoints.gc()).removed, []);
  const next = await open({ run: "b", worldSize: 1 });
  await save(next, 1);
  const { removed } = await next.gc();
  assertEquals(removed.map(({ name, objects }) => [name, objects]), [["00000000-000000000007", 2]]);
  assertEquals((await keysOf(store)).filter((key) => /^(?:data|records)\/00000000/.test(key)), []);
  assertEquals(await stepsOf(next), [1]);
});

Deno.test("a hold that cannot be given back is told of, ends with its lease, and fails nothing", async () => {
  const notices: string[] = [];
  const clock = new FakeClock();
  const context = createStoreContext({ clock, onNotice: ({ text }) => notices.push(text) });
  await using inner = new MemoryStore({ context });
  const error = new UnavailableError({ operation: "delete", uri: "memory://down", detail: "it is down" });
  const store = injectFaults(inner, [{ operation: "delete", fault: { kind: "throw", error } }]);
  const checkpoints = await openCheckpoints(store, "", { run: "a", reuse: "digest", leaseMs: HOUR });
  await save(checkpoints, 1);
  // What it names parts of is held meanwhile.
  await save(checkpoints, 2);
  const reader = await checkpoints.open(1);
  await reader[Symbol.asyncDispose]();
  assertEquals(notices.map((text) => /^the hold on a checkpoint could not be given back: /.test(text)), [
    true,
    true,
  ]);
  const sound = await openCheckpoints(inner, "", { readOnly: true, leaseMs: HOUR });
  await assertRejects(() => sound.retire({ generation: 0, step: 1 }), PreconditionFailedError);
  await clock.advance(HOUR);
  await sound.retire({ generation: 0, step: 1 });
  assertEquals(await stepsOf(sound), [2]);
});

Deno.test("recover() of a store that cannot be read is its error, and says nothing of the attempts", async () => {
  await using inner = new MemoryStore();
  const tensors = [{ name: "w", dtype: "uint8", shape: [1], data: Uint8Array.of(1) }] as const;
  const options = { run: "a", worldSize: 2, patienceMs: 0 };
  const first = await openCheckpoints(inner, "", { ...options, rank: 0 });
  await first.save(1, { tensors }).committed.catch(() => {});
  const error = new UnavailableError({ operation: "get", uri: "memory://down", detail: "it is down" });
  const record = (await keysOf(inner)).find((key) => key.startsWith("records/")) ?? "";
  const store = injectFaults(inner, [{ operation: "get", key: record, fault: { kind: "throw", error } }]);
  const down = await openCheckpoints(store, "", { readOnly: true });
  await assertRejects(() => down.recover(), UnavailableError, "it is down");
  assertEquals((await first.recover()).incomplete.length, 1);
});

Deno.test("a save that finds no room lets go of what is retired, so that the next one has it", async () => {
  await using inner = new MemoryStore();
  const uri = "memory://full";
  const error = new QuotaExceededError({ operation: "write to", uri, detail: "no space is left" });
  const store = injectFaults(inner, [{
    operation: "createPartWriter",
    nth: 4,
    fault: { kind: "throw", error },
  }]);
  const checkpoints = await openCheckpoints(store, "", { run: "a", keep: { last: 1 }, graceMs: 0 });
  for (const step of [1, 2]) await save(checkpoints, step);
  const reader = await checkpoints.open(2);
  await save(checkpoints, 3);
  // What was read then is read no more, and nothing has removed it yet.
  await reader[Symbol.asyncDispose]();
  assertEquals((await keysOf(inner)).filter((key) => key.startsWith("data/")).length, 2);
  await assertRejects(() => save(checkpoints, 4), QuotaExceededError);
  assertEquals((await keysOf(inner)).filter((key) => key.startsWith("data/")).length, 1);
  await save(checkpoints, 5);
});

Deno.test("gc() tells of what was retired and waits for the grace, so that it is not taken for forgotten", async () => {
  const { clock, checkpoints } = await series();
  for (const step of [1, 2]) await save(checkpoints, step);
  const ref = { generation: 0, step: 1 };
  await checkpoints.retire(ref);
  for (const dryRun of [true, false]) {
    const { waiting, removed } = await checkpoints.gc({ dryRun });
    assertEquals([waiting, removed], [[ref], []]);
  }
  await clock.advance(2 * HOUR);
  const { waiting, removed } = await checkpoints.gc();
  assertEquals([waiting, removed.length], [[], 1]);
  assertEquals((await checkpoints.gc()).waiting, []);
  await save(checkpoints, 3);
  const now = await checkpoints.gc({ keep: { last: 1 } });
  assertEquals([now.retired.map(({ step }) => step), now.waiting], [[2], []]);
});

Deno.test("keptBy() unites its rules, and always keeps the newest", () => {
  const infos = [1, 2, 3, 4, 5, 6].map((step) => ({
    generation: 0,
    step,
    run: "a",
    worldSize: 1,
    createdAt: new Date(step * 1000),
    bytes: 0,
    tensorCount: 0,
    metrics: step === 3 ? {} : { loss: (step - 4) ** 2 },
  }));
  const steps = (policy: Parameters<typeof keptBy>[0], pinned: string[] = []) =>
    [...keptBy(policy, infos, new Map(pinned.map((name) => [name, "it is pinned"]))).keys()].map((name) =>
      Number(name.slice(9))
    ).sort();
  assertEquals(steps({ everySteps: 7 }), [6]);
  assertEquals(steps({ everySteps: 7 }, ["00000000-000000000002"]), [2, 6]);
  assertEquals(steps({ last: 2 }), [5, 6]);
  assertEquals(steps({ everySteps: 2 }), [2, 4, 6]);
  assertEquals(steps({ everyMs: 3000 }), [1, 3, 6]);
  assertEquals(steps({ best: { metric: "loss", mode: "min", count: 2 } }), [4, 5, 6]);
  assertEquals(steps({ best: { metric: "loss", mode: "max", count: 1 }, everySteps: 5 }), [1, 5, 6]);
  // Neither a policy that was put together of nothing nor a metric that is misspelt has all removed.
  assertEquals(steps({}), [1, 2, 3, 4, 5, 6]);
  assertEquals(steps({ last: 2, best: { metric: "los", mode: "min", count: 2 } }), [1, 2, 3, 4, 5, 6]);
});

Deno.test("a dry run says what the run itself then does", async () => {
  for (const graceMs of [0, HOUR]) {
    for (const later of [0, 2 * HOUR]) {
      const { clock, store, open, checkpoints } = await series({ graceMs, worldSize: 2, patienceMs: 0 });
      const part = {
        name: "w",
        dtype: "uint8",
        shape: [1],
        globalShape: [2],
        data: Uint8Array.of(1),
      } as const;
      await assertRejects(() => checkpoints.save(1, { tensors: [part] }).committed);
      const next = await open({ run: "b", worldSize: 1 });
      for (const step of [2, 3, 4, 5]) await save(next, step);
      await using _open = await next.open(4);
      await next.retire({ generation: 1, step: 3 });
      await store.put("data/mine.txt", new Uint8Array(1));
      await clock.advance(later);
      const before = await keysOf(store);
      const planned = await next.gc({ keep: { last: 1 }, dryRun: true });
      assertEquals(await keysOf(store), before);
      const done = await next.gc({ keep: { last: 1 } });
      assertEquals(done, planned);
      assertEquals(done.held.length, 1);
      assertEquals(done.removed.length, graceMs === 0 ? 3 : later === 0 ? 1 : 2);
    }
  }
});

/** A place that takes no byte more while it is full; what is deleted is room. */
class FullableStore extends ForwardingStore {
  isFull = false;

  constructor(store: ObjectStore) {
    super(store, ["beneath", bytesAtHand]);
  }

  override async put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
    if (this.isFull) {
      throw new QuotaExceededError({ operation: "write to", uri: this.uri, detail: "the disk is full" });
    }
    return await this.below.put(key, data, options);
  }

  override async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options?: CallOptions,
  ): AsyncIterable<DeleteResult> {
    for await (const result of this.below.deleteMany(objects, options)) {
      this.isFull = false;
      yield result;
    }
  }
}

Deno.test("a full place is cleaned: what is due goes without a mark, and makes the room for marks", async () => {
  const clock = new FakeClock();
  const inner = new MemoryStore({ context: createStoreContext({ clock }) });
  const store = new FullableStore(inner);
  const checkpoints = await openCheckpoints(store, "", { run: "a" });
  for (const step of [1, 2, 3]) await save(checkpoints, step);
  await checkpoints.retire({ generation: 0, step: 1 });
  store.isFull = true;
  // Nothing there is older than the newest object: nothing is due by its time.
  await clock.advance(2 * HOUR);
  const keep = { last: 1 };
  const early = await checkpoints.gc({ keep });
  assertEquals([early.isFull, early.removed, early.unmarked.map(({ step }) => step)], [true, [], [2]]);
  assertEquals(await stepsOf(checkpoints), [3, 2]);
  await inner.put("mine.txt", new Uint8Array(1));
  const { removed, retired, unmarked, isFull } = await checkpoints.gc({ keep });
  assertEquals(removed.map(({ name }) => name.slice(-1)), ["1"]);
  assertEquals([retired.map(({ step }) => step), unmarked, isFull], [[2], [], false]);
  assertEquals(await stepsOf(checkpoints), [3]);
  assertEquals((await keysOf(inner)).filter((key) => key.startsWith("data/")).length, 2);
});

Deno.test("without room for a probe it is never later than it is, whatever times objects have", async () => {
  const clock = new FakeClock();
  const inner = new MemoryStore({ context: createStoreContext({ clock }) });
  const store = new FullableStore(inner);
  await inner.put("a", new Uint8Array(1));
  await clock.advance(HOUR);
  const [at, now] = [clock.now() - HOUR, clock.now()];
  assertEquals(await storeTime({ store }), { time: now, isFull: false });
  store.isFull = true;
  assertEquals(await storeTime({ store }), { time: at, isFull: true });
  const ahead = new ForwardedTimes(store, new Date(now + 9 * HOUR));
  assertEquals(await storeTime({ store: ahead }), { time: now, isFull: true });
});

/** Lists all objects as of one time. */
class ForwardedTimes extends ForwardingStore {
  readonly #time: Date;

  constructor(store: ObjectStore, time: Date) {
    super(store, ["beneath", bytesAtHand]);
    this.#time = time;
  }

  override async *list(prefix?: string, options?: ListOptions): AsyncIterable<ObjectMeta> {
    for await (const meta of this.below.list(prefix, options)) yield { ...meta, lastModified: this.#time };
  }
}
