/**
 * Batches of a loader as a stream in Arrow's IPC format, for readers in other languages.
 *
 * @module
 */
export * from "./batch_columns.ts";
export { fixedColumns } from "./fixed_columns.ts";
export { sampleColumns } from "./sample_columns.ts";
export { datasetColumns } from "./dataset_columns.ts";
export * from "./write_batches.ts";
export type { WriteBytes } from "./message_sender.ts";
