import type { PhaseResult } from "./workload_result.ts";

/** What one step of a sweep came to. */
export interface SweepPoint {
  /** Operations at a time. */
  readonly concurrency: number;
  /** Bytes a second; operations a second where nothing moves bytes. */
  readonly rate: number;
  /** The step. */
  readonly phase: PhaseResult;
}

/** A sweep, and where more at a time brings little more. */
export interface Sweep {
  /** The name of its phase. */
  readonly name: string;
  /** Whether rates are of bytes; else of operations. */
  readonly isOfBytes: boolean;
  /** The steps, by their concurrency. */
  readonly points: readonly SweepPoint[];
  /** The least concurrency that reaches 90 % of the best rate. */
  readonly knee: SweepPoint;
  /** The step with the best rate. */
  readonly best: SweepPoint;
}

const ENOUGH = 0.9;

/** The sweeps of a run: phases that have several steps, in which something was done. */
export function sweepsOf(phases: readonly PhaseResult[]): Sweep[] {
  const byName = Map.groupBy(phases, ({ name }) => name);
  return [...byName].flatMap(([name, steps]) => {
    const isOfBytes = steps.some(({ ops }) => ops.some(({ bytes }) => bytes > 0));
    const points = steps.flatMap((phase) => {
      const { concurrency, ops } = phase;
      if (concurrency === undefined) return [];
      const rate = ops.reduce(
        (sum, { bytesPerSecond, opsPerSecond }) => sum + (isOfBytes ? bytesPerSecond : opsPerSecond),
        0,
      );
      return [{ concurrency, rate, phase }];
    }).toSorted((a, b) => a.concurrency - b.concurrency);
    const most = Math.max(0, ...points.map(({ rate }) => rate));
    const [best, knee] = [most, ENOUGH * most].map((least) => points.find(({ rate }) => rate >= least));
    return points.length > 1 && best && knee && most > 0 ? [{ name, isOfBytes, points, knee, best }] : [];
  });
}
