import { parseWorkload } from "./parse_workload.ts";
import type { WorkloadSpec } from "./workload_spec.ts";

/** What {@linkcode benchSpec} measures. */
export interface BenchOptions {
  /** Milliseconds of all steps together; 30,000 by default. */
  readonly timeMs?: number;
  /** Bytes of an object; 4 MiB by default. */
  readonly size?: number;
  /** How many objects there are at most; 256 by default. */
  readonly count?: number;
  /** Operations at a time, step by step; 1, 4, 16 and 64 by default. */
  readonly concurrency?: readonly number[];
  /** The share of reads that are compared with what was written: 0 to 1; 0 by default. */
  readonly verify?: number;
  /** Decides content and choices; 0 by default. */
  readonly seed?: number;
}

/**
 * A workload that shows how fast a store is from here: it puts objects of one size with more and more at a time, then gets
 * them so. Each step has the same time. Where all objects are there, puts replace them. Options out of their bounds are a
 * `WorkloadSpecError`.
 */
export async function benchSpec(options: BenchOptions = {}): Promise<WorkloadSpec> {
  const { timeMs = 30_000, size = 4 * 2 ** 20, count = 256, verify = 0, seed = 0 } = options;
  const { concurrency: sweep = [1, 4, 16, 64] } = options;
  const duration = `${Math.max(1, Math.round(timeMs / (2 * sweep.length)))}ms`;
  return await parseWorkload({
    version: 1,
    seed,
    objects: { bench: { count, size } },
    phases: ["put", "get"].map((op) => ({ name: op, mix: { [op]: 1 }, sweep, duration })),
    verify: `sample ${Number((verify * 100).toFixed(7))}%`,
  });
}
