import type { IgnoredCondition, ObjectStore } from "@lade/core";

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

/** Keys that are listed at first. */
const FEW = 16;

/** The first key of a listing that is wanted; `undefined` where there is none. */
export async function firstOf(
  store: ObjectStore,
  prefix: string,
  isWanted: (key: string) => boolean,
  signal?: AbortSignal,
): Promise<string | undefined> {
  for (const limit of [{ limit: FEW }, {}]) {
    let count = 0;
    for await (const { key } of store.list(prefix, { ...limit, ...(signal && { signal }) })) {
      if (isWanted(key)) return key;
      count++;
    }
    if (count < FEW) return undefined;
  }
  return undefined;
}
