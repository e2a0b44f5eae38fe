import { StoreError } from "@lade/core/errors";
import { type CheckpointRef, placeOfRecord, PREFIXES, refName, refOfAttempt } from "../keys/series_keys.ts";
import { findCommits, retiredNames } from "../series/find_commits.ts";
import type { Series } from "../series/series.ts";
import { commit, type ListedRecord, readRecords } from "./commit.ts";

/** What {@linkcode recover} did. */
export interface RecoveryReport {
  /** Checkpoints whose ranks had all written, and that are committed now. */
  readonly committed: readonly CheckpointRef[];
  /** Attempts of which ranks are missing. */
  readonly incomplete: readonly {
    readonly attempt: string;
    readonly ranks: number;
    readonly worldSize: number;
  }[];
  /** Attempts of which no checkpoint can be made, and why: their records are damaged, or contradict one another. */
  readonly invalid: readonly { readonly attempt: string; readonly error: StoreError }[];
}

/** What an attempt fails with by itself, rather than by the store. */
const OWN_FAULTS: readonly string[] = ["invalid-format", "already-exists", "fenced", "not-found"];

/**
 * Commits what was written whole and never committed, as after a crash between the last record and the manifest: the ranks'
 * records say all that a manifest does. What is retired stays so.
 */
export async function recover(series: Series, signal?: AbortSignal): Promise<RecoveryReport> {
  const { store } = series;
  const attempts = new Map<string, ListedRecord[]>();
  for await (const { key, size } of store.list(PREFIXES.records, signal ? { signal } : {})) {
    const place = placeOfRecord(key);
    if (!place) continue;
    const listed = attempts.get(place.attempt) ?? [];
    attempts.set(place.attempt, listed);
    listed.push({ key, size });
  }
  const known = await retiredNames(series, signal);
  for await (const commit of findCommits(series, signal)) known.add(refName(commit));
  const committed: CheckpointRef[] = [];
  const incomplete: { attempt: string; ranks: number; worldSize: number }[] = [];
  const invalid: { attempt: string; error: StoreError }[] = [];
  for (const [attempt, listed] of attempts) {
    const ref = refOfAttempt(attempt);
    if (!ref || known.has(refName(ref))) continue;
    try {
      const [first] = await readRecords(series, listed.slice(0, 1), signal);
      if (first && listed.length !== first.worldSize) {
        incomplete.push({ attempt, ranks: listed.length, worldSize: first.worldSize });
        continue;
      }
      await commit(series, await readRecords(series, listed, signal), signal);
      committed.push(ref);
    } catch (error) {
      // Of this attempt alone; it is being removed, or was damaged. The others do not suffer from it.
      if (!(error instanceof StoreError) || !OWN_FAULTS.includes(error.code)) throw error;
      invalid.push({ attempt, error });
    }
  }
  return { committed, incomplete, invalid };
}
