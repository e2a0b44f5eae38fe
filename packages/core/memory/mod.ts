/**
 * `memory://`: objects in this process. `@lade/core` has it too.
 *
 * @module
 */
export * from "./memory_container.ts";
export * from "./memory_provider.ts";
export * from "./memory_store.ts";
