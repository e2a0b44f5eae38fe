import { type ObjectStore, objectUri, PlaceJudge } from "@lade/core";
import { type OpenDatasetOptions, openFound, settleDataset } from "../open/open_dataset.ts";
import { groupedFiles } from "./grouped_files.ts";
import { packDataset } from "./pack_dataset.ts";
import type { PackedDataset, PackOptions } from "./pack_options.ts";
import { packDestination } from "./shard_names.ts";

/** Options of {@linkcode packObjects}: how samples are packed, and what they are. */
export interface PackObjectsOptions extends Omit<PackOptions, "prefix">, OpenDatasetOptions {}

/** A place of a store. */
export interface PackEnd {
  /** The store. */
  readonly store: ObjectStore;
  /** A key or prefix. */
  readonly key: string;
}

/**
 * Opens what lies under a prefix as a loader does, and packs it with {@linkcode packDataset}. Whole objects are called by their
 * names below the prefix; to tar those that webdataset puts together (`1.jpg`, `1.cls`) become one sample, and those without an
 * extension get `.bin`. A destination within the source is a `TypeError`.
 */
export async function packObjects(
  from: PackEnd,
  to: PackEnd,
  options: PackObjectsOptions = {},
): Promise<PackedDataset> {
  const { kind, fields, manifest, index, schema, onLeftOut, ...packing } = options;
  const { signal, format } = packing;
  const call = signal ? { signal } : {};
  const opening: OpenDatasetOptions = {
    ...call,
    ...(kind !== undefined && { kind }),
    ...(fields !== undefined && { fields }),
    ...(manifest !== undefined && { manifest }),
    ...(index !== undefined && { index }),
    ...(schema !== undefined && { schema }),
    ...(onLeftOut !== undefined && { onLeftOut }),
  };
  const destination = packDestination(to.key, format);
  const prefix = from.key === "" || from.key.endsWith("/") ? from.key : `${from.key}/`;
  const [outer, inner] = [{ store: from.store, key: prefix }, { store: to.store, key: destination.prefix }];
  if (await new PlaceJudge().contains(outer, inner, undefined, call)) {
    throw new TypeError(
      `Cannot pack to ${
        JSON.stringify(objectUri(to.store.uri, to.key))
      } among the objects that are packed: choose another place`,
    );
  }
  const settled = await settleDataset(from.store, from.key, opening);
  const start = settled.isObject ? from.key.slice(0, from.key.lastIndexOf("/") + 1) : prefix;
  if (settled.kind === "files" && destination.format === "tar") {
    await using dataset = await groupedFiles(from.store, start, settled.objects);
    return await packDataset(dataset, to.store, to.key, packing);
  }
  await using dataset = await openFound(from.store, from.key, settled, opening);
  return await packDataset(dataset, to.store, to.key, { ...packing, prefix: start });
}
