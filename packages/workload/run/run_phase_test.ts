import { assert, assertEquals, assertRejects } from "@std/assert";
import { NotFoundError } from "@lade/core/errors";
import { Histogram, type HistogramState } from "../histogram/histogram.ts";
import { QuickClock, SlowStore, smallSpec, storesOf, the } from "../testing/workload.ts";
import { runWorkload } from "./run_workload.ts";

const msAt = (state: HistogramState, percent: number) =>
  (Histogram.restore(state).percentile(percent) ?? NaN) / 1e6;

Deno.test("a stall of one second is in the latency of all that was due meanwhile, and in one service time", async () => {
  const clock = new QuickClock();
  let stalled = false;
  const store = new SlowStore(clock, (nowMs) => {
    if (stalled || nowMs < 5000) return 0;
    stalled = true;
    return 1000;
  });
  const spec = await smallSpec([
    { put: ["small"] },
    { name: "read", mix: { get: 1 }, rate: { ops: 1000, maxInFlight: 1 }, duration: "10s" },
  ]);
  const { phases } = await clock.until(runWorkload(spec, storesOf(store)));
  const [, read] = phases;
  const [get] = the(read).ops;
  assert(get && get.ops >= 9998 && get.ops <= 10_000, `${get?.ops}`);
  const [due, service] = [msAt(get.latency, 99), msAt(get.serviceTime, 99)];
  assert(due > 880 && due < 920, `${due}`);
  assertEquals(service, 0);
  assertEquals(Math.round(msAt(get.serviceTime, 100)), 1000);
  assert(msAt(the(the(read).lateness), 99) > 880);
  // Nothing ended in the second of the stall but what was due at its end.
  assert((get.series.find(({ t }) => t === 5)?.ops ?? 0) < 10);
  assertEquals(get.series.reduce((sum, { ops }) => sum + ops, 0), get.ops);
});

Deno.test("a rate is kept, and rises evenly in its ramp, which is in no figure", async () => {
  for (const arrival of ["fixed", "exponential"]) {
    const clock = new QuickClock();
    const store = new SlowStore(clock, () => 3);
    const spec = await smallSpec([
      { put: ["small"] },
      { name: "read", mix: { get: 1 }, rate: { ops: 100, arrival }, ramp: "4s", duration: "10s" },
    ]);
    const { phases } = await clock.until(runWorkload(spec, storesOf(store)));
    const { ops: [get], ramp, durationMs, startMs, mostInFlight } = the(phases[1]);
    const near = (value: number, wanted: number, sigma: number) =>
      assert(
        Math.abs(value - wanted) <= (arrival === "fixed" ? 1 : 4 * sigma),
        `${arrival}: ${value}, not ${wanted}`,
      );
    near(the(get).ops, 1000, Math.sqrt(1000));
    near(the(ramp).ops, 200, Math.sqrt(200));
    near(the(get).opsPerSecond, 100, 3.2);
    assertEquals(Math.round(startMs), 4000);
    assert(durationMs > 9900 && durationMs < 10_100);
    if (arrival === "fixed") assertEquals([mostInFlight, the(get).errors], [1, []]);
  }
});

Deno.test("a concurrency is kept: what ends is followed by the next", async () => {
  const clock = new QuickClock();
  const store = new SlowStore(clock, () => 10);
  const spec = await smallSpec([
    { put: ["small"] },
    { name: "read", mix: { get: 1 }, sweep: [1, 4], duration: "2s" },
    { name: "ramped", mix: { get: 1 }, concurrency: 4, ramp: "1s", duration: "1s" },
  ]);
  const { phases, advice } = await clock.until(runWorkload(spec, storesOf(store)));
  const told = phases.slice(1).map((
    { concurrency, mostInFlight, ops: [get] },
  ) => [concurrency, mostInFlight, Math.round(the(get).opsPerSecond), msAt(the(get).latency, 50)]);
  assertEquals(told, [[1, 1, 100, 10], [4, 4, 400, 10], [4, 4, 400, 10]]);
  // Of four lanes that start one after the other: 100 + 75 + 50 + 25, without what had begun and not ended.
  assertEquals(the(phases[3]).ramp, { ops: 250, errors: 0 });
  assertEquals(advice.at(-1)?.code, "more-concurrency");
});

Deno.test("what runs at the end of its time counts by its share, and wholly where the load was never full", async () => {
  const clock = new QuickClock();
  const store = new SlowStore(clock, () => 400);
  const spec = await smallSpec([
    { put: ["small"] },
    { name: "read", mix: { get: 1 }, concurrency: 2, duration: "1s" },
    { name: "few", mix: { get: 1 }, concurrency: 16, ops: 3 },
  ]);
  const { phases: [, read, few] } = await clock.until(runWorkload(spec, storesOf(store)));
  // Two ended at 400 ms, two at 800, and two had half of their time.
  assertEquals([
    the(the(read).ops[0]).ops,
    the(the(read).ops[0]).opsPerSecond,
    the(read).steadyMs,
    the(read).durationMs,
  ], [
    6,
    5,
    1000,
    1200,
  ]);
  assertEquals([the(the(few).ops[0]).ops, the(the(few).ops[0]).opsPerSecond, the(few).steadyMs], [
    3,
    7.5,
    400,
  ]);
});

Deno.test("a phase ends after its operations, or bytes, or when each object had its turn", async () => {
  const clock = new QuickClock();
  const keys: string[] = [];
  class Seen extends SlowStore {
    override get(key: string) {
      if (!key.endsWith(".json")) keys.push(key);
      return super.get(key);
    }
  }
  const store = new Seen(clock, () => 1);
  const spec = await smallSpec([
    { put: ["small"] },
    { name: "ops", mix: { get: 1 }, ops: 37 },
    { name: "bytes", mix: { get: 1 }, bytes: "33_500" },
    { name: "once", mix: { get: 1, stat: 1 }, pick: "once" },
    { name: "order", mix: { get: 1 }, pick: "sequential", ops: 41, concurrency: 1 },
    { name: "zipf", mix: { get: 1 }, pick: { zipf: 1.2 }, ops: 2000 },
  ]);
  const { phases } = await clock.until(runWorkload(spec, storesOf(store)));
  const counts = phases.map(({ ops }) => ops.reduce((sum, { ops }) => sum + ops, 0));
  assertEquals(counts, [20, 37, 34, 20, 41, 2000]);
  const once = keys.slice(37 + 34, 37 + 34 + the(the(phases[3]).ops.find(({ op }) => op === "get")).ops);
  assertEquals(new Set(once).size, once.length);
  const order = keys.slice(37 + 34 + once.length).slice(0, 41).map((key) => Number(key.slice(-7)));
  assertEquals(order, Array.from({ length: 41 }, (_, at) => at % 20));
  const frequent = [...Map.groupBy(keys.slice(-2000), (key) => key).values()].map(({ length }) => length)
    .toSorted((a, b) => b - a);
  // Of 20 ranks with weights of k^-1.2 the first has 38 %, the second 16 %.
  assert(the(frequent[0]) > 660 && the(frequent[0]) < 860, `${frequent}`);
  assert(the(frequent[1]) > 260 && the(frequent[1]) < 410, `${frequent}`);
});

Deno.test("the same seed asks for the same objects in the same order, another one for others", async () => {
  const asked = async (seed: number) => {
    const clock = new QuickClock();
    const keys: string[] = [];
    class Seen extends SlowStore {
      override get(key: string) {
        keys.push(key);
        return super.get(key);
      }
    }
    const mix = { get: 5, "get-range": { weight: 2, length: 100 }, put: 1, delete: 1 };
    const spec = await smallSpec([{ put: ["small"] }, { name: "mixed", mix, ops: 300 }], { seed });
    await clock.until(runWorkload(spec, storesOf(new Seen(clock, () => 2))));
    return keys;
  };
  const first = await asked(7);
  assertEquals(await asked(7), first);
  assert(JSON.stringify(await asked(8)) !== JSON.stringify(first));
});

Deno.test("nothing to read is an error, and not a loop", async () => {
  const clock = new QuickClock();
  const spec = await smallSpec([
    { put: ["small"] },
    { delete: ["small"] },
    { name: "read", mix: { get: 1 }, ops: 10 },
  ]);
  const error = await assertRejects(
    () => clock.until(runWorkload(spec, storesOf(new SlowStore(clock, () => 0)))),
    NotFoundError,
  );
  assertEquals(
    error.message,
    'Cannot run phase "read" in "memory://m/bench/": no object that it could read or delete is there; put its sets in a phase before',
  );
});

Deno.test("memory of content is bounded, and what waits for it is told", async () => {
  const clock = new QuickClock();
  let [now, most] = [0, 0];
  class Counting extends SlowStore {
    override async put(key: string, data: Uint8Array) {
      now += data.length;
      most = Math.max(most, now);
      await this.clock.sleep(5);
      const result = await super.put(key, data);
      now -= data.length;
      return result;
    }
  }
  const spec = await smallSpec([{ put: ["small"], concurrency: 16 }], {
    objects: { small: { count: 40, size: "1MiB" } },
  });
  const store = new Counting(clock, () => 0);
  const { phases: [put], advice } = await clock.until(
    runWorkload(spec, storesOf(store), { maxBufferedBytes: 3 * 2 ** 20 }),
  );
  assertEquals([most, the(put).mostInFlight, the(the(put).ops[0]).ops], [3 * 2 ** 20, 3, 40]);
  assert(the(put).heldByMemory > 30);
  assertEquals(advice.map(({ code }) => code), ["memory"]);
});

Deno.test("an abort ends what runs, and rejects with its reason", async () => {
  const clock = new QuickClock();
  const store = new SlowStore(clock, () => 50);
  for (const load of [{ concurrency: 4 }, { rate: 200 }]) {
    const spec = await smallSpec([{ put: ["small"] }, {
      name: "read",
      mix: { get: 1 },
      duration: "9s",
      ...load,
    }]);
    const reason = new Error("enough");
    const own = new AbortController();
    const work = runWorkload(spec, storesOf(store), {
      signal: own.signal,
      onProgress: ({ phase, ended }) => {
        if (phase === "read" && ended === 20) own.abort(reason);
      },
    });
    assertEquals(await clock.until(work.catch((error) => error)), reason);
    assertEquals(clock.pending, 0);
  }
});
