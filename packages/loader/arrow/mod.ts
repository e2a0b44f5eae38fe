/**
 * Batches of a loader as a stream in Arrow's IPC format, for readers in other languages.
 *
 * @module
 */
export * from "./batch_columns.ts";
export { fixedColumns } from "./fixed_columns.ts";
export { sampleColumns } from "./sample_columns.ts";
export { arrayColumns } from "./array_columns.ts";
export { tableColumns } from "./table_columns.ts";
export { type ColumnOptions, datasetColumns } from "./dataset_columns.ts";
export { BATCH_METADATA, type BatchNote, STATE_METADATA } from "./batch_messages.ts";
export * from "./write_batches.ts";
export * from "./share_batches.ts";
export * from "./shared_buffers.ts";
export type { SharedReader } from "./handover.ts";
export type { WriteBytes } from "./message_sender.ts";
