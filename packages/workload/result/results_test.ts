import { assert, assertEquals, assertThrows } from "@std/assert";
import { WorkloadSpecError } from "../errors/workload_spec_error.ts";
import { Histogram } from "../histogram/histogram.ts";
import { RandomStream } from "../random/random_stream.ts";
import { smallSpec, the } from "../testing/workload.ts";
import { adviceOf } from "./advice.ts";
import { compareResults } from "./compare_results.ts";
import { estimatePercentile } from "./intervals.ts";
import { sweepsOf } from "./knee.ts";
import { mergeResults } from "./merge_results.ts";
import { readResult } from "./read_result.ts";
import type { OpResult, PhaseResult, WorkloadResult } from "./workload_result.ts";

const MS = 1e6;
const EMPTY = new Histogram().toState();
const of = (...values: readonly number[]) => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.toState();
};
const times = (count: number, value: number) => of(...new Array<number>(count).fill(value));

/** Operations that took 10 ms each, 100 a second for ten seconds. */
function op(changes: Partial<OpResult> = {}): OpResult {
  return {
    op: "get",
    ops: 1000,
    bytes: 1000 * 2 ** 20,
    objects: 1000,
    opsPerSecond: 100,
    bytesPerSecond: 100 * 2 ** 20,
    errors: [],
    latency: times(1000, 10 * MS),
    serviceTime: times(1000, 10 * MS),
    answer: times(1000, 5 * MS),
    sizes: [{ most: 2 ** 22, ops: 1000, bytes: 1000 * 2 ** 20, latency: times(1000, 10 * MS) }],
    series: Array.from(
      { length: 10 },
      (_, t) => ({ t, ops: 100, bytes: 100 * 2 ** 20, errors: 0, max: 10 * MS }),
    ),
    ...changes,
  };
}

function phase(changes: Partial<PhaseResult> = {}): PhaseResult {
  return {
    ...{ name: "read", startMs: 0, durationMs: 10_000, steadyMs: 10_000, mostInFlight: 4 },
    ...{ heldByInFlight: 0, heldByMemory: 0, clientLag: times(100, 0), ops: [op()] },
    ...changes,
  };
}

async function result(phases: readonly PhaseResult[]): Promise<WorkloadResult> {
  return {
    schema: "lade-workload-result/1",
    spec: await smallSpec([{ put: ["small"] }]),
    target: "memory://m/bench/",
    host: { cpus: 2, runtime: "Deno/2" },
    startedAt: "2026-01-01T00:00:00.000Z",
    phases,
    verify: { reads: 1, wrong: 1, examples: [{ key: "k", offset: 3 }] },
    advice: [],
  };
}

const step = (concurrency: number, rate: number, changes: Partial<OpResult> = {}) =>
  phase({ concurrency, ops: [op({ bytesPerSecond: rate * 2 ** 20, ...changes })] });
const codes = (...phases: PhaseResult[]) => adviceOf({ phases }).map(({ code }) => code);
const texts = (...phases: PhaseResult[]) => adviceOf({ phases }).map(({ text }) => text);

Deno.test("advice is given where it is true, and nothing is said where nothing shows", () => {
  assertEquals(adviceOf({ phases: [phase({ concurrency: 4 })] }), []);
  assertEquals(texts(phase({ concurrency: 4, clientLag: times(100, 120 * MS) })), [
    "read with 4 at a time: this machine was late to look at its clock, by 120 ms at p99, and latencies are partly its \
own: use fewer operations at a time, larger objects, or a machine with more processors",
  ]);
  assertEquals(codes(phase({ clientLag: times(9, 120 * MS) })), []);
  const late = { rate: 100, lateness: times(1000, 300 * MS) };
  assertEquals(texts(phase({ ...late, heldByInFlight: 900 })), [
    "read: operations began late, by 300 ms at p99: maxInFlight, 4, went on, so the store does not keep up with the rate, \
or needs more at a time",
  ]);
  assertEquals(texts(phase(late)), [
    "read: operations began late, by 300 ms at p99: this machine does not keep up with the rate",
  ]);
  assertEquals(codes(phase({ rate: 100, lateness: times(1000, 2 * MS) })), []);
  assertEquals(texts(phase({ concurrency: 64, heldByMemory: 500 })), [
    "read with 64 at a time: at most 4 of 64 operations went on, for want of memory for their content: allow more of it, \
or use smaller objects",
  ]);
  assertEquals(codes(phase({ concurrency: 4, heldByMemory: 500 })), []);
  assertEquals(texts(phase({ throttled: 12 })), [
    "read: the service asked for fewer requests 12 times: it limits, and fewer at a time are as fast",
  ]);
  assertEquals(codes(phase({ throttled: 0 })), []);
  const small = { bytes: 1000 * 4096, answer: times(1000, 9 * MS) };
  assertEquals(texts(phase({ ops: [op(small)] })), [
    "read: a get moves 4.00 KiB and waits most of its time for an answer: requests limit, not bytes; more at a time, or \
larger objects, move more",
  ]);
  assertEquals(codes(phase({ ops: [op({ ...small, answer: times(1000, 2 * MS) })] })), []);
});

Deno.test("a sweep has its knee where 90 % of the best is reached, and says what the time goes into", () => {
  const [sweep] = sweepsOf([step(1, 10), step(16, 95), step(4, 40), step(64, 100)]);
  assertEquals([sweep?.knee.concurrency, sweep?.best.concurrency], [16, 64]);
  assertEquals(sweep?.points.map(({ concurrency }) => concurrency), [1, 4, 16, 64]);
  assertEquals(sweepsOf([phase({ concurrency: 4 })]), []);
  const text = "read: 16 at a time reach 95.0 MiB/s, the best is 100 MiB/s with 64";
  assertEquals(texts(step(1, 10), step(16, 95), step(64, 100)), [text]);
  assertEquals(texts(step(1, 10), step(16, 95), step(64, 100, { answer: times(1000, 8 * MS) })), [
    `${text}; most of the time is the wait for answers, so the service limits`,
  ]);
  assertEquals(texts(step(1, 10), step(16, 95), step(64, 100, { answer: times(1000, MS) })), [
    `${text}; most of the time is the transfer of bytes, so what they go through limits`,
  ]);
  assertEquals(texts(step(1, 10), step(16, 40)), [
    "read: 16 at a time are still faster than 1 (40.0 MiB/s and 10.0 MiB/s): try more",
  ]);
  const noBytes = { bytes: 0, answer: EMPTY, opsPerSecond: 50 };
  assertEquals(texts(step(1, 0, noBytes), step(4, 0, noBytes)), [
    "read: 1 at a time reach 50 operations/s, and nothing is faster",
  ]);
});

Deno.test("results of several processes are one: counts and rates are added, histograms merged", async () => {
  const one = await result([phase({ concurrency: 4, throttled: 1, ramp: { ops: 5, errors: 1 } })]);
  const slow = op({
    latency: times(500, 90 * MS),
    ops: 500,
    errors: [{ kind: "throttled", count: 2, example: "a" }],
    series: [{ t: 0, ops: 50, bytes: 1, errors: 2, p50: 1, p99: 2, max: 90 * MS }, {
      t: 12,
      ops: 1,
      bytes: 1,
      errors: 0,
      p50: 7,
    }],
    sizes: [{ ops: 1, bytes: 2 ** 40, latency: of(5) }],
  });
  const other = await result([phase({ concurrency: 4, durationMs: 12_000, ops: [slow, op({ op: "put" })] })]);
  const merged = mergeResults([one, { ...other, startedAt: "2025-12-31T23:59:59.000Z", stopped: "enough" }]);
  const [{ ops: [get, put], ...rest }] = merged.phases as [PhaseResult];
  assertEquals([rest.concurrency, rest.durationMs, rest.throttled, rest.ramp, rest.mostInFlight], [
    8,
    12_000,
    1,
    { ops: 5, errors: 1 },
    8,
  ]);
  const latency = Histogram.restore(the(get).latency);
  assertEquals([the(get).ops, latency.count, the(put).ops], [1500, 1500, 1000]);
  assert(Math.abs((latency.percentile(60) ?? 0) / (10 * MS) - 1) < 0.001);
  assert((latency.percentile(99) ?? 0) >= 90 * MS);
  assertEquals(the(get).errors, [{ kind: "throttled", count: 2, example: "a" }]);
  // Percentiles of a second are not made of percentiles.
  assertEquals(the(get).series[0], { t: 0, ops: 150, bytes: 100 * 2 ** 20 + 1, errors: 2, max: 90 * MS });
  assertEquals(the(get).series.at(-1), { t: 12, ops: 1, bytes: 1, errors: 0, p50: 7 });
  assertEquals(the(get).sizes.map(({ most, ops }) => [most, ops]), [[2 ** 22, 1000], [undefined, 1]]);
  assertEquals([merged.startedAt, merged.stopped, merged.host], [
    "2025-12-31T23:59:59.000Z",
    "enough",
    { cpus: 4, runtime: "Deno/2" },
  ]);
  assertEquals([merged.verify.reads, merged.verify.wrong, merged.verify.examples.length], [2, 2, 2]);
  assertThrows(() => mergeResults([]), RangeError);
  const elsewhere = await result([phase({ name: "write" })]);
  assertThrows(() => mergeResults([one, elsewhere]), RangeError);
});

Deno.test("a comparison says faster, slower, the same, or that nothing is known", async () => {
  const random = new RandomStream(1, "noise");
  const noisy = (rate: number, seconds = 30) => {
    const series = Array.from({ length: seconds }, (_, t) => {
      const ops = Math.round(rate * (0.9 + 0.2 * random.next()));
      return { t, ops, bytes: ops * 1000, errors: 0 };
    });
    const [bytes, ops] = [rate * 1000, rate * seconds];
    return phase({
      durationMs: seconds * 1000,
      steadyMs: seconds * 1000,
      ops: [op({ opsPerSecond: rate, bytesPerSecond: bytes, ops, bytes: bytes * seconds, series })],
    });
  };
  const verdicts = async (a: PhaseResult, b: PhaseResult) => {
    const { figures } = compareResults(await result([a]), await result([b]));
    return Object.fromEntries(figures.map(({ metric, verdict, ratio }) => [metric, [verdict, ratio]]));
  };
  const rate = noisy(1000);
  assertEquals((await verdicts(rate, noisy(1300))).opsPerSecond, ["faster", 1.3]);
  assertEquals((await verdicts(rate, noisy(800))).bytesPerSecond, ["slower", 0.8]);
  assertEquals((await verdicts(rate, noisy(1000))).opsPerSecond, ["same", 1]);
  // One that stands still is slower for certain.
  const still = (ops: number) =>
    phase({ ops: [op({ opsPerSecond: ops / 10, series: [{ t: 4, ops, bytes: 0, errors: 9 }] })] });
  assertEquals((await verdicts(phase(), still(0))).opsPerSecond, ["slower", 0]);
  assertEquals((await verdicts(phase(), still(10))).opsPerSecond, ["slower", 0.01]);
  assertEquals((await verdicts(still(0), still(0))).opsPerSecond, ["unclear", undefined]);
  assertEquals((await verdicts(phase(), phase({ steadyMs: 1e6 }))).opsPerSecond, ["unclear", 1]);
  // Seven seconds say nothing.
  assertEquals((await verdicts(rate, noisy(1300, 7))).opsPerSecond, ["unclear", 1.3]);
  const latencies = (count: number, ms: number) =>
    phase({
      ops: [op({ latency: of(...Array.from({ length: count }, () => ms * MS * (0.5 + random.next()))) })],
    });
  const slower = await verdicts(latencies(5000, 10), latencies(5000, 12));
  assertEquals([slower.p50?.[0], slower.p99?.[0]], ["slower", "slower"]);
  const faster = await verdicts(latencies(5000, 10), latencies(5000, 8));
  assertEquals([faster.p50?.[0], faster.p99?.[0]], ["faster", "faster"]);
  const same = await verdicts(latencies(5000, 10), latencies(5000, 10));
  assertEquals([same.p50?.[0], same.p99?.[0]], ["same", "same"]);
  const few = await verdicts(latencies(99, 10), latencies(99, 1));
  assertEquals([few.p50?.[0], few.p99], ["faster", ["unclear", undefined]]);
});

Deno.test("percentiles are not told of too few, and their bounds hold them in 95 of 100 cases", () => {
  assertEquals(estimatePercentile(Histogram.restore(times(99, 5)), 99), undefined);
  assertEquals(estimatePercentile(Histogram.restore(times(100, 5)), 99), { value: 5 });
  assertEquals(estimatePercentile(Histogram.restore(EMPTY), 50), undefined);
  const random = new RandomStream(4, "uniform");
  let held = 0;
  for (let turn = 0; turn < 500; turn++) {
    const histogram = new Histogram();
    for (let at = 0; at < 1000; at++) histogram.record(random.next() * 1e6);
    const { low = NaN, high = NaN } = estimatePercentile(histogram, 90) ?? {};
    if (low <= 0.9e6 && high >= 0.9e6) held++;
  }
  assert(held > 460 && held < 495, `${held}`);
});

Deno.test("what differs of two specs is listed, and what one result alone has", async () => {
  const a = await result([phase(), phase({ name: "a", concurrency: 2 })]);
  const b = {
    ...await result([phase(), phase({ name: "b" })]),
    spec: await smallSpec([{ put: ["small"], concurrency: 4 }, { mix: { get: 1 }, ops: 1 }], { seed: 3 }),
  };
  const { differences, unmatched, isIncomplete } = compareResults(a, {
    ...b,
    target: "s3://b/",
    stopped: "too much failed",
  });
  assertEquals(isIncomplete, true);
  assertEquals([compareResults(a, b), compareResults(a, a)].map(({ isIncomplete }) => isIncomplete), [
    true,
    false,
  ]);
  assertEquals(compareResults(a, { ...a, stopped: "too much failed" }).isIncomplete, true);
  assertEquals(compareResults({ ...a, phases: a.phases.slice(1) }, a).isIncomplete, false);
  assertEquals(differences.map(({ path, a, b }) => [path, a, b.slice(0, 10)]), [
    ["target", '"memory://m/bench/"', '"s3://b/"'],
    ["seed", "0", "3"],
    ["phases[0].load.concurrency[0]", "16", "4"],
    ["phases[1]", "nothing", '{"kind":"m'],
  ]);
  assertEquals(unmatched, [
    "the second ended early: too much failed",
    "a with 2 at a time get: in the first alone",
    "b get: in the second alone",
  ]);
});

Deno.test("a result is read back, also from among lines of JSON, and what is none is refused", async () => {
  const own = await result([phase({ rate: 5, lateness: of(1) })]);
  const text = JSON.stringify(own);
  assertEquals(readResult(text), own);
  assertEquals(readResult(JSON.stringify(own, undefined, 2)), own);
  assertEquals(readResult(`{"type":"note"}\n${text}\n`), own);
  const get = the(the(own.phases[0]).ops[0]);
  const damaged = [
    "",
    "{}",
    "[]",
    "null",
    text.replace("result/1", "result/2"),
    text.slice(0, -10),
    JSON.stringify({ ...own, phases: 5 }),
    JSON.stringify({ ...own, phases: [{}] }),
    JSON.stringify({ ...own, phases: [phase({ ops: [{ ...get, latency: { ...get.latency, count: 3 } }] })] }),
    JSON.stringify({ ...own, phases: [phase({ ops: [{ ...get, ops: "5" as never }] })] }),
    JSON.stringify({ ...own, verify: null }),
    JSON.stringify({ ...own, phases: [phase({ steadyMs: 1e18 })] }),
    JSON.stringify({ ...own, phases: [phase({ steadyMs: -5000 })] }),
    JSON.stringify({ ...own, phases: [phase({ ops: [{ ...get, opsPerSecond: -100 }] })] }),
    `${text}\n${text}`,
    JSON.stringify({ ...own, stopped: {} }),
  ];
  for (const text of damaged) {
    assertThrows(() => readResult(text, "r.json"), WorkloadSpecError, 'Cannot take the workload "r.json"');
  }
});
