import type { ByteBudget } from "@lade/core/backend";
import type { LoaderConfig } from "../config/resolve_config.ts";
import type { MapDataset, SampleGroups } from "../datasets/dataset.ts";
import { GroupCache } from "../pool/group_cache.ts";
import type { ReadGround } from "./read_samples.ts";

/**
 * The groups of an epoch, where samples are decoded in groups, rather than read by a plan. What the windows of a block
 * shuffle are made of is held, whatever it takes: its options say it; else as much as batches may have.
 */
export function openGroups<T>(
  { groups, plan }: MapDataset<T>,
  { loader: { order, world }, pool }: LoaderConfig,
  budget: ByteBudget,
  { signal, clock, stats }: ReadGround,
): GroupCache<T> | undefined {
  if (!groups || plan) return undefined;
  const { lanes = 1, window = 1, block = 1 } = order;
  const own = lanes % world.size === 0 ? lanes / world.size : lanes;
  // A window of each lane, the block that it shares with the next one, and that of batches read ahead.
  const windows = order.kind === "block" ? own * (window + 2) * bytesOf(groups, block, order.length) : 0;
  const open = async (group: number) => {
    const began = clock.monotonicMs();
    let readMs = 0;
    const onRead = (bytes: number, ms: number) => {
      readMs += ms;
      stats.readLater(bytes, ms);
    };
    const opened = await groups.open(group, { signal, clock, onRead });
    stats.decodeMs += Math.max(0, clock.monotonicMs() - began - readMs);
    return opened;
  };
  return new GroupCache({ groups, budget, limit: Math.max(pool.maxBytes, windows), open, signal });
}

/** Bytes of the groups that as many samples as a block's lie in, on the average. */
function bytesOf(groups: SampleGroups<unknown>, block: number, samples: number): number {
  let bytes = 0;
  for (let group = 0; group < groups.count; group++) bytes += groups.sizeOf(group);
  return samples === 0 ? 0 : bytes * block / samples + bytes / groups.count;
}
