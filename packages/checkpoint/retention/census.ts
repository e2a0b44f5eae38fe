import type { ObjectMeta } from "@lade/core";
import {
  attemptOfData,
  type CheckpointRef,
  generationOfRun,
  LATEST_KEY,
  MARKER_KEY,
  placeOfRecord,
  PREFIXES,
  refName,
  refOfAttempt,
  refOfCommit,
  refOfMark,
} from "../keys/series_keys.ts";
import type { Series } from "../series/series.ts";

/** A checkpoint that is marked as one that is to be removed. */
export interface Tombstone {
  readonly ref: CheckpointRef;
  /** When the mark was written, by the clock of the store, in milliseconds since 1970. */
  readonly since: number;
}

/** All that lies below the prefix of a series, by what it is of. */
export interface Census {
  readonly newestGeneration: number;
  readonly commits: ReadonlyMap<string, CheckpointRef>;
  readonly tombstones: ReadonlyMap<string, Tombstone>;
  /** Records, data and tables, by the name of their checkpoint. */
  readonly objects: ReadonlyMap<string, ObjectMeta[]>;
  readonly holds: readonly ObjectMeta[];
  readonly unknown: readonly string[];
}

/** Lists a series once: marks come after the objects of what they mark. */
export async function takeCensus({ store }: Series, signal: AbortSignal | undefined): Promise<Census> {
  let newestGeneration = -1;
  const commits = new Map<string, CheckpointRef>();
  const tombstones = new Map<string, Tombstone>();
  const objects = new Map<string, ObjectMeta[]>();
  const [holds, unknown]: [ObjectMeta[], string[]] = [[], []];
  for await (const object of store.list("", signal ? { signal } : {})) {
    const { key, lastModified } = object;
    const commit = refOfCommit(key);
    const of = nameOfPart(key);
    const mark = refOfMark(key);
    const generation = generationOfRun(key);
    if (commit) commits.set(refName(commit), commit);
    else if (of !== undefined) {
      const found = objects.get(of) ?? [];
      objects.set(of, found);
      found.push(object);
    } else if (mark && key.startsWith(PREFIXES.retired)) {
      tombstones.set(refName(mark), { ref: mark, since: lastModified.getTime() });
    } else if (generation !== undefined) newestGeneration = Math.max(newestGeneration, generation);
    else if (key.startsWith(PREFIXES.holds)) holds.push(object);
    else if (!mark && key !== MARKER_KEY && key !== LATEST_KEY) unknown.push(key);
  }
  return { newestGeneration, commits, tombstones, objects, holds, unknown };
}

/** The name of the checkpoint that a record, an object of data or a table is of. */
function nameOfPart(key: string): string | undefined {
  const attempt = placeOfRecord(key)?.attempt ?? attemptOfData(key);
  const ref = attempt === undefined ? undefined : refOfAttempt(attempt);
  if (ref) return refName(ref);
  return /^indexes\/(\d{8}-\d{12})-[0-9a-f]{16}\.json\.zst$/.exec(key)?.[1];
}
