import { Histogram, type HistogramState } from "../histogram/histogram.ts";
import { adviceOf } from "./advice.ts";
import type { MixOp } from "../spec/workload_spec.ts";
import type { ErrorResult, OpResult, PhaseResult, SecondResult, WorkloadResult } from "./workload_result.ts";

const MOST_EXAMPLES = 10;

/**
 * Adds up what several processes came to that ran one workload at a time, each with a seed and a target of its own or not.
 * Histograms are merged without loss, and rates are added. Results of none, or of other phases, are a `RangeError`.
 */
export function mergeResults(results: readonly WorkloadResult[]): WorkloadResult {
  const [first, ...rest] = results;
  if (!first) throw new RangeError("there are no results to merge");
  const shapeOf = ({ phases }: WorkloadResult) =>
    JSON.stringify(phases.map(({ name, concurrency, rate }) => [name, concurrency, rate]));
  if (rest.some((result) => shapeOf(result) !== shapeOf(first))) {
    throw new RangeError("results of other phases can not be merged");
  }
  const stopped = results.find(({ stopped }) => stopped !== undefined)?.stopped;
  const phases = first.phases.map((phase, at) =>
    mergePhases(phase, results.flatMap(({ phases }) => phases[at] ?? []))
  );
  return {
    ...first,
    host: {
      cpus: sum(results, ({ host }) => host.cpus),
      runtime: [...new Set(results.map(({ host }) => host.runtime))].join(", "),
    },
    startedAt: results.map(({ startedAt }) => startedAt).toSorted()[0] ?? first.startedAt,
    phases,
    verify: {
      reads: sum(results, ({ verify }) => verify.reads),
      wrong: sum(results, ({ verify }) => verify.wrong),
      examples: results.flatMap(({ verify }) => verify.examples).slice(0, MOST_EXAMPLES),
    },
    ...(stopped !== undefined && { stopped }),
    advice: adviceOf({ phases }),
  };
}

/** `first` is one of them. */
function mergePhases(first: PhaseResult, phases: readonly PhaseResult[]): PhaseResult {
  const latest = (of: (phase: PhaseResult) => number) => Math.max(...phases.map(of));
  const ramps = phases.flatMap(({ ramp }) => ramp ?? []);
  const latenesses = phases.flatMap(({ lateness }) => lateness ?? []);
  const throttled = phases.flatMap(({ throttled }) => throttled ?? []);
  const byOp = Map.groupBy(phases.flatMap(({ ops }) => ops), ({ op }) => op);
  return {
    name: first.name,
    ...(first.concurrency !== undefined &&
      { concurrency: sum(phases, ({ concurrency = 0 }) => concurrency) }),
    ...(first.rate !== undefined && { rate: sum(phases, ({ rate = 0 }) => rate) }),
    startMs: Math.min(...phases.map(({ startMs }) => startMs)),
    durationMs: latest(({ durationMs }) => durationMs),
    steadyMs: latest(({ steadyMs }) => steadyMs),
    mostInFlight: sum(phases, ({ mostInFlight }) => mostInFlight),
    heldByInFlight: sum(phases, ({ heldByInFlight }) => heldByInFlight),
    heldByMemory: sum(phases, ({ heldByMemory }) => heldByMemory),
    ...(ramps.length > 0 && {
      ramp: { ops: sum(ramps, ({ ops }) => ops), errors: sum(ramps, ({ errors }) => errors) },
    }),
    ...(latenesses.length > 0 && { lateness: mergeStates(latenesses) }),
    clientLag: mergeStates(phases.map(({ clientLag }) => clientLag)),
    ...(throttled.length > 0 && { throttled: sum(throttled, (count) => count) }),
    ops: [...byOp].map(([op, same]) => mergeOps(op, same)),
  };
}

function mergeOps(op: MixOp, ops: readonly OpResult[]): OpResult {
  const bounds = [...new Set(ops.flatMap(({ sizes }) => sizes.map(({ most = Infinity }) => most)))];
  return {
    op,
    ops: sum(ops, ({ ops }) => ops),
    bytes: sum(ops, ({ bytes }) => bytes),
    objects: sum(ops, ({ objects }) => objects),
    opsPerSecond: sum(ops, ({ opsPerSecond }) => opsPerSecond),
    bytesPerSecond: sum(ops, ({ bytesPerSecond }) => bytesPerSecond),
    errors: mergeErrors(ops.flatMap(({ errors }) => errors)),
    latency: mergeStates(ops.map(({ latency }) => latency)),
    serviceTime: mergeStates(ops.map(({ serviceTime }) => serviceTime)),
    answer: mergeStates(ops.map(({ answer }) => answer)),
    sizes: bounds.toSorted((a, b) => a - b).map((bound) => {
      const sized = ops.flatMap(({ sizes }) => sizes.find(({ most = Infinity }) => most === bound) ?? []);
      return {
        ...(bound < Infinity && { most: bound }),
        ops: sum(sized, ({ ops }) => ops),
        bytes: sum(sized, ({ bytes }) => bytes),
        latency: mergeStates(sized.map(({ latency }) => latency)),
      };
    }),
    series: mergeSeries(ops.flatMap(({ series }) => series)),
  };
}

function mergeErrors(errors: readonly ErrorResult[]): ErrorResult[] {
  return [...Map.groupBy(errors, ({ kind }) => kind)].map(([kind, same]) => ({
    kind,
    count: sum(same, ({ count }) => count),
    example: same[0]?.example ?? "",
  }));
}

/** Percentiles of seconds are those of one process alone: of several they can not be told from theirs. */
function mergeSeries(seconds: readonly SecondResult[]): SecondResult[] {
  return [...Map.groupBy(seconds, ({ t }) => t)].toSorted(([a], [b]) => a - b).map(([t, same]) => {
    const [first, ...others] = same;
    if (first && others.length === 0) return first;
    const most = same.flatMap(({ max }) => max ?? []);
    return {
      t,
      ops: sum(same, ({ ops }) => ops),
      bytes: sum(same, ({ bytes }) => bytes),
      errors: sum(same, ({ errors }) => errors),
      ...(most.length > 0 && { max: Math.max(...most) }),
    };
  });
}

function mergeStates(states: readonly HistogramState[]): HistogramState {
  const precisionBits = Math.min(...states.map(({ precisionBits }) => precisionBits));
  const merged = new Histogram({ precisionBits });
  for (const state of states) merged.merge(Histogram.restore(state));
  return merged.toState();
}

function sum<T>(all: readonly T[], of: (each: T) => number): number {
  return all.reduce((sum, each) => sum + of(each), 0);
}
