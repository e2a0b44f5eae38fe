import { checkOptions } from "@lade/core/backend";
import type { NdArray } from "@lade/formats/array";
import type { LoaderOptions } from "../config/loader_options.ts";
import { LOADER_OPTIONS } from "../config/resolve_config.ts";
import {
  type Dataset,
  type FixedSample,
  isMapDataset,
  isStreamMixture,
  type MapDataset,
} from "../datasets/dataset.ts";
import { needDataset } from "../datasets/need_dataset.ts";
import type { DataLoader } from "./data_loader.ts";
import { MapLoader } from "./map_loader.ts";
import { MixtureLoader } from "./mixture_loader.ts";
import { StreamLoader } from "./stream_loader.ts";

/** Makes a loader over samples that are all alike: a batch is one array, with the samples' number as its first dimension. */
export function createLoader<T>(
  dataset: MapDataset<T> & { readonly fixed: FixedSample },
  options?: LoaderOptions<T> & { readonly transform?: never; readonly collate?: never },
): DataLoader<NdArray>;
/** Makes a loader. Nothing is read before the first batch is asked for. */
export function createLoader<T, U = T, B = readonly U[]>(
  dataset: Dataset<T>,
  options?: LoaderOptions<T, U, B>,
): DataLoader<B>;
export function createLoader<T, U, B>(
  dataset: Dataset<T>,
  options: LoaderOptions<T, U, B> = {},
): DataLoader<B> {
  needDataset("load", dataset);
  checkOptions("make a loader", options, LOADER_OPTIONS);
  if (isStreamMixture(dataset)) return new MixtureLoader(dataset, options);
  return isMapDataset(dataset) ? new MapLoader(dataset, options) : new StreamLoader(dataset, options);
}
