import type { LoaderLevel } from "../config/resolve_config.ts";
import type { MapDataset } from "../datasets/dataset.ts";
import type { BatchMemory } from "../pool/batch_memory.ts";
import { BlockCache, type BlockSource } from "../pool/block_cache.ts";
import { PartBlocks } from "../pool/part_blocks.ts";
import { BatchLayout } from "./batch_layout.ts";
import { groupReads, type ReadGround, readGroup } from "./read_samples.ts";

/** What blocks are held for. */
export interface BlocksGround {
  readonly dataset: MapDataset<unknown>;
  readonly level: LoaderLevel;
  readonly memory: BatchMemory;
  readonly reading: ReadGround;
}

/** Blocks of an epoch, where samples are shuffled by blocks of several. */
export function openBlocks(ground: BlocksGround): BlockSource | undefined {
  const { dataset, level: { order } } = ground;
  if (!dataset.plan) return undefined;
  if (order.kind === "block") return cacheOf(order, 0, ground);
  const { parts = [], lanes } = order;
  let next = 0;
  const blocked = parts.map((part) => {
    const first = next;
    next += part.length;
    const blocks = part.kind === "block"
      ? cacheOf({ ...lanes !== undefined && { lanes }, ...part }, first, ground)
      : undefined;
    return { length: part.length, blocks };
  });
  return blocked.some(({ blocks }) => blocks) ? new PartBlocks(blocked) : undefined;
}

interface BlockOrder {
  readonly length: number;
  readonly block?: number;
  readonly window?: number;
  readonly lanes?: number;
}

function cacheOf(
  { length, block = 1, window = 1, lanes = 1 }: BlockOrder,
  first: number,
  { dataset, level: { world: { size } }, memory, reading }: BlocksGround,
): BlockCache | undefined {
  if (block === 1) return undefined;
  const own = lanes % size === 0 ? lanes / size : lanes;
  return new BlockCache({
    dataset,
    first,
    length,
    records: block,
    // A window of each lane, the block that it shares with the next one, and that of batches read ahead.
    capacity: own * (window + 2),
    take: (bytes) => memory.takeBlock(bytes),
    read: async (plan, target) => {
      const reads = new BatchLayout(plan, block, 1).readsInto(target);
      for (const group of groupReads(reads)) await readGroup(group, reading);
    },
  });
}
