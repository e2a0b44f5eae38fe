import { attemptName, type CheckpointRef, recordKey } from "../keys/series_keys.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { type RankRecord, readRecord, type StoredPiece, writeRecord } from "../record/rank_record.ts";
import { createSame, SAVED_ONCE } from "../series/create_same.ts";
import type { JoinedRun, Series } from "../series/series.ts";
import { awaitCommit } from "./await_commit.ts";
import { commit } from "./commit.ts";
import { nameLatest } from "./name_latest.ts";
import type { PlannedPiece } from "./plan_save.ts";
import { type Base, Reuse, sha256Of } from "./reuse.ts";
import { takeSnapshot } from "./snapshot.ts";
import { copyExtras, type TakenExtras, writeExtras } from "./write_extras.ts";
import { writeShards } from "./write_shards.ts";

/** What is saved, checked and cut into files. */
export interface PlannedSave {
  readonly step: number;
  readonly files: readonly (readonly PlannedPiece[])[];
  readonly extras: TakenExtras;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Settings of a save. */
export interface SaveSettings {
  readonly chunkBytes: number;
  readonly snapshotBytes: number;
  readonly patienceMs: number;
  /** By what parts are found that the base has too, besides those that do not change; by nothing where absent. */
  readonly reuse: "digest" | undefined;
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
  { step, files, extras: given, metrics }: PlannedSave,
  { chunkBytes, snapshotBytes, patienceMs, reuse: by }: SaveSettings,
  { onSnapshot, onWritten }: SaveStages,
  signal: AbortSignal,
  base?: Base,
): Promise<Manifest> {
  const { run, rank, worldSize, generation } = joined;
  const ref: CheckpointRef = { generation, step };
  const attempt = attemptName(ref, run);
  const place = { attempt, rank, worldSize };
  const createdAt = Math.floor(series.store.context.clock.now());
  const reuse = new Reuse(base, chunkBytes);
  const rest = files.map((pieces) => pieces.filter((piece) => !reuse.takeFrozen(piece)))
    .filter(({ length }) => length > 0);
  const { extras, copied, isWhole, release } = copyExtras(series.store.context, given, snapshotBytes);
  const snapshot = takeSnapshot(series.store.context, rest, snapshotBytes - copied);
  const open = new Set<number | "extras">([...snapshot.uncopied, ...(isWhole ? [] : ["extras" as const])]);
  const free = (what: number | "extras") => {
    if (open.delete(what) && open.size === 0) onSnapshot();
  };
  if (open.size === 0) onSnapshot();
  try {
    const digests = new Map<string, string>();
    const changed = by ? await changedOf(snapshot.files, reuse, digests, signal) : snapshot.files;
    const written = await writeShards(series, place, changed, {
      chunkBytes,
      signal,
      onWritten: (file) => {
        snapshot.release(file);
        free(file);
      },
    });
    const also = await writeExtras(series, place, extras, { before: written.shards.length, signal });
    free("extras");
    const own = [...written.shards, ...also.shards];
    const taken = reuse.taken(own.length);
    const record: RankRecord = {
      ...ref,
      run,
      rank,
      worldSize,
      createdAt,
      ...(base && taken.pieces.length > 0 && { base: base.ref }),
      chunkBytes,
      shards: [...own, ...taken.shards],
      pieces: [...written.pieces.map((piece) => withDigest(piece, digests)), ...taken.pieces],
      extras: also.extras,
      metrics,
    };
    onWritten({
      bytes: own.reduce((sum, { size }) => sum + size, 0),
      objects: own.length,
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
    release();
  }
}

/** The files without the parts that the base has too; digests of what lies in memory go to `digests`. */
async function changedOf(
  files: readonly (readonly PlannedPiece[])[],
  reuse: Reuse,
  digests: Map<string, string>,
  signal: AbortSignal,
): Promise<PlannedPiece[][]> {
  const changed: PlannedPiece[][] = [];
  for (const pieces of files) {
    const own: PlannedPiece[] = [];
    for (const piece of pieces) {
      if (!ArrayBuffer.isView(piece.data)) {
        own.push(piece);
        continue;
      }
      const sha256 = await sha256Of(piece.data, signal);
      digests.set(nameOf(piece), sha256);
      if (!reuse.takeEqual(piece, sha256)) own.push(piece);
    }
    changed.push(own);
  }
  return changed;
}

function withDigest(piece: StoredPiece, digests: ReadonlyMap<string, string>): StoredPiece {
  const sha256 = digests.get(nameOf(piece));
  return sha256 === undefined ? piece : { ...piece, sha256 };
}

function nameOf({ name, offsets, shape }: Pick<StoredPiece, "name" | "offsets" | "shape">): string {
  return JSON.stringify([name, offsets, shape]);
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
    advice: SAVED_ONCE,
    signal,
    isSame,
  });
}
