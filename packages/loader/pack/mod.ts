/**
 * Data sets packed into shards.
 *
 * @module
 */
export * from "./pack_options.ts";
export * from "./pack_dataset.ts";
export * from "./pack_objects.ts";
export { type PackDestination, packDestination } from "./shard_names.ts";
