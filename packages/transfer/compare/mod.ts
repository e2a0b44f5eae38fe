/**
 * Whether two objects are the same, by the evidence that costs least.
 *
 * @module
 */
export type * from "./compare_options.ts";
export type { Difference, Evidence, Listed } from "./difference.ts";
export * from "./difference_judge.ts";
