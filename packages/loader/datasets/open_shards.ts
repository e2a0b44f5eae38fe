import { needList } from "@lade/core/backend";
import type { ObjectStore } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { blocksOfGroups, recordsOfBlock } from "./block_records.ts";
import { concatDatasets } from "./concat_datasets.ts";
import type { MapDataset } from "./dataset.ts";
import { checkListed, type ListedOptions, type ShardInfo } from "./listed_shards.ts";

/** Parts that are opened at the same time: each takes a request or two. */
const AT_ONCE = 32;

/** Opens the part of each key, several at a time, in the order of the keys. Where one fails, the others are disposed of. */
async function openParts<T>(
  keys: readonly string[],
  open: (key: string, signal: AbortSignal) => Promise<MapDataset<T>>,
  signal?: AbortSignal,
): Promise<MapDataset<T>[]> {
  const parts = new Array<MapDataset<T> | undefined>(keys.length).fill(undefined);
  try {
    await inParallel(keys.entries(), AT_ONCE, async ([place, key], signal) => {
      parts[place] = await open(key, signal);
    }, signal);
  } catch (error) {
    for (const part of parts) await part?.[Symbol.asyncDispose]();
    throw error;
  }
  return parts.flatMap((part) => part ?? []);
}

/** A shard that was opened, and the bytes that its records lie in. */
export interface OpenedShard<T> {
  /** Its records. */
  readonly part: MapDataset<T>;
  /** Bytes. */
  readonly bytes: number;
  /** The object that it is, where it is one. */
  readonly info?: ShardInfo;
}

/**
 * Opens the shard of each key as one data set, in the order of the keys. Records that come to about 1 MiB make a block, or
 * as many as are decoded together, unless each is read by itself.
 */
export async function openShards<T>(
  store: ObjectStore,
  keys: readonly string[],
  open: (key: string, signal: AbortSignal) => Promise<OpenedShard<T>>,
  { uri, signal, listed, inBlocks = true }: ListedOptions & {
    readonly uri?: string | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly inBlocks?: boolean;
  },
): Promise<MapDataset<T>> {
  needList("open shards of", keys, "keys");
  let bytes = 0;
  const parts = await openParts(keys, async (key, signal) => {
    const opened = await open(key, signal);
    if (opened.info) checkListed(store, key, opened.info, listed);
    bytes += opened.bytes;
    return opened.part;
  }, signal);
  const records = parts.reduce((sum, { length }) => sum + length, 0);
  const { groups, plan } = concatDatasets(parts);
  const blocks = groups && !plan ? blocksOfGroups(groups) : { records: recordsOfBlock(bytes, records) };
  return concatDatasets(parts, {
    uri: uri ?? parts[0]?.uri ?? store.uri,
    ...(inBlocks && { blocks }),
  });
}
