/**
 * Plans that are saved by one process and executed by another, or by several: what goes where, and what was there.
 *
 * @module
 */
export * from "./run_plan.ts";
export * from "./save_plan.ts";
export * from "./save_sync_plan.ts";
export { PLAN_VERSION } from "../plan/plan_file.ts";
export type * from "../plan/plan_file.ts";
export { openPlan, type SavedPlan } from "../plan/read_plan.ts";
