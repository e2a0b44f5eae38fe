/**
 * From one format to another, and between files and the formats that hold many of them.
 *
 * @module
 */
export type { Converted, ConvertOptions, ConvertPlace } from "./conversion.ts";
export * from "./convert.ts";
export {
  type ConvertedTable,
  type NewTable,
  tableToTable,
  type TableToTableOptions,
} from "./table_to_table.ts";
export { filesToTar, type FilesToTarOptions, type WrittenTar } from "./files_to_tar.ts";
export { tarToFiles, type TarToFilesOptions, type UnpackedTar } from "./tar_to_files.ts";
export {
  type FileRecords,
  filesToTfrecord,
  type FilesToTfrecordOptions,
  type WrittenTfrecord,
} from "./files_to_tfrecord.ts";
export { tfrecordToFiles, type TfrecordToFilesOptions, type UnpackedTfrecord } from "./tfrecord_to_files.ts";
export { hasShardPattern, shardKey } from "./shard_keys.ts";
export { npzToSafetensors, type NpzToSafetensorsOptions } from "./npz_to_safetensors.ts";
