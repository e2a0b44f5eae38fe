import type { IgnoredCondition, ObjectMeta, ObjectStore } from "@lade/core";

/** What every part of a series works on. */
export interface Series {
  /** The store below the prefix of the series. */
  readonly store: ObjectStore;
  /** What to do where the store ignores that nothing is to be replaced. */
  readonly ifIgnored: IgnoredCondition;
}

/** Who saves. */
export interface Member {
  /** What the run of the training is called, the same on all ranks, and another one after each restart. */
  readonly run: string;
  readonly rank: number;
  readonly worldSize: number;
}

/** A run that a rank has joined. */
export interface JoinedRun extends Member {
  /** Runs that began before it. */
  readonly generation: number;
}

/** The first object of a listing; `undefined` where there is none. */
export async function firstOf(
  store: ObjectStore,
  prefix: string,
  signal?: AbortSignal,
): Promise<ObjectMeta | undefined> {
  for await (const object of store.list(prefix, { limit: 1, ...(signal && { signal }) })) return object;
  return undefined;
}
