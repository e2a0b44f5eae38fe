import { objectUri } from "@lade/core";
import { NotFoundError, StoreError } from "@lade/core/errors";
import { decompressZstdBytes } from "@lade/core/zstd";
import { FormatError } from "@lade/formats/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { type CheckpointRef, commitKey, refName } from "../keys/series_keys.ts";
import { hasTable, type Manifest, MOST_TABLE_BYTES, type TensorTable } from "../manifest/manifest.ts";
import { readManifest, readTable } from "../manifest/manifest_json.ts";
import { findCommits, isCommitted, newestCommit } from "./find_commits.ts";
import { readSmall, readTwice, readWhole } from "./read_small.ts";
import type { Series } from "./series.ts";

/** How many checkpoints may be removed just before they are read. */
const REMOVALS = 10;

/** The manifest of a checkpoint; `undefined` where there is none. */
export async function findManifest(
  { store }: Pick<Series, "store">,
  ref: CheckpointRef,
  signal?: AbortSignal,
): Promise<Manifest | undefined> {
  const key = commitKey(ref);
  return await readTwice(async () => {
    const bytes = await readSmall(store, key, signal);
    return bytes && readManifest(bytes, objectUri(store.uri, key), ref);
  });
}

/** A checkpoint that cannot be read, whose manifest is there. */
export interface DamagedCheckpoint extends CheckpointRef {
  /** The key of its manifest. */
  readonly key: string;
  /** What is wrong with it, as a clause. */
  readonly detail: string;
}

/**
 * The manifests of all checkpoints, the newest first, but for those that are removed meanwhile. `onDamaged` is told of those that
 * cannot be read, in their place of the order.
 */
export async function* findManifests(
  series: Series,
  onDamaged: (damaged: DamagedCheckpoint) => void,
  signal?: AbortSignal,
): AsyncGenerator<Manifest, void, void> {
  for await (const found of findCommits(series, signal)) {
    const manifest = await orDamaged(found, () => findManifest(series, found, signal), onDamaged);
    if (manifest) yield manifest;
  }
}

/** What is read of a checkpoint; nothing where that is damaged, of which `onDamaged` is told. */
export async function orDamaged<T>(
  { generation, step }: CheckpointRef,
  read: () => Promise<T>,
  onDamaged: (damaged: DamagedCheckpoint) => void,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "invalid-format") throw error;
    onDamaged({ generation, step, key: commitKey({ generation, step }), detail: error.detail });
    return undefined;
  }
}

/** The manifest of the newest checkpoint; `undefined` where there is none. */
export async function newestManifest(series: Series, signal?: AbortSignal): Promise<Manifest | undefined> {
  for (let attempt = 1;; attempt++) {
    const found = await newestCommit(series, signal);
    if (!found || attempt === REMOVALS) return found && await manifestOf(series, found, signal);
    const manifest = await findManifest(series, found, signal).catch(withAdvice);
    // One that was removed meanwhile was no longer the newest.
    if (manifest) return manifest;
  }
}

/** The manifest of a checkpoint; where there is none it is a `NotFoundError`. */
export async function manifestOf(
  series: Pick<Series, "store">,
  ref: CheckpointRef,
  signal?: AbortSignal,
): Promise<Manifest> {
  const manifest = await findManifest(series, ref, signal).catch(withAdvice);
  if (manifest) return manifest;
  throw noCheckpoint(series, ref);
}

/** Says with damage what to do. */
function withAdvice(error: unknown): never {
  if (!(error instanceof FormatError)) throw error;
  const advice = "name an earlier step; runs that begin once it is retired go on from the one before";
  throw error.restated({ advice });
}

/** Where the manifest of a checkpoint is not there, readable or not, it is a `NotFoundError`. */
export async function checkCommitted(
  series: Pick<Series, "store">,
  ref: CheckpointRef,
  signal?: AbortSignal,
): Promise<void> {
  if (!await isCommitted(series, ref, signal)) throw noCheckpoint(series, ref);
}

/** The table of a manifest: in itself, or read from where it lies. */
export async function tableOf(
  { store }: Pick<Series, "store">,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<TensorTable> {
  if (hasTable(manifest)) return manifest.table;
  const { table } = manifest;
  if ("tensors" in table) return table;
  const uri = objectUri(store.uri, table.key);
  const call = signal ? { signal } : {};
  const invalid = (detail: string, cause: unknown) => {
    const operation = `read checkpoint ${refName(manifest)} in`;
    return new InvalidCheckpointError({ operation, uri: store.uri, detail, cause });
  };
  const { bytes } = await readWhole(store, table.key, signal).catch((error) => {
    throw error instanceof NotFoundError
      ? invalid(`its table of tensors is gone: ${table.key}`, error)
      : error;
  });
  const maxSize = Math.min(table.size, MOST_TABLE_BYTES);
  const json = await decompressZstdBytes(bytes, { uri, maxSize, ...call }).catch((error) => {
    if (!(error instanceof StoreError)) throw error;
    throw invalid(`its table of tensors is damaged: ${table.key}: ${error.detail}`, error);
  });
  return readTable(json, table, uri);
}

function noCheckpoint({ store }: Pick<Series, "store">, { generation, step }: CheckpointRef): NotFoundError {
  const detail = `there is none of generation ${generation}, step ${step}`;
  return new NotFoundError({ operation: "open a checkpoint in", uri: store.uri, detail });
}
