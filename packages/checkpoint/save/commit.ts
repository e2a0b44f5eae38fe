import { type ObjectMeta, objectUri } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { AlreadyExistsError } from "@lade/core/errors";
import { createZstdWriter } from "@lade/core/zstd";
import { FencedError, InvalidCheckpointError } from "../errors/errors.ts";
import { attemptName, type CheckpointRef, commitKey, recordKey, refName } from "../keys/series_keys.ts";
import { makeManifest } from "../manifest/make_manifest.ts";
import type { Manifest, TensorTable } from "../manifest/manifest.ts";
import { readManifest, writeManifest } from "../manifest/manifest_json.ts";
import { type RankRecord, readRecord } from "../record/rank_record.ts";
import { isRetired } from "../series/marks.ts";
import { createSame, mayBeThere, SAVED_ONCE, TRIES } from "../series/create_same.ts";
import { isCommitted } from "../series/find_commits.ts";
import { mostBytesOf, readTwice, readWhole } from "../series/read_small.ts";
import type { Series } from "../series/series.ts";
import { confirmCommit } from "./confirm_commit.ts";

/** Records that are read at the same time. */
const AT_ONCE = 64;

/**
 * Commits a checkpoint of the records of all its ranks, unless another rank has: all who do write the same bytes, so that it
 * does not matter who. Parts that make up no tensor are an `InvalidCheckpointError`, and nothing is committed.
 */
export async function commit(
  series: Series,
  records: readonly RankRecord[],
  signal?: AbortSignal,
): Promise<Manifest> {
  const { store, ifIgnored } = series;
  const manifest = makeManifest(records, store.uri);
  await checkBases(series, manifest, records, signal);
  const { bytes, table } = writeManifest(manifest);
  if (table) await writeTable(series, table, signal);
  const key = commitKey(manifest);
  const operation = `commit checkpoint ${refName(manifest)} as`;
  const found = await createSame(store, key, bytes, {
    ifIgnored,
    operation,
    advice: SAVED_ONCE,
    signal,
    isSame: (found) => isSameBut(found, manifest, objectUri(store.uri, key)),
  });
  await confirmCommit(series, manifest, signal);
  return found ? readManifest(found, objectUri(store.uri, key), manifest) : manifest;
}

/**
 * A save holds the checkpoint whose parts it names; where a commit is made up for, it may be gone. What is retired now stays for
 * the grace, within which the manifest is there and keeps what it names.
 */
async function checkBases(
  series: Series,
  manifest: CheckpointRef,
  records: readonly RankRecord[],
  signal?: AbortSignal,
): Promise<void> {
  const bases = new Map(records.flatMap(({ base }) => base ? [[refName(base), base] as const] : []));
  for (const [name, base] of bases) {
    if (!await isRetired(series, base, signal) && await isCommitted(series, base, signal)) continue;
    if (await isCommitted(series, manifest, signal)) continue;
    throw new FencedError({
      operation: `commit checkpoint ${refName(manifest)} in`,
      uri: series.store.uri,
      detail: `checkpoint ${name}, whose parts it names, is being removed`,
    });
  }
}

/** A record that was listed. */
export type ListedRecord = Pick<ObjectMeta, "key" | "size">;

/** The records of an attempt, read within the byte budget. One of another attempt or rank is an `InvalidCheckpointError`. */
export async function readRecords(
  { store }: Pick<Series, "store">,
  listed: readonly ListedRecord[],
  signal?: AbortSignal,
): Promise<RankRecord[]> {
  const { budget } = store.context;
  const records = new Array<RankRecord | undefined>(listed.length).fill(undefined);
  await inParallel(listed.entries(), AT_ONCE, async ([place, { key, size }], signal) => {
    using _ = await budget.acquire(Math.min(size, mostBytesOf(key), budget.capacity), signal);
    const uri = objectUri(store.uri, key);
    const record = records[place] = await readTwice(async () =>
      readRecord((await readWhole(store, key, signal)).bytes, uri)
    );
    if (recordKey(attemptName(record, record.run), record.rank) !== key) throw misplaced(record, uri);
  }, signal);
  return records.flatMap((record) => record ?? []);
}

function misplaced(record: RankRecord, uri: string): InvalidCheckpointError {
  const { run, rank } = record;
  return new InvalidCheckpointError({
    operation: "make a checkpoint of",
    uri,
    detail: `it is the record of rank ${rank} for ${refName(record)} of run ${JSON.stringify(run)}`,
  });
}

/** What was saved before is the same checkpoint where all but the time is. */
function isSameBut(
  found: Uint8Array,
  manifest: Manifest & { readonly table: TensorTable },
  uri: string,
): boolean {
  const { createdAt } = readManifest(found, uri, manifest);
  const { bytes } = writeManifest({ ...manifest, createdAt });
  return bytes.length === found.length && bytes.every((byte, place) => byte === found[place]);
}

/** Its key tells its content: one that is there is the same. */
async function writeTable(
  { store, ifIgnored }: Series,
  { key, json }: { readonly key: string; readonly json: Uint8Array<ArrayBuffer> },
  signal?: AbortSignal,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      await using writer = await createZstdWriter(store, key.slice(0, -".zst".length), {
        ifNoneMatch: "*",
        ifIgnored,
        workers: 1,
        ...(signal && { signal }),
      });
      await writer.write(json);
      await writer.close();
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof AlreadyExistsError) return;
      if (!mayBeThere(error) || attempt === TRIES) throw error;
    }
  }
}
