import { PreconditionFailedError } from "@lade/core/errors";
import { type CheckpointRef, compareRefs, refName, retiredKey } from "../keys/series_keys.ts";
import { newestCommit } from "../series/find_commits.ts";
import { manifestOf } from "../series/read_checkpoint.ts";
import type { Series } from "../series/series.ts";
import { isHeld } from "./hold.ts";
import { bury, exhume, pinnedNames } from "./marks.ts";

/** Options of {@linkcode tryRetire}. */
export interface RetireOptions {
  /** How long a hold is good for without being renewed, in milliseconds. */
  readonly leaseMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Says that a checkpoint is to be removed, unless somebody reads it: then nothing has changed, and it says `false`. */
export async function tryRetire(
  series: Series,
  ref: CheckpointRef,
  options: RetireOptions,
): Promise<boolean> {
  const { signal } = options;
  const call = signal ? { signal } : {};
  await bury(series, ref, signal);
  try {
    const now = (await series.store.head(retiredKey(ref), call)).lastModified.getTime();
    if (!await isHeld(series, ref, { ...options, now })) return true;
  } catch (error) {
    // Nothing is removed yet.
    await exhume(series, ref);
    throw error;
  }
  await exhume(series, ref);
  return false;
}

/** Retires a checkpoint that the caller names. The newest one, one that is pinned and one that is read are refused. */
export async function retire(series: Series, ref: CheckpointRef, options: RetireOptions): Promise<void> {
  const { signal } = options;
  await manifestOf(series, ref, signal);
  const refuse = (detail: string, advice?: string) =>
    new PreconditionFailedError({
      operation: `retire checkpoint ${refName(ref)} in`,
      uri: series.store.uri,
      detail,
      advice,
    });
  const newest = await newestCommit(series, signal);
  if (newest && compareRefs(newest, ref) === 0) throw refuse("it is the newest");
  if ((await pinnedNames(series, signal)).has(refName(ref))) throw refuse("it is pinned", "unpin it");
  if (!await tryRetire(series, ref, options)) throw refuse("somebody reads it", "try it later");
}
