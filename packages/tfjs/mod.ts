/**
 * Batches of `@lade/loader` as tensors of TensorFlow.js, without a copy where its backend takes memory as it lies.
 * TensorFlow.js is the caller's: it is loaded when it is first needed, unless it is given.
 *
 * @module
 */
export * from "./tensors/to_tensors.ts";
export type * from "./tensors/tensors_of.ts";
export type { Conversion } from "./values/convert_values.ts";
export type { TensorFlow } from "./tensors/tensor_flow.ts";
export * from "./dataset/to_tf_dataset.ts";
