/**
 * A tree that is brought up to date by another one, between every pair of stores.
 *
 * @module
 */
export * from "./sync.ts";
export type * from "./sync_request.ts";
