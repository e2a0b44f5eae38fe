/**
 * Loads samples of any store in an exact order.
 *
 * @module
 */
export * from "./order/mod.ts";
export * from "./state/mod.ts";
export * from "./datasets/mod.ts";
export * from "./world/world_from_environment.ts";
export * from "./manifest/manifest.ts";
export * from "./manifest/pack_plan.ts";
export * from "./open/compare_manifest.ts";
export {
  listDataset,
  openDataset,
  type OpenDatasetOptions,
  openSettled,
  settleDataset,
  type SettledDataset,
} from "./open/open_dataset.ts";
export type * from "./pool/buffer_source.ts";
export type * from "./config/loader_options.ts";
export type * from "./config/resolve_config.ts";
export type { ModuleExport } from "./config/module_export.ts";
export type * from "./config/sample_failure.ts";
export type { LoaderStats } from "./stats/loader_stats.ts";
export type * from "./loader/data_loader.ts";
export { SampleError } from "./loader/sample_error.ts";
export { createLoader } from "./loader/create_loader.ts";
