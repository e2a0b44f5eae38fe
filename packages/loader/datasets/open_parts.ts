import { inParallel } from "@lade/core/concurrency";
import type { MapDataset } from "./dataset.ts";

/** Parts that are opened at the same time: each takes a request or two. */
const AT_ONCE = 32;

/** Opens the part of each key, several at a time, in the order of the keys. Where one fails, the others are disposed of. */
export async function openParts<T>(
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
