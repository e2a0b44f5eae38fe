/**
 * Which of several processes this one is, as whatever started it says.
 *
 * @module
 */
export * from "./parse_rank.ts";
export * from "./parse_shard.ts";
export * from "./shard.ts";
export type { Environment } from "./shard_engines.ts";
