/**
 * The share that one of many processes takes of a transfer, and how it learns which.
 *
 * @module
 */
export { type Environment, MOST_SHARDS, parseShard, type Shard } from "@lade/core/shard";
export * from "./shard.ts";
