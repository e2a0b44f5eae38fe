import { NotFoundError } from "@lade/core/errors";
import { sealJson } from "../json/sealed_json.ts";
import { type CheckpointRef, pinKey, PREFIXES, refName, refOfMark, retiredKey } from "../keys/series_keys.ts";
import { createSame } from "../series/create_same.ts";
import { readSmall } from "../series/read_small.ts";
import type { Series } from "../series/series.ts";

/**
 * Keeps a checkpoint until it is unpinned; one that is pinned already stays so. Whoever removes writes its mark first and looks for
 * pins then, and whoever pins does it the other way round. One that is being removed is a `NotFoundError`.
 */
export async function pin(series: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  const isRemoved = async () => await readSmall(series.store, retiredKey(ref), signal) !== undefined;
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

/** Says that a checkpoint is to be removed: from then on nobody finds it. */
export async function bury(series: Series, ref: CheckpointRef, signal?: AbortSignal): Promise<void> {
  await mark(series, retiredKey(ref), "lade-checkpoint-retired", ref, signal);
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
  { generation, step }: CheckpointRef,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const bytes = sealJson({ format, version: 1, generation, step });
  const operation = `mark checkpoint ${refName({ generation, step })} by`;
  // Whatever is there marks it.
  return !await createSame(store, key, bytes, { ifIgnored, operation, signal, isSame: () => true });
}
