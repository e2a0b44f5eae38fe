import { AlreadyExistsError } from "@lade/core/errors";
import { sealJson } from "../json/sealed_json.ts";
import { type CheckpointRef, pinKey, PREFIXES, refName, refOfMark, retiredKey } from "../keys/series_keys.ts";
import type { Series } from "../series/series.ts";

/** Keeps a checkpoint until it is unpinned; one that is pinned already stays so. */
export async function pin(series: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  await mark(series, pinKey(ref), "lade-checkpoint-pin", ref, signal);
}

/** Lets go of a checkpoint that was pinned. */
export async function unpin({ store }: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  await store.delete(pinKey(ref), signal ? { signal } : {});
}

/** The names of the checkpoints that are pinned. */
export async function pinnedNames(
  { store }: Pick<Series, "store">,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { key } of store.list(PREFIXES.pins, signal ? { signal } : {})) {
    const ref = refOfMark(key);
    if (ref) names.add(refName(ref));
  }
  return names;
}

/** Says that a checkpoint is to be removed: from then on nobody finds it. */
export async function bury(series: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  await mark(series, retiredKey(ref), "lade-checkpoint-retired", ref, signal);
}

/** Takes that back. */
export async function exhume({ store }: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  await store.delete(retiredKey(ref), signal ? { signal } : {});
}

async function mark(
  { store, ifIgnored }: Series,
  key: string,
  format: string,
  { generation, step }: CheckpointRef,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const bytes = sealJson({ format, version: 1, generation, step });
    await store.put(key, bytes, { ifNoneMatch: "*", ifIgnored, ...(signal && { signal }) });
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
  }
}
