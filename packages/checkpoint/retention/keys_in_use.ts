import { type CheckpointRef, compareRefs, refName } from "../keys/series_keys.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { findAllCommits } from "../series/find_commits.ts";
import { type DamagedCheckpoint, findManifest, orDamaged, tableOf } from "../series/read_checkpoint.ts";
import type { Series } from "../series/series.ts";
import type { Tombstone } from "./census.ts";

/** What checkpoints need of the objects of a series. */
export interface KeysInUse {
  /** Whether an object of the checkpoint `ref` is named by one that stays, or may be by one that cannot be read. */
  has(ref: CheckpointRef, key: string): boolean;
  /** Those that cannot be read, the newest first. */
  readonly damaged: readonly DamagedCheckpoint[];
}

/**
 * The keys that checkpoints name, but for those that are removed now: of those with a mark, `stays` says which need what they name
 * still. One that cannot be read may name objects of its own, and of any that is older: a save names parts of older ones only.
 */
export async function keysInUse(
  series: Series,
  tombstones: ReadonlyMap<string, Tombstone>,
  stays: (tombstone: Tombstone) => Promise<boolean>,
  signal: AbortSignal | undefined,
): Promise<KeysInUse> {
  const keys = new Set<string>();
  const damaged = new Map<string, DamagedCheckpoint>();
  const onDamaged = (one: DamagedCheckpoint) => void damaged.set(refName(one), one);
  const add = async (manifest: Manifest) => {
    const table = await orDamaged(manifest, () => tableOf(series, manifest, signal), onDamaged);
    for (const { key } of table?.shards ?? []) keys.add(key);
    for (const { key } of manifest.records) keys.add(key);
    if (!("tensors" in manifest.table)) keys.add(manifest.table.key);
  };
  // One that was marked meanwhile, by another collection, stays for the grace of that.
  for await (const found of findAllCommits(series, signal)) {
    const tombstone = tombstones.get(refName(found));
    if (tombstone && !await stays(tombstone)) continue;
    const manifest = await orDamaged(found, () => findManifest(series, found, signal), onDamaged);
    if (manifest) await add(manifest);
  }
  const sorted = [...damaged.values()].sort((a, b) => compareRefs(b, a));
  const [newest] = sorted;
  return {
    damaged: sorted,
    has: (ref, key) => keys.has(key) || (newest !== undefined && compareRefs(ref, newest) <= 0),
  };
}
