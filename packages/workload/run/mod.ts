/**
 * Workloads: what is done to which objects, as a spec says it. Specs are read and checked, run on any store, cleaned up after,
 * and their results merged and compared.
 *
 * @module
 */
export { type BenchOptions, benchSpec } from "../spec/bench_spec.ts";
export { parseWorkload, type ParseWorkloadOptions } from "../spec/parse_workload.ts";
export type * from "../spec/workload_spec.ts";
export { WorkloadSpecError, type WorkloadSpecErrorOptions } from "../errors/workload_spec_error.ts";
export type { StoreResolver } from "../replay/replay_options.ts";
export { type CleanedWorkload, cleanWorkload, type CleanWorkloadOptions } from "./clean_workload.ts";
export { type PlannedPhase, type PlannedSet, planWorkload, type WorkloadPlan } from "./plan_workload.ts";
export { runWorkload, type RunWorkloadOptions, type WorkloadProgress } from "./run_workload.ts";
export { type Sweep, type SweepPoint, sweepsOf } from "../result/knee.ts";
export {
  type ComparedFigure,
  type ComparedMetric,
  compareResults,
  type Comparison,
} from "../result/compare_results.ts";
export { type Estimate, estimatePercentile } from "../result/intervals.ts";
export { mergeResults } from "../result/merge_results.ts";
export { readResult } from "../result/read_result.ts";
export type {
  Advice,
  AdviceCode,
  ErrorResult,
  OpResult,
  PhaseResult,
  SecondResult,
  SizeResult,
  WorkloadResult,
  WrongContent,
} from "../result/workload_result.ts";
