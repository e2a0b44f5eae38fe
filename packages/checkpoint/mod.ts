/**
 * Checkpoints of training on any store: whole or not there, saved by any number of ranks, loaded by any other number.
 *
 * @module
 */
export * from "./errors/errors.ts";
export type { CheckpointRef } from "./keys/series_keys.ts";
export type { JsonValue } from "./json/canonical_json.ts";
export type * from "./record/tensor_info.ts";
export type * from "./series/checkpoint_info.ts";
export type * from "./save/checkpoint_content.ts";
export type { RecoveryReport } from "./save/recover.ts";
export type { KeepPolicy } from "./retention/keep_policy.ts";
export type { GcReport, RemovedObjects } from "./retention/gc_report.ts";
export type { DamagedCheckpoint } from "./series/read_checkpoint.ts";
export type { TensorTarget } from "./load/plan_load.ts";
export type { LoadOptions, LoadReport } from "./load/load_tensors.ts";
export type * from "./verify/verify_report.ts";
export type { SeriesPlace } from "./series/series_place.ts";
export * from "./copy/copy_checkpoint.ts";
export type { LoadAllOptions, TensorReader } from "./load/tensor_reader.ts";
export { Checkpoint, type ExtraInfo } from "./load/checkpoint.ts";
export {
  exportCheckpoint,
  type ExportFormat,
  type ExportOptions,
  type ExportReport,
} from "./export/export_checkpoint.ts";
export type { ForeignCheckpoint, ForeignKind } from "./foreign/foreign_checkpoint.ts";
export { loadForeign, type LoadForeignOptions } from "./foreign/load_foreign.ts";
export type { RawTensor } from "./raw/raw_description.ts";
export * from "./foreign/s3dlio_checkpoints.ts";
export type * from "./open/checkpoints.ts";
export type { CheckpointsOptions } from "./open/checkpoints_options.ts";
export { type FoundRun, runFromEnvironment } from "./open/run_from_environment.ts";
export { openCheckpoints } from "./open/open_checkpoints.ts";
