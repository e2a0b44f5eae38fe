import type { ObjectStore } from "@lade/core";
import type { NdArray } from "@lade/formats/array";
import type { MapDataset } from "./dataset.ts";
import type { ObjectTable } from "./object_table.ts";
import type { ZarrDatasetOptions } from "./zarr_options.ts";

/**
 * The rows of Zarr arrays as samples: what each has at an index of its first dimension, one array after the other, in the
 * order of keys. `objects` are all objects of the arrays, as they were listed: chunks are held to their tags, and one that
 * is not there is the fill value without being asked for. The chunks that rows lie in are read and decoded once for all rows
 * that are wanted of them while there is room; where they are stored as they are, rows are read straight into their place.
 * The store stays the caller's.
 */
export async function zarrDataset(
  store: ObjectStore,
  objects: ObjectTable,
  options: ZarrDatasetOptions = {},
): Promise<MapDataset<NdArray>> {
  const { openZarrRows } = await import("./open_zarr_rows.ts");
  return await openZarrRows(store, objects, options);
}
