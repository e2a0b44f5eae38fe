/**
 * What bounds and orders work that goes on at the same time.
 *
 * @module
 */
export * from "./abortable_queue.ts";
export * from "./adaptive_limit.ts";
export * from "./follow_abort.ts";
export * from "./hedge_budget.ts";
export * from "./in_order.ts";
export * from "./in_parallel.ts";
export type * from "./learned_limit.ts";
export * from "./linked_list.ts";
export * from "./range_hedges.ts";
export * from "./source_worker.ts";
export * from "./unless_aborted.ts";
