import { type ObjectStore, objectUri } from "@lade/core";
import type { NdArray } from "@lade/formats/array";
import { FormatError } from "@lade/formats/errors";
import { openZarr, ZarrArray } from "@lade/formats/zarr";
import type { MapDataset } from "./dataset.ts";
import { ListedObjects } from "./listed_objects.ts";
import { ListedStore } from "./listed_store.ts";
import type { ObjectTable } from "./object_table.ts";
import { openShards } from "./open_shards.ts";
import type { ZarrDatasetOptions } from "./zarr_options.ts";
import { ZarrPart } from "./zarr_part.ts";

/** The objects that tell what a Zarr array or group is. */
const DOCUMENT = /^(.*\/)?(?:zarr\.json|\.zarray|\.zgroup)$/;

/** Opens all Zarr arrays that these objects are of as one data set. */
export async function openZarrRows(
  store: ObjectStore,
  table: ObjectTable,
  { fields, wholeChunks = false, ...options }: ZarrDatasetOptions,
): Promise<MapDataset<NdArray>> {
  const uri = options.uri ?? store.uri;
  const objects = new ListedObjects(table, uri);
  const listed = new ListedStore(store, objects);
  const roots = outermost(table);
  if (roots.length === 0) {
    const detail = "no Zarr is there: neither zarr.json nor .zarray nor .zgroup";
    throw new FormatError({ operation: "load", uri, detail });
  }
  return await openShards(store, roots, async (root, signal) => {
    const array = await arrayOf(listed, root, fields, signal);
    const part = new ZarrPart({ store, listed, objects, array, wholeChunks });
    return { part, bytes: part.bytes };
  }, { ...options, uri, inBlocks: !wholeChunks });
}

/** The prefixes of arrays and groups that lie in no other one. */
function outermost(objects: ObjectTable): string[] {
  const found = new Set<string>();
  for (let index = 0; index < objects.length; index++) {
    const [matched, root = ""] = DOCUMENT.exec(objects.at(index).key) ?? [];
    if (matched !== undefined) found.add(root);
  }
  return [...found].filter((root) => !isWithin(root, found));
}

function isWithin(root: string, others: ReadonlySet<string>): boolean {
  for (let end = root.length - 1; end > 0;) {
    end = root.lastIndexOf("/", end - 1);
    if (others.has(root.slice(0, end + 1))) return true;
  }
  return false;
}

/** The array of a prefix, or the only one of a group, or the one that is named. */
async function arrayOf(
  store: ObjectStore,
  root: string,
  fields: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<ZarrArray> {
  const node = await openZarr(store, root, { signal });
  const refuse = (detail: string) =>
    new TypeError(`Cannot load ${JSON.stringify(objectUri(store.uri, root))}: ${detail}`);
  if (node instanceof ZarrArray) {
    if (fields) throw refuse("it is one array, and has no fields");
    return node;
  }
  if (fields && fields.length !== 1) {
    throw refuse(`${fields.length} of its arrays are asked for: rows are those of one`);
  }
  const [wanted] = fields ?? [];
  if (wanted !== undefined) {
    const found = await node.open(wanted, { signal });
    if (found instanceof ZarrArray) return found;
    throw refuse(`${JSON.stringify(wanted)} is a group; name one of its arrays`);
  }
  const names: string[] = [];
  let only: ZarrArray | undefined;
  for await (const [name, array] of node.arrays({ signal })) {
    names.push(JSON.stringify(name));
    only ??= array;
    if (names.length > 20) break;
  }
  if (only && names.length === 1) return only;
  throw refuse(
    names.length === 0
      ? "it is a group without arrays"
      : `it is a group of several arrays; choose one by fields: ${names.join(", ")}`,
  );
}
