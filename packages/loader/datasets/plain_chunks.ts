import type { ObjectStore } from "@lade/core";
import type { ZarrArray } from "@lade/formats/zarr";
import type { SampleRead } from "./dataset.ts";
import type { ListedObjects } from "./listed_objects.ts";

/** Where rows of an array would be read. */
export interface PlainChunksSetup {
  readonly store: ObjectStore;
  readonly objects: ListedObjects;
  readonly array: ZarrArray;
  /** Bytes of a row. */
  readonly rowBytes: number;
}

/** The key of the first of the objects that have some rows: by how many times as many rows as it has lie before them. */
export function keyOfRows({ prefix, metadata: { shape, keys } }: ZarrArray, place: number): string {
  const places = [place, ...shape.slice(1).map(() => 0)];
  return prefix + [...(keys.prefixed ? ["c"] : []), ...places].join(keys.separator);
}

/**
 * Says where each row of an array lies, where chunks are stored as they are and have whole rows, and all of them are there;
 * else nothing: rows have to be decoded.
 */
export function plainChunks(
  { store, objects, array, rowBytes }: PlainChunksSetup,
): ((row: number) => Omit<SampleRead, "place">) | undefined {
  const { shape, chunk, shard, type } = array.metadata;
  const [rows = 0, ...rest] = shape;
  const [step = 1, ...across] = chunk.shape;
  const isPlain = !shard && chunk.codecs.length === 0 && (!chunk.isBigEndian || type.bytes === 1) &&
    chunk.order.every((axis, place) => axis === place) &&
    rest.every((length, axis) => length === across[axis]);
  if (!isPlain || rowBytes === 0) return undefined;
  const keyOf = (group: number) => keyOfRows(array, group);
  for (let group = 0; group * step < rows; group++) {
    if (objects.find(keyOf(group))?.size !== step * rowBytes) return undefined;
  }
  return (row) => {
    const key = keyOf(Math.floor(row / step));
    const etag = objects.find(key)?.etag;
    const offset = row % step * rowBytes;
    return { store, key, offset, length: rowBytes, ...(etag !== undefined && { etag }) };
  };
}
