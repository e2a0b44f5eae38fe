/**
 * Data sets: what a loader takes samples from.
 *
 * @module
 */
export * from "./dataset.ts";
export * from "./object_table.ts";
export type { ListedOptions, ListedShards, ShardInfo } from "./listed_shards.ts";
export * from "./files_dataset.ts";
export * from "./concat_datasets.ts";
export * from "./mix_datasets.ts";
export * from "./records_dataset.ts";
export * from "./samples_dataset.ts";
export * from "./rows_dataset.ts";
export * from "./table_dataset.ts";
export type * from "./table_samples.ts";
export * from "./tensors_dataset.ts";
export type * from "./tensor_samples.ts";
export * from "./zarr_dataset.ts";
export type * from "./zarr_options.ts";
export { LostSample } from "./lost_sample.ts";
export type { StreamObjectsOptions } from "./stream_objects.ts";
export { streamRecords } from "./stream_records.ts";
export * from "./stream_samples.ts";
export { type RowSample, streamRows } from "./stream_rows.ts";
export * from "./piped_stream.ts";
