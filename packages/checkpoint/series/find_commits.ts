import { exists } from "@lade/core";
import {
  type CheckpointRef,
  commitKey,
  PREFIXES,
  refName,
  refOfCommit,
  refOfMark,
} from "../keys/series_keys.ts";
import type { Series } from "./series.ts";

/** A manifest that is there. */
export interface FoundCommit extends CheckpointRef {
  readonly key: string;
  readonly size: number;
  readonly etag?: string;
  readonly lastModified: Date;
}

/** The checkpoints that are there and not retired, the newest first. */
export async function* findCommits(
  series: Pick<Series, "store">,
  signal?: AbortSignal,
): AsyncGenerator<FoundCommit, void, void> {
  const retired = await retiredNames(series, signal);
  for await (const found of findAllCommits(series, signal)) {
    if (!retired.has(refName(found))) yield found;
  }
}

/** The checkpoints that are there, retired or not, the newest first. */
export async function* findAllCommits(
  { store }: Pick<Series, "store">,
  signal?: AbortSignal,
): AsyncGenerator<FoundCommit, void, void> {
  const call = signal ? { signal } : {};
  for await (const { key, size, etag, lastModified } of store.list(PREFIXES.commits, call)) {
    const ref = refOfCommit(key);
    if (ref) yield { ...ref, key, size, lastModified, ...(etag !== undefined && { etag }) };
  }
}

/** The newest checkpoint that is there and not retired. */
export async function newestCommit(series: Series, signal?: AbortSignal): Promise<FoundCommit | undefined> {
  for await (const commit of findCommits(series, signal)) return commit;
  return undefined;
}

/** Whether the manifest of a checkpoint is there, whatever is in it. */
export async function isCommitted(
  { store }: Pick<Series, "store">,
  ref: CheckpointRef,
  signal?: AbortSignal,
): Promise<boolean> {
  return await exists(store, commitKey(ref), signal ? { signal } : {});
}

/** The names of the checkpoints that are retired. */
export async function retiredNames(
  { store }: Pick<Series, "store">,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { key } of store.list(PREFIXES.retired, signal ? { signal } : {})) {
    const ref = refOfMark(key);
    if (ref) names.add(refName(ref));
  }
  return names;
}
