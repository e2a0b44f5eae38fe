import { Histogram } from "../histogram/histogram.ts";
import { type Estimate, estimatePercentile, estimateRatio, secondsOf } from "./intervals.ts";
import type { OpResult, PhaseResult, WorkloadResult } from "./workload_result.ts";

/** What is compared: operations and bytes a second, and what half and 99 of 100 operations took at most. */
export type ComparedMetric = "opsPerSecond" | "bytesPerSecond" | "p50" | "p99";

/** One figure of two results. */
export interface ComparedFigure {
  /** The phase. */
  readonly phase: string;
  /** Operations at a time; absent of a phase with a rate. */
  readonly concurrency?: number;
  /** The operation. */
  readonly op: string;
  /** What is compared. */
  readonly metric: ComparedMetric;
  /** Of the first result: a second, or nanoseconds. Absent where it has too few operations to tell. */
  readonly a?: number;
  /** Of the second. */
  readonly b?: number;
  /** `b / a`; absent where one of them is. */
  readonly ratio?: number;
  /** Between which bounds the ratio lies by 95 %; absent where there is too little to tell. */
  readonly interval?: readonly [number, number];
  /** What that says of the second result: `"same"` where it may be no difference, `"unclear"` where nothing is known. */
  readonly verdict: "faster" | "slower" | "same" | "unclear";
}

/** How two results differ. */
export interface Comparison {
  /** Where the specs differ: the place, and both values as JSON. */
  readonly differences: readonly { readonly path: string; readonly a: string; readonly b: string }[];
  /** The figures that both have. */
  readonly figures: readonly ComparedFigure[];
  /** Phases and operations that one of them alone has, and which of them ended early. */
  readonly unmatched: readonly string[];
  /** Whether the second result lacks what the first one has, or ended early: less was measured than is to be compared. */
  readonly isIncomplete: boolean;
}

const MOST_DIFFERENCES = 50;

/**
 * Compares the second result with the first, phase by phase. Rates have bounds by a bootstrap over whole seconds, of eight at
 * least, percentiles by ranks, which take operations for independent. A percentile that fewer than one operation is above is
 * not told.
 */
export function compareResults(a: WorkloadResult, b: WorkloadResult): Comparison {
  const pairsOf = ({ phases }: WorkloadResult) =>
    new Map(phases.flatMap((phase) => phase.ops.map((op) => [nameOf(phase, op), { phase, op }] as const)));
  const [ofA, ofB] = [pairsOf(a), pairsOf(b)];
  const early = (name: string, { stopped }: WorkloadResult) =>
    stopped === undefined ? [] : [`the ${name} ended early: ${stopped}`];
  const missing = [...ofA.keys()].filter((name) => !ofB.has(name));
  const unmatched = [
    ...early("first", a),
    ...early("second", b),
    ...missing.map((name) => `${name}: in the first alone`),
    ...[...ofB.keys()].filter((name) => !ofA.has(name)).map((name) => `${name}: in the second alone`),
  ];
  const differences = differencesOf(
    { ...a.spec, target: a.target },
    { ...b.spec, target: b.target },
    "",
  ).slice(0, MOST_DIFFERENCES);
  const figures = [...ofA].flatMap(([name, one]) => {
    const other = ofB.get(name);
    return other ? figuresOf(one, other) : [];
  });
  return { differences, figures, unmatched, isIncomplete: missing.length > 0 || b.stopped !== undefined };
}

interface Part {
  readonly phase: PhaseResult;
  readonly op: OpResult;
}

function nameOf({ name, concurrency }: PhaseResult, { op }: OpResult): string {
  return concurrency === undefined ? `${name} ${op}` : `${name} with ${concurrency} at a time ${op}`;
}

function figuresOf(a: Part, b: Part): ComparedFigure[] {
  const { name, concurrency } = a.phase;
  const common = { phase: name, ...(concurrency !== undefined && { concurrency }), op: a.op.op };
  const rates = (["ops", "bytes"] as const).flatMap((of): ComparedFigure[] => {
    const metric = of === "ops" ? "opsPerSecond" : "bytesPerSecond";
    const [valueA, valueB] = [a.op[metric], b.op[metric]];
    if (of === "bytes" && valueA === 0 && valueB === 0) return [];
    const ratio = valueA > 0 ? valueB / valueA : undefined;
    const bounds = estimateRatio(secondsOf(a.phase, a.op, of), secondsOf(b.phase, b.op, of));
    return [{
      ...{ ...common, metric, a: valueA, b: valueB },
      ...judged(ratio, bounds, true),
    }];
  });
  const percentiles = ([50, 99] as const).map((percent): ComparedFigure => {
    const estimate = ({ op }: Part) => estimatePercentile(Histogram.restore(op.latency), percent);
    const [valueA, valueB] = [estimate(a), estimate(b)];
    const ratio = valueA && valueB && valueA.value > 0 ? valueB.value / valueA.value : undefined;
    return {
      ...{ ...common, metric: percent === 50 ? "p50" : "p99" },
      ...(valueA && { a: valueA.value }),
      ...(valueB && { b: valueB.value }),
      ...judged(ratio, boundsOf(valueA, valueB), false),
    };
  });
  return [...rates, ...percentiles];
}

/** The widest that both bounds allow. */
function boundsOf(a: Estimate | undefined, b: Estimate | undefined): Omit<Estimate, "value"> {
  if (!a?.low || !a.high || b?.low === undefined || b.high === undefined) return {};
  return { low: b.low / a.high, high: b.high / a.low };
}

function judged(
  ratio: number | undefined,
  { low, high }: Omit<Estimate, "value">,
  isRate: boolean,
): Pick<ComparedFigure, "ratio" | "interval" | "verdict"> {
  if (ratio === undefined) return { verdict: "unclear" };
  if (low === undefined || high === undefined) return { ratio, verdict: "unclear" };
  const interval = [low, high] as const;
  if (low <= 1 && high >= 1) return { ratio, interval, verdict: "same" };
  // A rate and its seconds that contradict each other say nothing.
  if (low > 1 ? ratio <= 1 : ratio >= 1) return { ratio, interval, verdict: "unclear" };
  return { ratio, interval, verdict: (low > 1) === isRate ? "faster" : "slower" };
}

/** Where two values of JSON differ. */
function differencesOf(a: unknown, b: unknown, path: string): { path: string; a: string; b: string }[] {
  const isNested = (value: unknown) => typeof value === "object" && value !== null;
  if (isNested(a) && isNested(b) && Array.isArray(a) === Array.isArray(b)) {
    const [mapA, mapB] = [new Map(Object.entries(a as object)), new Map(Object.entries(b as object))];
    return [...new Set([...mapA.keys(), ...mapB.keys()])].flatMap((key) => {
      const below = Array.isArray(a) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
      return differencesOf(mapA.get(key), mapB.get(key), below);
    });
  }
  const text = (value: unknown) => value === undefined ? "nothing" : JSON.stringify(value);
  return text(a) === text(b) ? [] : [{ path, a: text(a), b: text(b) }];
}
