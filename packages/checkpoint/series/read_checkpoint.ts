import { getBytes, objectUri } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { decompressZstdBytes } from "@lade/core/zstd";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { type CheckpointRef, commitKey, refName } from "../keys/series_keys.ts";
import { hasTable, type Manifest, type TensorTable } from "../manifest/manifest.ts";
import { readManifest, readTable } from "../manifest/manifest_json.ts";
import { findCommits, newestCommit } from "./find_commits.ts";
import { readSmall } from "./read_small.ts";
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
  const bytes = await readSmall(store, key, signal);
  return bytes && readManifest(bytes, objectUri(store.uri, key), ref);
}

/** The manifests of all checkpoints, the newest first, but for those that are removed meanwhile. */
export async function* findManifests(
  series: Series,
  signal?: AbortSignal,
): AsyncGenerator<Manifest, void, void> {
  for await (const found of findCommits(series, signal)) {
    const manifest = await findManifest(series, found, signal);
    if (manifest) yield manifest;
  }
}

/** The manifest of the newest checkpoint; `undefined` where there is none. */
export async function newestManifest(series: Series, signal?: AbortSignal): Promise<Manifest | undefined> {
  for (let attempt = 1;; attempt++) {
    const found = await newestCommit(series, signal);
    if (!found || attempt === REMOVALS) return found && await manifestOf(series, found, signal);
    const manifest = await findManifest(series, found, signal);
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
  const manifest = await findManifest(series, ref, signal);
  if (manifest) return manifest;
  throw new NotFoundError({
    operation: "open a checkpoint in",
    uri: series.store.uri,
    detail: `there is none of generation ${ref.generation}, step ${ref.step}`,
  });
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
  try {
    const { bytes } = await getBytes(store, table.key, call);
    const json = await decompressZstdBytes(bytes, { uri, maxSize: table.size, ...call });
    return readTable(json, table, uri);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    const detail = `its table of tensors is gone: ${table.key}`;
    const operation = `read checkpoint ${refName(manifest)} in`;
    throw new InvalidCheckpointError({ operation, uri: store.uri, detail, cause: error });
  }
}
