import { PreconditionFailedError } from "@lade/core/errors";
import { type CheckpointRef, PREFIXES, refName } from "../keys/series_keys.ts";
import { exhume, retiredSince } from "../series/marks.ts";
import { storeTime } from "../retention/store_time.ts";
import { isCommitted } from "../series/find_commits.ts";
import type { Series } from "../series/series.ts";

/**
 * Sees to it that a checkpoint may be copied to a series in which it was retired, or an earlier copy of it given up: once all of
 * that is removed, and so long ago that no collection can still be at it, the mark is taken back. Before, it is a
 * `PreconditionFailedError` that says what is so. A collection removes what it listed half of `leaseMs` ago at most, and marks
 * anew what it has removed.
 */
export async function makeRoom(
  series: Series,
  ref: CheckpointRef,
  leaseMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const since = await retiredSince(series, ref, signal);
  if (since === undefined) return;
  const refuse = (detail: string, advice: string) =>
    new PreconditionFailedError({
      operation: `copy checkpoint ${refName(ref)} to`,
      uri: series.store.uri,
      detail,
      advice: `${advice}, or copy it below another prefix`,
    });
  if (await isCommitted(series, ref, signal)) {
    throw refuse("it was retired there, and is not removed yet", "have gc remove it, after its grace");
  }
  if (await hasLeftovers(series, ref, signal)) {
    throw refuse(
      "it was given up or retired there, as a copy that was broken off is, and not all of it is removed yet",
      "have gc remove the rest",
    );
  }
  const { time } = await storeTime(series, signal);
  const minutes = Math.ceil((leaseMs - (time - since)) / 60_000);
  if (minutes > 0) {
    throw refuse(
      "what was there of it, such as of a copy that was broken off, was removed there just now, and may be removed still",
      `copy it again in ${minutes} minute${minutes === 1 ? "" : "s"}`,
    );
  }
  await exhume(series, ref, signal);
}

/** Whether there is an object of any attempt at a checkpoint. */
async function hasLeftovers(
  { store }: Series,
  ref: CheckpointRef,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const prefix of [PREFIXES.data, PREFIXES.records, PREFIXES.indexes]) {
    for await (const _ of store.list(`${prefix}${refName(ref)}-`, { limit: 1, ...(signal && { signal }) })) {
      return true;
    }
  }
  return false;
}
