import type { DataLoader, LoaderOptions, MapDataset, OpenDatasetOptions } from "@lade/loader";
import { isLocalDirectory, locate, type LocatedUri, locatePrefix } from "@lade/transfer/places";
import { defaultLade } from "./functions.ts";
import type { Lade } from "./lade.ts";

/** Options of {@linkcode dataset}. */
export interface DatasetOptions extends OpenDatasetOptions {
  /** Opens the URI; the one of the free functions by default. */
  readonly lade?: Lade;
}

/** Options of {@linkcode loader}: those of batches and order, and what the samples are. */
export interface UriLoaderOptions<U, B> extends LoaderOptions<unknown, U, B> {
  /** What the samples are. */
  readonly dataset?: DatasetOptions;
}

/**
 * Opens what lies under a URI of any scheme as a data set of samples: whole objects, rows of npy, records of TFRecord or
 * samples of webdataset shards, as their names say; by the manifest beside them where there is one.
 */
export async function dataset(uri: string, options: DatasetOptions = {}): Promise<MapDataset<unknown>> {
  const { lade = defaultLade(), ...rest } = options;
  const [{ store, key }, { openDataset }] = await Promise.all([
    locateDataset(lade, uri),
    import("@lade/loader"),
  ]);
  return await openDataset(store, key, rest);
}

/** A local directory is one store with and without the slash at its end, so that its samples have one fingerprint. */
async function locateDataset(lade: Lade, uri: string): Promise<LocatedUri> {
  const place = await locate(lade, uri);
  return await isLocalDirectory(place.uri) ? await locatePrefix(lade, place) : place;
}

/** Makes a loader over what lies under a URI: batches of its samples in an exact order, resumed exactly. */
export async function loader<U = unknown, B = readonly U[]>(
  uri: string,
  options: UriLoaderOptions<U, B> = {},
): Promise<DataLoader<B>> {
  const { dataset: what = {}, ...rest } = options;
  const { signal } = rest;
  const { createLoader } = await import("@lade/loader");
  return createLoader<unknown, U, B>(await dataset(uri, { ...(signal && { signal }), ...what }), rest);
}
