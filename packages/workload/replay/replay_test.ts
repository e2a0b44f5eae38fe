import {
  ForwardingStore,
  type GetResult,
  MemoryStore,
  type ObjectInfo,
  type ObjectStore,
  observe,
} from "@lade/core";
import { createStoreContext } from "@lade/core/backend";
import { FakeClock, type FaultRule, injectFaults } from "@lade/testing";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { OpLogError } from "../errors/op_log_error.ts";
import type { OpLogRow } from "../rows/op_log_row.ts";
import { each, logRow } from "../testing/log_row.ts";
import { MARKER } from "./claim_targets.ts";
import { replay } from "./replay.ts";
import type { ReplayOptions } from "./replay_options.ts";
import type { ReplayResult } from "./replay_result.ts";

const MS = 1e6;
const TO_BENCH = [{ from: "s3://log/", to: ["memory://bench/"] }];

interface Call {
  readonly atMs: number;
  readonly what: string;
}

/** Runs a replay on one store, whose time passes as its faults say; with what was asked of it, and when. */
async function run(
  rows: readonly OpLogRow[],
  options: ReplayOptions = {},
  { rules = [], keys = [] }: { rules?: FaultRule[]; keys?: string[] } = {},
): Promise<{ result: ReplayResult; calls: Call[]; ends: Call[]; memory: MemoryStore }> {
  const clock = new FakeClock();
  const memory = new MemoryStore({ context: createStoreContext({ clock }) });
  for (const key of keys) await memory.put(key, new Uint8Array(100));
  const [calls, ends]: Call[][] = [[], []];
  const store = observe(injectFaults(memory, rules), (event) => {
    if (event.type === "deleted" || "key" in event && event.key.endsWith(MARKER)) return;
    if (event.operation === "list" && event.key === "" && options.writes) return;
    const call = { atMs: clock.monotonicMs(), what: `${event.operation} ${event.key}` };
    if (event.type === "started") calls?.push(call);
    else ends?.push(call);
  });
  const running = replay(each(rows), () => Promise.resolve({ store, key: "" }), { clock, ...options });
  // What it rejects with is for the caller.
  running.catch(() => {});
  await clock.runAll();
  return { result: await running, calls: calls ?? [], ends: ends ?? [], memory };
}

const slow = (key: string, durationMs: number): FaultRule => ({
  operation: "get",
  key,
  fault: { kind: "delay", durationMs },
});

const startsOf = (calls: readonly Call[]) => calls.map(({ atMs }) => atMs);

Deno.test("each operation begins when it is due, at any speed", async () => {
  const rows = [0, 10, 10.5, 400, 86_400_000].map((at, index) => logRow(at, "GET", `k${index}`));
  const keys = rows.map(({ file }) => file);
  for (const speed of [1, 2, 0.1, 3.7]) {
    const { result, calls } = await run(rows, { speed }, { keys });
    assertEquals(
      startsOf(calls).map((at) => at.toFixed(6)),
      [0, 10, 10.5, 400, 86_400_000].map((at) => (at / speed).toFixed(6)),
    );
    assertEquals([result.lateness.count, result.lateness.max], [5, 0]);
    assertEquals(result.recordedMs, 86_400_001);
  }
});

Deno.test("operations that run do not hold up those that are due", async () => {
  const rows = [0, 1, 2, 3].map((at) => logRow(at, "GET", `k${at}`));
  const { result, calls } = await run(rows, {}, { keys: ["k0", "k1", "k2", "k3"], rules: [slow("k0", 50)] });
  assertEquals(startsOf(calls), [0, 1, 2, 3]);
  assertEquals([result.mostInFlight, result.durationMs], [2, 50]);
});

Deno.test("maxInFlight bounds what runs, and what begins late by it is told", async () => {
  const rows = [0, 1, 2, 100].map((at) => logRow(at, "GET", `k${at}`));
  const rules = [slow("k0", 20), slow("k1", 20)];
  const { result, calls } = await run(rows, { maxInFlight: 1 }, { keys: ["k0", "k1", "k2", "k100"], rules });
  assertEquals(startsOf(calls), [0, 20, 40, 100]);
  assertEquals([result.mostInFlight, result.lateness.max], [1, 38 * MS]);
  const [get] = result.ops;
  // From when they were due: 20, 39 and 38 ms. From their start: 20, 20 and 0.
  assertEquals([get?.replayed.latency.sum, get?.serviceTime.sum], [97 * MS, 40 * MS]);
});

Deno.test("a store that stalls for a second shows in the time since operations were due, and hardly in their own", async () => {
  const rows = Array.from({ length: 1000 }, (_, index) => logRow(index * 10, "GET", `k${index}`));
  const keys = rows.map(({ file }) => file);
  const { result } = await run(rows, { maxInFlight: 1 }, { keys, rules: [slow("k500", 1000)] });
  const [get] = result.ops;
  const due = get?.replayed.latency.percentile(99) ?? 0;
  assert(due > 850 * MS && due < 950 * MS, `${due}`);
  assertEquals(get?.serviceTime.percentile(99), 0);
  assertEquals(get?.serviceTime.max, 1000 * MS);
});

Deno.test("asap starts each as soon as there is room, whenever it was", async () => {
  const rows = [0, 1000, 5000, 9000].map((at) => logRow(at, "GET", `k${at}`));
  const keys = rows.map(({ file }) => file);
  const rules = [slow("k0", 10), slow("k1000", 30)];
  const { result, calls } = await run(rows, { speed: "asap", maxInFlight: 2 }, { keys, rules });
  assertEquals(startsOf(calls), [0, 0, 10, 10]);
  assertEquals([result.lateness.count, result.durationMs, result.recordedMs], [0, 30, 9001]);
});

Deno.test("per-thread starts each when the one before it of its thread has ended", async () => {
  const of = (thread: string, clientId = "") => ({ thread, clientId });
  const rows = [
    logRow(0, "GET", "a1", of("1")),
    logRow(1, "GET", "b1", of("2")),
    logRow(2, "GET", "a2", of("1")),
    logRow(3, "GET", "b2", of("2")),
    logRow(4, "GET", "c1", of("1", "other")),
    logRow(9, "GET", "a3", of("1")),
  ];
  const keys = rows.map(({ file }) => file);
  const rules = [slow("a1", 50), slow("b1", 10), slow("b2", 10)];
  const { result, calls } = await run(rows, { speed: "per-thread" }, { keys, rules });
  assertEquals(calls.map(({ what, atMs }) => `${what.slice(4)} ${atMs}`), [
    "a1 0",
    "b1 0",
    "c1 0",
    "b2 10",
    "a2 50",
    "a3 50",
  ]);
  assertEquals(result.keyWaits.count, 0);
});

Deno.test("operations on one object keep their order, readers of it go together, and others pass by", async () => {
  const rows = [
    logRow(0, "PUT", "k", { bytes: 5 }),
    logRow(1, "GET", "k"),
    logRow(2, "GET", "k"),
    logRow(3, "GET", "other"),
    logRow(4, "DELETE", "k"),
    logRow(5, "STAT", "k", { error: "not-found: gone" }),
  ];
  const rules: FaultRule[] = [
    { operation: "put", key: "k", fault: { kind: "delay", durationMs: 100 } },
    slow("k", 30),
  ];
  const given = { map: TO_BENCH, writes: true };
  const ordered = await run(rows, given, { keys: [MARKER, "other"], rules });
  assertEquals(ordered.calls.map(({ what, atMs }) => `${what} ${atMs}`), [
    "put k 0",
    "get other 3",
    "get k 100",
    "get k 100",
    "delete k 130",
    "head k 130",
  ]);
  assertEquals(ordered.result.ops.map(({ outcomes }) => outcomes.same), [3, 1, 1, 1]);
  assertEquals([ordered.result.keyWaits.count, ordered.result.keyWaits.max], [4, 126 * MS]);
  const unordered = await run(rows, { ...given, unorderedKeys: true }, { keys: [MARKER, "other"], rules });
  assertEquals(startsOf(unordered.calls), [0, 1, 2, 3, 4, 5]);
  assertEquals(unordered.result.ops.find(({ op }) => op === "GET")?.outcomes.newErrors, 2);
});

Deno.test("each kind of operation does what the log has, with the bytes that it has", async () => {
  const rows = [
    logRow(0, "PUT", "a", { bytes: 1000 }),
    logRow(1, "PUT", "large", { bytes: 9 * 2 ** 20 + 1 }),
    logRow(2, "GET", "a", { bytes: 1000 }),
    logRow(3, "GET", "a", { bytes: 10, offset: 20, length: 10 }),
    logRow(4, "GET", "a", { bytes: 900, offset: 100 }),
    logRow(5, "GET", "a", { bytes: 7, length: 7 }),
    logRow(6, "STAT", "a"),
    logRow(7, "COPY", "a", { toFile: "b", call: "copy" }),
    logRow(8, "RENAME", "b", { toFile: "c/d" }),
    logRow(9, "LIST", "", { objects: 4, call: "list" }),
    logRow(10, "LIST", "", { objects: 4, call: "listWithDelimiter" }),
    logRow(11, "DELETE", "a"),
    logRow(12, "APPEND", "a"),
    logRow(12, "COPY", "a"),
    logRow(12, "PUT", "half", { error: "cancelled: it was given up" }),
    logRow(12, "DELETE", MARKER),
  ];
  const { result, memory, calls } = await run(rows, { map: TO_BENCH, writes: true, seed: 3 });
  assertEquals(
    result.ops.map((
      { op, recorded, replayed },
    ) => [
      op,
      recorded.count,
      replayed.count,
      recorded.bytes,
      replayed.bytes,
      replayed.objects,
      replayed.errors,
    ]),
    [
      ["GET", 4, 4, 1917, 1917, 4, 0],
      ["STAT", 1, 1, 0, 0, 1, 0],
      ["PUT", 2, 2, 9 * 2 ** 20 + 1001, 9 * 2 ** 20 + 1001, 2, 0],
      ["LIST", 2, 2, 0, 0, 8, 0],
      ["DELETE", 1, 1, 0, 0, 1, 0],
      ["COPY", 1, 1, 0, 0, 1, 0],
      ["RENAME", 1, 1, 0, 0, 1, 0],
    ],
  );
  assertEquals(calls.map(({ what }) => what).slice(0, 2), ["put a", "write large"]);
  assertEquals(result.passedOver, [
    { op: "APPEND", reason: "it can not be replayed", count: 1 },
    { op: "COPY", reason: "the log does not tell where to", count: 1 },
    { op: "PUT", reason: "it was given up", count: 1 },
    { op: "DELETE", reason: "it is the mark of a target", count: 1 },
  ]);
  const left = (await Array.fromAsync(memory.list())).map(({ key, size }) => `${key} ${size}`);
  assertEquals(left, ["c/d 1000", `lade-workload.json 29`, `large ${9 * 2 ** 20 + 1}`]);
});

Deno.test("reads that go on together have memory of their own, since stores compute checksums there", async () => {
  const used = new Set<Uint8Array>();
  let most = 0;
  class ReadingStore extends ForwardingStore {
    override async get(key: string): Promise<GetResult> {
      const result = await super.get(key);
      const readInto = async (target: Uint8Array) => {
        assert(!used.has(target));
        most = Math.max(most, used.add(target).size);
        const length = await result.readInto(target);
        for (let turn = 0; turn < 10; turn++) await Promise.resolve();
        used.delete(target);
        return length;
      };
      return { bytesRead: 100, readInto, cancel: () => result.cancel() } as unknown as GetResult;
    }
  }
  const memory = new MemoryStore();
  await memory.put("k", new Uint8Array(100));
  const store = new ReadingStore(memory);
  const rows = Array.from({ length: 50 }, (_, at) => logRow(at, "GET", "k"));
  const stores = () => Promise.resolve({ store, key: "" });
  const [get] = (await replay(each(rows), stores, { speed: "asap", maxInFlight: 8 })).ops;
  assertEquals([get?.outcomes.same, most > 1], [50, true]);
});

Deno.test("what failed in the log and in the replay is compared by the kind of error", async () => {
  const rows = [
    logRow(0, "STAT", "there"),
    logRow(1, "STAT", "there", { error: "not-found: no such object" }),
    logRow(2, "STAT", "missing"),
    logRow(3, "STAT", "missing", { error: "not-found: no such object" }),
    logRow(4, "STAT", "missing", { error: "throttled: later" }),
    logRow(5, "STAT", "missing", { error: "The specified key does not exist.", durationNs: -5 }),
  ];
  const told: number[][] = [];
  const { result } = await run(rows, { onEnd: (...counts) => told.push(counts) }, { keys: ["there"] });
  assertEquals(told, [[1, 0], [2, 0], [3, 1], [4, 2], [5, 3], [6, 4]]);
  assertEquals(result.ops[0]?.outcomes, { same: 3, recovered: 1, newErrors: 1, otherErrors: 1 });
  assertEquals(result.errors.map(({ op, kind, count }) => [op, kind, count]), [["STAT", "not-found", 4]]);
  assertEquals([result.ops[0]?.recorded.errors, result.ops[0]?.replayed.errors], [4, 4]);
});

Deno.test("operations are chosen by name and prefix, without writing, and as a look alone", async () => {
  const rows = [
    logRow(0, "GET", "a/1", { bytes: 100 }),
    logRow(1, "STAT", "a/2"),
    logRow(2, "DELETE", "a/1"),
    logRow(3, "GET", "b/1", { bytes: 100 }),
  ];
  const keys = ["a/1", "a/2", "b/1"];
  const whatOf = async (options: ReplayOptions) =>
    (await run(rows, { readOnly: true, ...options }, { keys })).calls.map(({ what }) => what);
  assertEquals(await whatOf({}), ["get a/1", "head a/2", "get b/1"]);
  assertEquals(await whatOf({ ops: ["get"] }), ["get a/1", "get b/1"]);
  assertEquals(await whatOf({ prefix: "s3://log/a/" }), ["get a/1", "head a/2"]);
  assertEquals(await whatOf({ asHead: true }), ["head a/1", "head a/2", "head b/1"]);
  assertEquals(await whatOf({ map: [{ from: "s3://log/b", to: ["s3://x/"] }] }), ["get 1"]);
});

Deno.test("nothing is written unless it is allowed, and below a target that may be written to", async () => {
  const store = new MemoryStore();
  await store.put("production/data", new Uint8Array(3));
  const rows = [logRow(0, "DELETE", "data"), logRow(1, "PUT", "data", { bytes: 9 })];
  const at = (key: string) => () => Promise.resolve({ store: store as ObjectStore, key });
  const map = TO_BENCH;
  const start = (options: ReplayOptions) =>
    replay(each(rows), at("production/"), { speed: "asap", ...options });
  await assertRejects(() => start({}), TypeError, 'Cannot replay DELETE "s3://log/data": it writes');
  await assertRejects(() => start({ map }), TypeError, "was not allowed");
  await assertRejects(() => start({ writes: true }), RangeError, "need a map");
  await assertRejects(() => start({ map, writes: true, readOnly: true }), RangeError, "exclude");
  const error = await assertRejects(() => start({ map, writes: true }), Error, "it has objects");
  assert(error.message.includes(MARKER), error.message);
  assertEquals((await Array.fromAsync(store.list())).map(({ key, size }) => `${key} ${size}`), [
    "production/data 3",
  ]);
  // An empty one is marked, and taken again though it is no longer empty.
  for (let time = 0; time < 2; time++) {
    const result = await replay(each(rows), at("bench/"), { speed: "asap", map, writes: true });
    assertEquals(result.errors, []);
  }
  assertEquals((await Array.fromAsync(store.list("bench/"))).map(({ key }) => key), [
    "bench/data",
    `bench/${MARKER}`,
  ]);
});

Deno.test("options that mean nothing are refused before anything is done", async () => {
  for (
    const options of [
      { speed: 0 },
      { speed: NaN },
      { speed: Infinity },
      ...[0, 1.5].map((maxInFlight) => ({ maxInFlight })),
      ...[{ unorderedKeys: true }, { asHead: true }].map((other) => ({ ...other, verify: true })),
      { window: 0 },
      { seed: -1 },
      { ops: ["APPEND"] },
      { map: [{ from: "bucket", to: ["s3://b/"] }] },
    ]
  ) {
    await assertRejects(() => run([logRow(0, "GET", "k")], options), RangeError);
  }
});

Deno.test("a failure of the log, or an abort, ends what runs and rejects", async () => {
  const clock = new FakeClock();
  const memory = new MemoryStore({ context: createStoreContext({ clock }) });
  let started = 0;
  const store = observe(
    injectFaults(memory, [slow("slow", 1e9)]),
    ({ type }) => started += type === "started" ? 1 : 0,
  );
  const stores = () => Promise.resolve({ store: store as ObjectStore, key: "" });
  const stop = new AbortController();
  const rows = [logRow(0, "GET", "slow"), logRow(1, "PUT", "slow"), logRow(60_000, "GET", "k")];
  const options = { clock, signal: stop.signal, readOnly: true };
  const running = replay(each(rows), stores, options);
  const ended = assertRejects(() => running, Error, "enough");
  await clock.advance(1000);
  stop.abort(new Error("enough"));
  await ended;
  assertEquals([started, clock.pending], [1, 0]);
  const unsorted = [logRow(5, "GET", "slow"), logRow(9, "GET", "k"), logRow(1, "GET", "k")];
  const failing = replay(each(unsorted), stores, { clock, window: 1 });
  await assertRejects(() => failing, OpLogError, "sort the log");
  assertEquals(clock.pending, 0);
});

Deno.test("memory is bounded: of a million rows, no more are held than the window and what runs", async () => {
  let [read, done, most] = [0, 0, 0];
  const rows = async function* () {
    for (; read < 1_000_000; read++) {
      most = Math.max(most, read - done);
      yield logRow(read / 1000, "STAT", `k${read % 100}`);
    }
  };
  class CountingStore extends ForwardingStore {
    override async head(key: string): Promise<ObjectInfo> {
      await Promise.resolve();
      done++;
      return { key, size: 1, etag: "x", lastModified: new Date(0), metadata: {} };
    }
  }
  const store = new CountingStore(new MemoryStore());
  const stores = () => Promise.resolve({ store, key: "" });
  const result = await replay(rows(), stores, { speed: "asap", window: 1000, maxInFlight: 8 });
  assertEquals(result.ops[0]?.outcomes.same, 1_000_000);
  assert(most <= 1000 + 8 + 1, `${most} rows were held`);
});

Deno.test("rows that wait for an object are bounded, and what is sent in one piece too", async () => {
  const clock = new FakeClock();
  const memory = new MemoryStore({ context: createStoreContext({ clock }) });
  const store = injectFaults(memory, [{ operation: "put", fault: { kind: "delay", durationMs: 10 } }]);
  await memory.put(MARKER, new Uint8Array(1));
  let read = 0;
  const same = async function* () {
    for (; read < 100_000; read++) yield logRow(0, "PUT", "k");
  };
  const stop = new AbortController();
  const stores = () => Promise.resolve({ store, key: "" });
  const options: ReplayOptions = { clock, map: TO_BENCH, writes: true };
  const running = replay(same(), stores, { ...options, window: 10, signal: stop.signal });
  const ended = assertRejects(() => running, Error, "enough");
  await clock.advance(5);
  assertEquals(read, 65_536 + 1 + 10);
  stop.abort(new Error("enough"));
  await ended;
  const rows = Array.from({ length: 10 }, (_, index) => logRow(0, "PUT", `k${index}`, { bytes: 1000 }));
  const most = async (maxBufferedBytes: number, held: number) => {
    const running = replay(each(rows), stores, { ...options, maxBufferedBytes });
    while (clock.pending < held) await clock.advance(0);
    await clock.runAll();
    return (await running).mostInFlight;
  };
  assertEquals([await most(3500, 3), await most(2 ** 28, 10)], [3, 10]);
});
