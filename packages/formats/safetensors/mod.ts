/**
 * safetensors: tensors by name, read by ranges and written where they lie.
 *
 * @module
 */
export { isSafetensorsDType } from "./dtype_names.ts";
export * from "./tensor_place.ts";
export * from "./plan_safetensors.ts";
export type { SafetensorsHeader } from "./parse_header.ts";
export type { TensorOptions, WantedTensor } from "./tensor_wanted.ts";
export * from "./safetensors_file.ts";
export type { TensorData, TensorToWrite } from "./tensor_data.ts";
export {
  writeSafetensors,
  type WriteSafetensorsOptions,
  type WrittenSafetensors,
} from "./write_safetensors.ts";
export {
  type CheckOptions,
  indexSafetensors,
  openSafetensorsSet,
  SafetensorsSet,
} from "./safetensors_set.ts";
export * from "./write_safetensors_set.ts";
export type { SafetensorsIndex } from "./parse_index.ts";
