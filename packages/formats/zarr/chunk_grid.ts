import type { ArrayMetadata } from "./array_metadata.ts";

/** The part of each dimension that is wanted: from the first element up to before the last. */
export type Region = readonly (readonly [from: number, to: number])[];

/** Lengths of a region. */
export function lengthsOf(region: Region): number[] {
  return region.map(([from, to]) => to - from);
}

/** Yields the places of the chunks (or shards) that a region touches, in C order, without holding them. */
export function* chunksIn(region: Region, shape: readonly number[]): Generator<readonly number[]> {
  if (region.some(([from, to]) => to <= from)) return;
  const first = region.map(([from], axis) => Math.floor(from / (shape[axis] ?? 1)));
  const last = region.map(([, to], axis) => Math.floor((to - 1) / (shape[axis] ?? 1)));
  const place = [...first];
  for (;;) {
    yield [...place];
    let axis = place.length - 1;
    while (axis >= 0 && place[axis] === last[axis]) {
      place[axis] = first[axis] ?? 0;
      axis--;
    }
    if (axis < 0) return;
    place[axis] = (place[axis] ?? 0) + 1;
  }
}

/** The part of a region that lies in the chunk at a place. */
export function within(region: Region, shape: readonly number[], place: readonly number[]): Region {
  return region.map(([from, to], axis) => {
    const [start, length] = [(place[axis] ?? 0) * (shape[axis] ?? 1), shape[axis] ?? 1];
    return [Math.max(from, start), Math.min(to, start + length)] as const;
  });
}

/** The key of a chunk, behind that of its array. */
export function chunkKey({ keys: { separator, prefixed } }: ArrayMetadata, place: readonly number[]): string {
  if (prefixed) return ["c", ...place].join(separator);
  return place.length === 0 ? "0" : place.join(separator);
}

/** The place of the chunk that a key is of; `undefined` where it is of none. */
export function placeOfKey(metadata: ArrayMetadata, key: string): number[] | undefined {
  const { shape, keys: { separator, prefixed } } = metadata;
  const parts = key.split(separator);
  if (prefixed && parts.shift() !== "c") return undefined;
  const place = shape.length === 0 && !prefixed ? [] : parts.map(Number);
  return chunkKey(metadata, place) === key && place.length === shape.length ? place : undefined;
}

/** Whether a chunk at a place lies in the array. */
export function isInGrid({ shape, chunk, shard }: ArrayMetadata, place: readonly number[]): boolean {
  const stored = shard?.shape ?? chunk.shape;
  return place.every((at, axis) => at * (stored[axis] ?? 1) < (shape[axis] ?? 0));
}
