import type { ObjectStore } from "@lade/core";
import type { NdArray } from "@lade/formats/array";
import type { MapDataset } from "./dataset.ts";
import type { TensorRow, TensorSample, TensorsDatasetOptions } from "./tensor_samples.ts";

/** A data set of rows, of one tensor or several, or of whole tensors. */
export type TensorsDataset = MapDataset<NdArray> | MapDataset<TensorRow> | MapDataset<TensorSample>;

/**
 * The tensors of safetensors files as samples, in the order of `keys`. All tensors of a file that are read have as many
 * rows, and a sample is a row of each, by name; of a single tensor it is its row, and batches of these are one array, read
 * straight into it. Or each tensor is a sample. The store stays the caller's.
 */
export async function tensorsDataset(
  store: ObjectStore,
  keys: readonly string[],
  options: TensorsDatasetOptions = {},
): Promise<TensorsDataset> {
  const { openTensors } = await import("./open_tensors.ts");
  // What its samples are is what the options and the files say.
  return await openTensors(store, keys, options) as TensorsDataset;
}
