import type { ObjectMeta } from "@lade/core";

/**
 * Says of a listed object whether it is meant; `name` is its key below the prefix that is listed, or the last part of the
 * key where one object is the source. A size or a time that is not known (`NaN`) leaves nothing out.
 */
export interface ObjectFilter {
  /** Whether the object is meant. */
  (meta: ObjectMeta, name: string): boolean;
  /**
   * What accepted names begin with, none the beginning of another, in the order of keys: a listing may leave out the rest.
   * Absent where any name may be accepted.
   */
  readonly prefixes?: readonly string[];
  /** The only names that may be accepted, each of which is expected to be there; absent where none are listed. */
  readonly names?: ReadonlySet<string>;
  /** Only the name decides: then no object has to be looked at. `false` by default. */
  readonly byNameOnly?: boolean;
}

/** A filter that accepts what all of these accept; the absent ones accept everything. `undefined` where all are absent. */
export function everyFilter(filters: readonly (ObjectFilter | undefined)[]): ObjectFilter | undefined {
  const all = filters.filter((filter) => filter !== undefined);
  const [first] = all;
  if (first === undefined || all.length === 1) return first;
  const accept = (meta: ObjectMeta, name: string) => all.every((filter) => filter(meta, name));
  const prefixes = all.find((filter) => filter.prefixes !== undefined)?.prefixes;
  const names = all.find((filter) => filter.names !== undefined)?.names;
  return Object.assign(accept, {
    ...(prefixes && { prefixes }),
    ...(names && { names }),
    byNameOnly: all.every((filter) => filter.byNameOnly === true),
  });
}
