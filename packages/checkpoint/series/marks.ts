import { exists } from "@lade/core";
import { AlreadyExistsError, NotFoundError, QuotaExceededError } from "@lade/core/errors";
import { sealJson } from "../json/sealed_json.ts";
import { type CheckpointRef, pinKey, PREFIXES, refName, refOfMark, retiredKey } from "../keys/series_keys.ts";
import { createSame } from "./create_same.ts";
import type { Series } from "./series.ts";

const RETIRED = "lade-checkpoint-retired";

/**
 * Keeps a checkpoint until it is unpinned; one that is pinned already stays so. Whoever removes writes its mark first and looks for
 * pins then, and whoever pins does it the other way round. One that is being removed is a `NotFoundError`.
 */
export async function pin(series: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  const isRemoved = () => isRetired(series, ref, signal);
  if (!await isRemoved()) {
    if (!await mark(series, pinKey(ref), "lade-checkpoint-pin", ref, signal)) return;
    if (!await isRemoved()) return;
    await unpin(series, ref, signal);
  }
  throw new NotFoundError({
    operation: `pin checkpoint ${refName(ref)} in`,
    uri: series.store.uri,
    detail: "it is being removed",
  });
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

/** Whether a checkpoint is marked as one that is to be removed. */
export async function isRetired(
  { store }: Pick<Series, "store">,
  ref: CheckpointRef,
  signal?: AbortSignal,
): Promise<boolean> {
  return await exists(store, retiredKey(ref), signal ? { signal } : {});
}

/** When a checkpoint was marked so, by the store's clock, in milliseconds since 1970; `undefined` where it is not. */
export async function retiredSince(
  { store }: Pick<Series, "store">,
  ref: CheckpointRef,
  signal?: AbortSignal,
): Promise<number | undefined> {
  try {
    return (await store.head(retiredKey(ref), signal ? { signal } : {})).lastModified.getTime();
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** Says that a checkpoint is to be removed: from then on nobody finds it. Says whether that was not said before. */
export async function bury(series: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<boolean> {
  return await mark(series, retiredKey(ref), RETIRED, ref, signal);
}

/** Says it anew, so that the mark is as old as what was done last; as far as there is room. */
export async function buryAgain({ store }: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  try {
    await store.put(retiredKey(ref), markOf(RETIRED, ref), signal ? { signal } : {});
  } catch (error) {
    if (!(error instanceof QuotaExceededError)) throw error;
  }
}

/** Takes that back. */
export async function exhume({ store }: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  await store.delete(retiredKey(ref), signal ? { signal } : {});
}

/** Says whether the mark was not there before. */
async function mark(
  { store, ifIgnored }: Series,
  key: string,
  format: string,
  ref: CheckpointRef,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const operation = `mark checkpoint ${refName(ref)} by`;
  try {
    return !await createSame(store, key, markOf(format, ref), { ifIgnored, operation, signal });
  } catch (error) {
    // Whatever is there marks it.
    if (error instanceof AlreadyExistsError) return false;
    throw error;
  }
}

function markOf(format: string, { generation, step }: CheckpointRef): Uint8Array<ArrayBuffer> {
  return sealJson({ format, version: 1, generation, step });
}
