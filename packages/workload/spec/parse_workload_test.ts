import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { WorkloadSpecError } from "../errors/workload_spec_error.ts";
import { benchSpec } from "./bench_spec.ts";
import { parseWorkload } from "./parse_workload.ts";

const SPEC = `
version: 1
target: s3://bucket/bench/
seed: 42
data: { dedup: 2, compress: 1.5, dedupUnit: 64KiB }
objects:
  small: { count: 100_000, size: { lognormal: { median: 64KiB, sigma: 1.2, max: 8MiB } }, shards: 64 }
  big: { count: 500, size: 256MB }
  some: { count: 5, size: { uniform: { min: 0, max: 1.5KiB } } }
  two: { count: 5, size: { buckets: { 4KiB: 80, 1MiB: 20 } } }
phases:
  - { name: prefill, put: [small, big], concurrency: 64 }
  - name: mixed
    ramp: 10s
    duration: 1h30m
    rate: { ops: 2000, arrival: exponential, maxInFlight: 100 }
    mix:
      get: 45
      get-range: { weight: 10, on: big, length: 1MiB, align: 4KiB }
      put: 15
      stat: 20
      list: { weight: 5, entries: 10 }
      delete: { weight: 5, on: [small, big] }
    pick: { zipf: 0.99 }
  - { mix: { get: 1 }, sweep: [1, 4], ops: 10_000, bytes: 1GiB, pick: sequential }
  - { mix: { stat: 1 }, rate: 2.5, duration: 250ms }
  - { delete: own }
verify: sample 0.5%
maxErrorRate: 5%
`;

Deno.test("a spec is read with its units, and with the defaults of what it does not say", async () => {
  const { seed, target, data, objects, phases, verify, maxErrorRate } = await parseWorkload(SPEC);
  assertEquals([seed, target, verify, maxErrorRate], [42, "s3://bucket/bench/", 0.005, 0.05]);
  assertEquals(data, { dedup: 2, compress: 1.5, dedupUnit: 65_536 });
  assertEquals(objects.map(({ name, count, shards }) => [name, count, shards]), [
    ["small", 100_000, 64],
    ["big", 500, 1],
    ["some", 5, 1],
    ["two", 5, 1],
  ]);
  assertEquals(objects.map(({ size }) => size), [
    { kind: "lognormal", median: 65_536, sigma: 1.2, min: 1, max: 8_388_608 },
    { kind: "fixed", size: 256_000_000 },
    { kind: "uniform", min: 0, max: 1536 },
    { kind: "buckets", buckets: [{ size: 4096, weight: 80 }, { size: 1_048_576, weight: 20 }] },
  ]);
  const all = ["small", "big", "some", "two"];
  assertEquals(phases, [
    {
      kind: "put",
      name: "prefill",
      load: { kind: "closed", concurrency: [64] },
      sets: ["small", "big"],
    },
    {
      kind: "mix",
      name: "mixed",
      load: { kind: "open", rate: 2000, arrival: "exponential", maxInFlight: 100 },
      mix: [
        { op: "get", weight: 45, on: all },
        { op: "get-range", weight: 10, on: ["big"], length: 1_048_576, align: 4096 },
        { op: "put", weight: 15, on: all },
        { op: "stat", weight: 20, on: all },
        { op: "list", weight: 5, on: all, entries: 10 },
        { op: "delete", weight: 5, on: ["small", "big"] },
      ],
      pick: { kind: "zipf", exponent: 0.99 },
      rampMs: 10_000,
      durationMs: 5_400_000,
    },
    {
      kind: "mix",
      name: "mix-3",
      load: { kind: "closed", concurrency: [1, 4] },
      mix: [{ op: "get", weight: 1, on: all }],
      pick: { kind: "sequential" },
      rampMs: 0,
      ops: 10_000,
      bytes: 2 ** 30,
    },
    {
      kind: "mix",
      name: "mix-4",
      load: { kind: "open", rate: 2.5, arrival: "fixed", maxInFlight: 256 },
      mix: [{ op: "stat", weight: 1, on: all }],
      pick: { kind: "uniform" },
      rampMs: 0,
      durationMs: 250,
    },
    {
      kind: "delete",
      name: "delete-5",
      load: { kind: "closed", concurrency: [16] },
      sets: all,
      isCleanup: true,
    },
  ]);
});

Deno.test("JSON and values are read as YAML is", async () => {
  const value = {
    version: 1,
    objects: { a: { count: 1, size: 0 } },
    phases: [{ put: "a" }],
  };
  const read = await parseWorkload(value);
  assertEquals(await parseWorkload(JSON.stringify(value, undefined, "\t")), read);
  assertEquals([read.seed, read.verify, read.maxErrorRate, read.target], [0, 0, 0.01, undefined]);
});

const WRONG: readonly (readonly [from: string, to: string, message: string])[] = [
  ["version: 1", "version: 2", "version: this program knows version 1; write version: 1"],
  ["version: 1", "", "version: this program knows version 1"],
  ["seed: 42", "sead: 42", 'sead: no such key; did you mean "seed"?'],
  ["seed: 42", "seed: -1", "seed: a whole number is needed, of 0 to 4294967295, not -1"],
  ["seed: 42", "seed: 42\nseed: 43", "it is neither YAML nor JSON in line 5: duplicated mapping key"],
  ["target: s3://bucket/bench/", "target: []", "target: a text is needed, not a list"],
  ["dedup: 2", "dedup: 0.5", "data.dedup: a number is needed, of 1 to 1000000, not 0.5"],
  ["compress: 1.5", "compress: 101", "data.compress: a number is needed, of 1 to 100, not 101"],
  ["dedupUnit: 64KiB", "dedupUnit: 65KiB", "data.dedupUnit: it is no power of two"],
  ["  big:", "  SMALL:", "objects: two names of sets differ by upper and lower case alone"],
  ["  big:", "  big/ger:", 'objects."big/ger": a name of a set has letters'],
  ["  big:", "  ..:", 'objects."..": a name of a set has letters'],
  ["count: 500", "count: 0", "objects.big.count: a whole number is needed, of 1 to 100000000, not 0"],
  ["count: 500", "count: 100_000_000", "objects: there are more than 100000000 objects"],
  ["256MB", "256MX", 'objects.big.size: a size such as 64KiB is needed, of 0 to 54975581388800, not "256MX"'],
  ["256MB", "-1", "objects.big.size: a size such as 64KiB is needed"],
  ["median: 64KiB", "median: 64MiB", "objects.small.size.lognormal: median is not between min and max"],
  [
    "sigma: 1.2, max: 8MiB",
    "sigma: 10, min: 64KiB, max: 65_537",
    "objects.small.size.lognormal: of sizes with this sigma fewer than one in ten are between min and max",
  ],
  ["sigma: 1.2", "sigma: x", "objects.small.size.lognormal.sigma: a number is needed, of 0 to 10"],
  ["min: 0", "min: 2KiB", "objects.some.size.uniform: min is more than max"],
  ["uniform:", "unifrom:", 'objects.some.size.unifrom: no such key; did you mean "uniform"?'],
  ["4KiB: 80, 1MiB: 20", "4KiB: 0", "objects.two.size.buckets: no weight is above 0"],
  ["4KiB: 80", "4KoB: 80", 'a size such as 64KiB is needed, of 0 to 54975581388800, not "4KoB"'],
  [
    "put: [small, big]",
    "put: [smal, big]",
    'phases[0].put[0]: it is one of small, big, some, two, not "smal"',
  ],
  ["put: [small, big]", "put: [big, big]", "phases[0].put: a set is there twice"],
  ["put: [small, big]", "put: []", "phases[0].put: it is empty"],
  ["put: [small, big]", "put: [big], delete: [big]", "phases[0]: a phase has one of put, delete, mix"],
  ["put: [small, big]", "put: [big], duration: 5s", 'phases[0].duration: it is of a mix; "put" does each'],
  ["name: mixed", "name: prefill", 'phases[1]: two phases are called "prefill"'],
  ["get: 45", "gett: 45", 'phases[1].mix.gett: no such key; did you mean "get"?'],
  ["get: 45", "get: 0", "phases[1].mix.get: a number is needed, of 0.000001 to 1000000, not 0"],
  ["get: 45", "get: { weight: 1, lenght: 5 }", "phases[1].mix.get.lenght: no such key"],
  ["get: 45", "get: { weight: 1, length: 5 }", "phases[1].mix.get.length: no such key; there are weight, on"],
  ["length: 1MiB, align: 4KiB", "align: 4KiB", "phases[1].mix.get-range.length: a size such as 64KiB"],
  ["put: 15", "put: 4", "phases[1].mix: it deletes more than it puts"],
  ["put: 15", "put: { weight: 15, on: big }", "phases[1].mix: it deletes more than it puts"],
  ["ramp: 10s", "ramp: 10", "phases[1].ramp: a time with its unit, such as 30s, 5m or 250ms is needed"],
  ["duration: 1h30m", "concurrency: 5", 'phases[1].concurrency: what has a rate is bounded by "rate.max'],
  ["duration: 1h30m", "duration: 999h", "phases[1].duration: a time with its unit"],
  ["    duration: 1h30m\n", "", 'phases[1].mix: it has no end; give "duration", "ops" or "bytes"'],
  ["exponential", "exponental", 'not "exponental"; did you mean "exponential"?'],
  ["maxInFlight: 100", "maxInFlight: 0", "phases[1].rate.maxInFlight: a whole number is needed"],
  ["ops: 2000", "ops: 0", "phases[1].rate.ops: a number is needed, of 0.001 to 1000000, not 0"],
  ["{ zipf: 0.99 }", "{ zipf: 0 }", "phases[1].pick.zipf: a number is needed, of 0.01 to 10, not 0"],
  ["{ zipf: 0.99 }", "once", 'phases[1].pick: "once" ends with the objects that are there, and a put takes'],
  ["sweep: [1, 4]", "sweep: [1, 1]", "phases[2].sweep: a step is there twice"],
  ["sweep: [1, 4]", "sweep: [0]", "phases[2].sweep[0]: a whole number is needed, of 1 to 65535, not 0"],
  ["sweep: [1, 4]", "sweep: [1], concurrency: 1", "phases[2].sweep: it has the concurrency"],
  ["mix: { stat: 1 }", "mix: { stat: 1 }, bytes: 1", "phases[3].bytes: nothing of the mix moves bytes"],
  ["mix: { stat: 1 }", "delete: big", "phases[3].duration: it is of a mix"],
  [
    "  - { delete: own }",
    "  - { delete: own }\n  - { put: big }",
    'phases[4]: "delete: own" removes all, and is',
  ],
  ["verify: sample 0.5%", "verify: 0.5%", 'verify: it is none, all, or a share such as "sample 1%"'],
  ["verify: sample 0.5%", "verify: sample 101%", "verify: a share of 0% to 100% is needed"],
  ["maxErrorRate: 5%", "maxErrorRate: 5", "maxErrorRate: a share of 0% to 100% is needed, not 5"],
  ["seed: 42", "seed: [", "it is neither YAML nor JSON"],
  ["seed: 42", "---", "it is neither YAML nor JSON: expected a single document"],
];

Deno.test("a wrong spec is refused, with the place and what may be meant", async () => {
  for (const [from, to, message] of WRONG) {
    assertStringIncludes(SPEC, from);
    const text = SPEC.replace(from, to);
    const error = await assertRejects(
      () => parseWorkload(text, { uri: "spec.yaml" }),
      WorkloadSpecError,
      undefined,
      `${from} → ${to}`,
    );
    assertStringIncludes(error.message, `Cannot take the workload "spec.yaml": `);
    assertStringIncludes(error.message, message);
  }
  for (const value of [undefined, null, 5, "", "text", "- a", [], {}, { version: 1 }]) {
    await assertRejects(() => parseWorkload(value), WorkloadSpecError);
  }
  await assertRejects(() => parseWorkload("a".repeat(2 ** 20 + 1)), WorkloadSpecError, "more than");
});

Deno.test("the workload of a bench has the same time for each step", async () => {
  const { phases, objects, verify } = await benchSpec({
    timeMs: 12_000,
    concurrency: [1, 8, 2],
    verify: 0.07,
  });
  assertEquals(
    phases.map((phase) => [phase.name, phase.kind === "mix" && phase.durationMs, phase.load]),
    ["put", "get"].map((name) => [name, 2000, { kind: "closed" as const, concurrency: [1, 8, 2] }]),
  );
  assertEquals([objects[0]?.count, objects[0]?.size], [256, { kind: "fixed", size: 4 * 2 ** 20 }]);
  assertEquals(Math.round(verify * 1e9), 70_000_000);
  await assertRejects(() => benchSpec({ concurrency: [] }), WorkloadSpecError, "sweep: it is empty");
  await assertRejects(() => benchSpec({ size: -1 }), WorkloadSpecError, "objects.bench.size");
});

Deno.test("a value that aliases make endless, or larger than any text, is told by its kind", async () => {
  const head = "version: 1\nobjects: { a: { count: 1, size: 1 } }\nphases:\n- put: [a]\n  name: ";
  let bomb = "[x, x, x, x, x, x, x, x, x, x]";
  for (let level = 0; level < 12; level++) bomb = `[&a${level} ${bomb}${`, *a${level}`.repeat(9)}]`;
  for (const [value, kind] of [["&x [*x]", "a list"], ["&x { y: *x }", "a mapping"], [bomb, "a list"]]) {
    await assertRejects(
      () => parseWorkload(head + value),
      WorkloadSpecError,
      `phases[0].name: a text is needed, not ${kind}`,
    );
  }
});
