import { PreconditionFailedError } from "@lade/core/errors";
import { type CheckpointRef, compareRefs, refName } from "../keys/series_keys.ts";
import { checkCommitted, findManifests } from "../series/read_checkpoint.ts";
import type { Series } from "../series/series.ts";
import { isHeld } from "./hold.ts";
import { bury, exhume, isRetired } from "../series/marks.ts";
import { storeTime } from "./store_time.ts";
import { wantedNames } from "./wanted.ts";

/** Options of {@linkcode tryRetire}. */
export interface RetireOptions {
  /** How long a hold is good for without being renewed, in milliseconds. */
  readonly leaseMs: number;
  /** What time it is by the store's clock, in milliseconds. */
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Says that a checkpoint is to be removed, unless somebody reads it: then nothing has changed, and it says `false`. Who opens it
 * just before it is marked reads it to the end all the same, for its holds are looked for again when it is removed. The mark is
 * not taken back for that: another collection may count on it already.
 */
export async function tryRetire(
  series: Series,
  ref: CheckpointRef,
  options: RetireOptions,
): Promise<boolean> {
  const { signal } = options;
  if (await isHeld(series, ref, options)) return false;
  const isOwn = await bury(series, ref, signal);
  // Pinned, or gone on from, before the mark was there: whoever does it later sees the mark.
  if (!(await wantedNames(series, signal)).has(refName(ref))) return true;
  // One that another collection made is that one's to take back: it may remove by it already.
  if (isOwn) await exhume(series, ref, signal);
  return false;
}

/**
 * Retires a checkpoint that the caller names, which need not be readable. The newest that can be read, one that is pinned and one
 * that somebody has open are refused.
 */
export async function retire(
  series: Series,
  ref: CheckpointRef,
  options: Omit<RetireOptions, "now">,
): Promise<void> {
  const { signal } = options;
  await checkCommitted(series, ref, signal);
  const refuse = (detail: string, advice?: string) =>
    new PreconditionFailedError({
      operation: `retire checkpoint ${refName(ref)} in`,
      uri: series.store.uri,
      detail,
      advice,
    });
  for await (const newest of findManifests(series, () => {}, signal)) {
    if (compareRefs(newest, ref) === 0) {
      throw refuse("it is the newest", "it can be once there is a newer one");
    }
    break;
  }
  const wanted = (await wantedNames(series, signal)).get(refName(ref));
  if (wanted !== undefined) throw refuse(wanted, wanted === "it is pinned" ? "unpin it" : undefined);
  const { time: now } = await storeTime(series, signal);
  if (!await tryRetire(series, ref, { ...options, now })) throw refuse("somebody reads it", "try it later");
}

/**
 * Takes back the mark of the checkpoint that the newest run goes on from, which a collection of an earlier run may have made
 * just before this one began, and says whether it did. Once it has a checkpoint of its own the mark stays.
 */
export async function unretireResumed(
  series: Series,
  ref: CheckpointRef,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!await isRetired(series, ref, signal)) return false;
  if (!(await wantedNames(series, signal)).has(refName(ref))) return false;
  await exhume(series, ref, signal);
  return true;
}
