import { IncompleteError } from "../errors/errors.ts";
import { type CheckpointRef, placeOfRecord, PREFIXES, refName } from "../keys/series_keys.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { checkNewestRun } from "../series/join_run.ts";
import { findManifest } from "../series/read_checkpoint.ts";
import type { JoinedRun, Series } from "../series/series.ts";
import { commit, type ListedRecord, readRecords } from "./commit.ts";
import { checkNotRetired } from "./confirm_commit.ts";

/** Options of {@linkcode awaitCommit}. */
export interface AwaitCommitOptions {
  /** How long ranks may take, in milliseconds. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

const SHORTEST_MS = 50;
const LONGEST_MS = 2000;
/** After so many looks another run is looked for. */
const LOOKS = 8;

/**
 * Waits until a checkpoint is committed: by the first rank that sees the records of all, which may be this one. Ranks that do
 * not come are an `IncompleteError` that names them, and another run that has begun is a `FencedError`.
 */
export async function awaitCommit(
  series: Series,
  joined: JoinedRun,
  ref: CheckpointRef,
  attempt: string,
  { patienceMs, signal }: AwaitCommitOptions,
): Promise<Manifest> {
  const { clock, random } = series.store.context;
  const began = clock.monotonicMs();
  for (let look = 0;; look++) {
    const keys = await listRecords(series, attempt, signal);
    if (keys.size === joined.worldSize) {
      return await commit(series, await readRecords(series, [...keys.values()], signal), signal);
    }
    const manifest = await findManifest(series, ref, signal);
    if (manifest) {
      await checkNotRetired(series, manifest, signal);
      return manifest;
    }
    if (clock.monotonicMs() - began >= patienceMs) throw missing(series, joined, ref, keys, patienceMs);
    if (look % LOOKS === LOOKS - 1) await checkNewestRun(series, joined, signal);
    const pause = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.min(look, 10));
    await clock.sleep(pause * (0.5 + random() / 2), signal);
  }
}

/** The records of an attempt, by rank. */
async function listRecords(
  { store }: Pick<Series, "store">,
  attempt: string,
  signal?: AbortSignal,
): Promise<Map<number, ListedRecord>> {
  const keys = new Map<number, ListedRecord>();
  for await (const { key, size } of store.list(`${PREFIXES.records}${attempt}/`, signal ? { signal } : {})) {
    const place = placeOfRecord(key);
    if (place) keys.set(place.rank, { key, size });
  }
  return keys;
}

function missing(
  { store }: Series,
  { worldSize }: JoinedRun,
  ref: CheckpointRef,
  keys: ReadonlyMap<number, ListedRecord>,
  patienceMs: number,
): IncompleteError {
  const ranks = Array.from({ length: worldSize }, (_, rank) => rank).filter((rank) => !keys.has(rank));
  const shown = ranks.length > 8
    ? `${ranks.slice(0, 8).join(", ")} and ${ranks.length - 8} more`
    : ranks.join(", ");
  return new IncompleteError({
    operation: `save checkpoint ${refName(ref)} in`,
    uri: store.uri,
    detail: `rank${ranks.length > 1 ? "s" : ""} ${shown} of ${worldSize} wrote no record within ${
      patienceMs / 1000
    } s`,
    advice: "all ranks save the same steps; recover() commits it once they have",
    ranks,
  });
}
