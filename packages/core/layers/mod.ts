/**
 * Layers: functions from store to store. `@lade/core` has them too.
 *
 * @module
 */
export * from "./forwarding_store.ts";
export * from "./prefix_store.ts";
export * from "./observe.ts";
export type * from "./store_event.ts";
export { tagsOf } from "./tags_of.ts";
export { ForwardingPartWriter } from "./forwarding_part_writer.ts";
