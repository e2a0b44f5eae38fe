/**
 * Data sets: what a loader takes samples from.
 *
 * @module
 */
export * from "./dataset.ts";
export * from "./object_table.ts";
export * from "./files_dataset.ts";
export * from "./concat_datasets.ts";
export * from "./mix_datasets.ts";
export * from "./records_dataset.ts";
export * from "./samples_dataset.ts";
export * from "./rows_dataset.ts";
