import type { SampleBlocks, SampleGroups } from "./dataset.ts";

const BLOCK_BYTES = 2 ** 20;

/** Records that come to about 1 MiB: a function of the data set alone, since the order depends on it. */
export function recordsOfBlock(bytes: number, records: number): number {
  return records === 0 ? 1 : Math.max(1, Math.round(BLOCK_BYTES * records / Math.max(1, bytes)));
}

/** Decoded groups that the default order of a data set holds, in bytes: less than the half of the default budget. */
const HELD_BYTES = 96 * 2 ** 20;
const MOST_LANES = 16;
const MOST_WINDOW = 8;

/**
 * Blocks of whole groups of about 1 MiB or more, and where these are large as many of them together as fit into memory: a
 * function of the data set alone.
 */
export function blocksOfGroups(groups: SampleGroups<unknown>): SampleBlocks {
  let [largest, bytes] = [1, 0];
  for (let group = 0; group < groups.count; group++) {
    largest = Math.max(largest, groups.startOf(group + 1) - groups.startOf(group));
    bytes += groups.sizeOf(group);
  }
  const ofGroup = Math.max(1, bytes / Math.max(1, groups.count));
  const together = Math.max(1, Math.round(BLOCK_BYTES / ofGroup));
  const fitting = Math.max(1, Math.floor(HELD_BYTES / (ofGroup * together)));
  const records = largest * together;
  if (fitting >= MOST_LANES * MOST_WINDOW) return { records };
  const lanes = Math.min(MOST_LANES, 2 ** Math.floor(Math.log2(fitting)));
  return { records, lanes, window: Math.min(MOST_WINDOW, Math.max(1, Math.floor(fitting / lanes))) };
}
