import type { DataLoader } from "@lade/loader";
import type { TensorContainer } from "@tensorflow/tfjs-core";
import type * as tfData from "@tensorflow/tfjs-data";
import type { TensorsOf } from "../tensors/tensors_of.ts";
import { readyTensorFlow } from "../tensors/tensor_flow.ts";
import type { ToTensorsOptions } from "../tensors/to_tensors.ts";
import { Iterations, type MapTensors } from "./iterations.ts";

export type { MapTensors } from "./iterations.ts";

/** Options of {@linkcode toTfDataset}. */
export interface TfDatasetOptions extends ToTensorsOptions {
  /** What makes data sets; `@tensorflow/tfjs-data` by default, which is then loaded. */
  readonly data?: Pick<typeof tfData, "generator">;
}

/** A data set of TensorFlow.js that ends its loader when it is disposed of. */
export type TfDataset<T extends TensorContainer> = tfData.Dataset<T> & AsyncDisposable;

/**
 * Makes a data set of TensorFlow.js of a loader: each iteration of it, such as an epoch of `fitDataset`, goes through what
 * is left of the loader's present epoch, as {@linkcode toTensors} does with each batch. Batches without samples are passed
 * over. `fitDataset`, `forEachAsync` and `map` dispose of the tensors; who takes them of an iterator does so.
 *
 * TensorFlow.js never says that it leaves an iteration early (`take`, `batchesPerEpoch`): the next one ends it, and goes on
 * with the next batch, and asking the one before for more is then a `TypeError`. The last one ends when the data set is
 * disposed of, and with it the loader: use `await using`. An iteration in which no batch is left is a `TypeError` rather
 * than an empty one, which `repeat()` would ask for again without end.
 */
export async function toTfDataset<B, T extends TensorContainer>(
  loader: DataLoader<B>,
  options: TfDatasetOptions & { readonly map: MapTensors<B, T> },
): Promise<TfDataset<T>>;
/** Makes a data set of TensorFlow.js of a loader, which yields the tensors of each batch. */
export async function toTfDataset<B>(
  loader: DataLoader<B>,
  options?: TfDatasetOptions,
): Promise<TfDataset<TensorsOf<B> & TensorContainer>>;
export async function toTfDataset<B, T extends TensorContainer>(
  loader: DataLoader<B>,
  { tf: given, data: givenData, convert, map }: TfDatasetOptions & { readonly map?: MapTensors<B, T> } = {},
): Promise<TfDataset<T>> {
  const tf = await readyTensorFlow(given);
  const { generator } = givenData ?? await import("@tensorflow/tfjs-data");
  const iterations = new Iterations<B, T>(loader, { tf, convert, map });
  return Object.assign(generator<T>(() => iterations.begin()), {
    [Symbol.asyncDispose]: () => iterations.end(),
  });
}
