import type { ObjectMeta } from "@lade/core";

/**
 * Whether an object goes, by what a listing has of it and by its name: its key below the source prefix, or its last part
 * where it is the source itself. It is asked once for each object, before anything else is done about it.
 */
export type ObjectFilter = (meta: ObjectMeta, name: string) => boolean;

/** What a filter is told of an entry that is no object: its size and its time are not known, and compare with nothing. */
export function metaOfLeftOut(key: string): ObjectMeta {
  return { key, size: NaN, lastModified: new Date(NaN) };
}
