/**
 * Op-logs of object stores: what was done, when, how long it took and what came of it, one row for each operation.
 *
 * @module
 */
export * from "./histogram/mod.ts";
export * from "./oplog.ts";
export * from "./replay/mod.ts";
