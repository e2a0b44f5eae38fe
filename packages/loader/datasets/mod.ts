/**
 * Data sets: what a loader takes samples from.
 *
 * @module
 */
export * from "./dataset.ts";
export * from "./object_table.ts";
export * from "./files_dataset.ts";
