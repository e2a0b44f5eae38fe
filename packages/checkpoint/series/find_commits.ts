import { type CheckpointRef, PREFIXES, refName, refOfCommit, refOfMark } from "../keys/series_keys.ts";
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
  { store }: Series,
  signal?: AbortSignal,
): AsyncGenerator<FoundCommit, void, void> {
  const call = signal ? { signal } : {};
  const retired = await retiredNames({ store }, signal);
  for await (const { key, size, etag, lastModified } of store.list(PREFIXES.commits, call)) {
    const ref = refOfCommit(key);
    if (!ref || retired.has(refName(ref))) continue;
    yield { ...ref, key, size, lastModified, ...(etag !== undefined && { etag }) };
  }
}

/** The newest checkpoint that is there and not retired. */
export async function newestCommit(series: Series, signal?: AbortSignal): Promise<FoundCommit | undefined> {
  for await (const commit of findCommits(series, signal)) return commit;
  return undefined;
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
