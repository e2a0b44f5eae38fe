import { exists } from "@lade/core";
import { FencedError } from "../errors/errors.ts";
import { attemptOfData, type CheckpointRef, refName, refOfAttempt } from "../keys/series_keys.ts";
import { hasTable, type Manifest } from "../manifest/manifest.ts";
import { bury, isRetired } from "../series/marks.ts";
import type { Series } from "../series/series.ts";

/**
 * Looks, once a manifest is there, whether what it names still is: who had it written may have stood still meanwhile. Whoever
 * gives an attempt up marks it first, looks for the manifest then, and takes the mark back only when all its objects are gone: so
 * that the mark is seen, or that an object of the attempt is missing. Either is a `FencedError`, and nobody finds the checkpoint.
 */
export async function confirmCommit(series: Series, manifest: Manifest, signal?: AbortSignal): Promise<void> {
  await checkNotRetired(series, manifest, signal);
  for (const key of witnesses(manifest)) {
    if (await exists(series.store, key, signal ? { signal } : {})) continue;
    await bury(series, manifest, signal);
    throw fenced(series, manifest, `it was given up long ago, and ${key} is removed`);
  }
}

/**
 * Throws a `FencedError` for a checkpoint that is being removed: whoever removes one says so first, and looks for its manifest
 * again, so that one of both sees the other.
 */
export async function checkNotRetired(
  series: Series,
  ref: CheckpointRef,
  signal?: AbortSignal,
): Promise<void> {
  if (await isRetired(series, ref, signal)) {
    throw fenced(series, ref, "it was given up meanwhile, and is being removed");
  }
}

/** An object of the attempt, which goes with all the others; where it has none of its own, those that it names. */
function witnesses(manifest: Manifest): readonly string[] {
  const [record] = manifest.records;
  if (record) return [record.key];
  if (!hasTable(manifest)) return [];
  const keys = manifest.table.shards.map(({ key }) => key);
  const isOwn = (key: string) => {
    const ref = refOfAttempt(attemptOfData(key) ?? "");
    return ref !== undefined && refName(ref) === refName(manifest);
  };
  const own = keys.find(isOwn);
  return own === undefined ? keys : [own];
}

function fenced({ store }: Series, ref: CheckpointRef, detail: string): FencedError {
  return new FencedError({ operation: `commit checkpoint ${refName(ref)} in`, uri: store.uri, detail });
}
