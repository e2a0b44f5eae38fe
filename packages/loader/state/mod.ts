/**
 * Where a loader is, as plain JSON.
 *
 * @module
 */
export type { LaneState } from "./lane_state.ts";
export * from "./loader_state.ts";
export type { DrawnState, MixtureLaneState, MixtureState } from "./mixture_state.ts";
export * from "./merge_states.ts";
export { Rest } from "./rest.ts";
