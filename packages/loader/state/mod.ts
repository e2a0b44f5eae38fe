/**
 * Where a loader is, as plain JSON.
 *
 * @module
 */
export * from "./loader_state.ts";
export * from "./merge_states.ts";
export { Rest } from "./rest.ts";
