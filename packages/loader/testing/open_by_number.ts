import type { ObjectStore } from "@lade/core";
import { isMapDataset, type MapDataset } from "../datasets/dataset.ts";
import { openDataset, type OpenDatasetOptions } from "../open/open_dataset.ts";

/** Opens what has samples by number; a `TypeError` of what can only be gone through. */
export async function openByNumber(
  store: ObjectStore,
  key: string,
  options?: OpenDatasetOptions,
): Promise<MapDataset<unknown>> {
  const dataset = await openDataset(store, key, options);
  if (!isMapDataset(dataset)) throw new TypeError(`${dataset.uri} is a stream`);
  return dataset;
}
