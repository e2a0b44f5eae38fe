/**
 * The share that one of many processes takes of a transfer, and how it learns which.
 *
 * @module
 */
export * from "./parse_shard.ts";
export * from "./shard.ts";
export type { Environment } from "./shard_engines.ts";
