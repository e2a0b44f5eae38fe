import type { JsonValue } from "../json/canonical_json.ts";
import { attemptName, type CheckpointRef, recordKey } from "../keys/series_keys.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { type RankRecord, readRecord, writeRecord } from "../record/rank_record.ts";
import { createSame } from "../series/create_same.ts";
import type { JoinedRun, Series } from "../series/series.ts";
import { awaitCommit } from "./await_commit.ts";
import { commit } from "./commit.ts";
import { nameLatest } from "./name_latest.ts";
import type { PlannedPiece } from "./plan_save.ts";
import { takeSnapshot } from "./snapshot.ts";
import { writeExtras } from "./write_extras.ts";
import { writeShards } from "./write_shards.ts";

/** What is saved, checked and cut into files. */
export interface PlannedSave {
  readonly step: number;
  readonly files: readonly (readonly PlannedPiece[])[];
  readonly extras: Readonly<Record<string, JsonValue | Uint8Array>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Settings of a save. */
export interface SaveSettings {
  readonly chunkBytes: number;
  readonly snapshotBytes: number;
  readonly patienceMs: number;
}

/** What a save is waited for by. */
export interface SaveStages {
  /** The caller may change its memory. */
  readonly onSnapshot: () => void;
  /** Everything of this rank is written. */
  readonly onWritten: (report: { readonly bytes: number; readonly objects: number }) => void;
}

/** Saves what a rank has, and sees to it that the checkpoint of all ranks is committed. */
export async function saveCheckpoint(
  series: Series,
  joined: JoinedRun,
  { step, files, extras, metrics }: PlannedSave,
  { chunkBytes, snapshotBytes, patienceMs }: SaveSettings,
  { onSnapshot, onWritten }: SaveStages,
  signal: AbortSignal,
): Promise<Manifest> {
  const { run, rank, worldSize, generation } = joined;
  const ref: CheckpointRef = { generation, step };
  const attempt = attemptName(ref, run);
  const place = { attempt, rank, worldSize };
  const createdAt = Math.floor(series.store.context.clock.now());
  const snapshot = takeSnapshot(series.store.context, files, snapshotBytes);
  const open = new Set(snapshot.uncopied);
  if (open.size === 0) onSnapshot();
  try {
    const written = await writeShards(series, place, snapshot.files, {
      chunkBytes,
      signal,
      onWritten: (file) => {
        snapshot.release(file);
        if (open.delete(file) && open.size === 0) onSnapshot();
      },
    });
    const also = await writeExtras(series, place, extras, { before: written.shards.length, signal });
    const record: RankRecord = {
      ...ref,
      run,
      rank,
      worldSize,
      createdAt,
      chunkBytes,
      shards: [...written.shards, ...also.shards],
      pieces: written.pieces,
      extras: also.extras,
      metrics,
    };
    onWritten({
      bytes: record.shards.reduce((sum, { size }) => sum + size, 0),
      objects: record.shards.length,
    });
    if (worldSize === 1) return await named(series, await commit(series, [record], signal), signal);
    await writeOwnRecord(series, attempt, record, signal);
    return await named(
      series,
      await awaitCommit(series, joined, ref, attempt, { patienceMs, signal }),
      signal,
    );
  } finally {
    snapshot.releaseAll();
  }
}

async function named(series: Series, manifest: Manifest, signal: AbortSignal): Promise<Manifest> {
  await nameLatest(series, manifest, signal);
  return manifest;
}

/** One that is there already says the same, but for the time. */
async function writeOwnRecord(
  series: Series,
  attempt: string,
  record: RankRecord,
  signal: AbortSignal,
): Promise<void> {
  const key = recordKey(attempt, record.rank);
  const isSame = (found: Uint8Array) => {
    const { createdAt } = readRecord(found, key);
    const bytes = writeRecord({ ...record, createdAt });
    return bytes.length === found.length && bytes.every((byte, place) => byte === found[place]);
  };
  const operation = `save step ${record.step} of rank ${record.rank} as`;
  await createSame(series.store, key, writeRecord(record), {
    ifIgnored: series.ifIgnored,
    operation,
    signal,
    isSame,
  });
}
