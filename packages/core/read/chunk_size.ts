import type { AdaptiveLimit } from "../concurrency/adaptive_limit.ts";
import type { ReadHints } from "../contract/read_hints.ts";
import type { ReadOptions } from "./read_options.ts";

/** Chunks that are left for every one under way, at least, so that all come to their end at about the same time. */
const ROUNDS_LEFT = 2;

/**
 * How many bytes the next chunk of a read should have, given those that are left. Where the store says that larger ones
 * serve it better, they are: once it is known how many to have under way, as long as there are enough for all.
 */
export function chunkSizes(
  hints: ReadHints,
  limit: Pick<AdaptiveLimit, "current" | "climbing">,
  { chunkSize = "auto", concurrency = "auto" }: Pick<ReadOptions, "chunkSize" | "concurrency">,
): (left: number) => number {
  if (chunkSize !== "auto") return () => chunkSize;
  const { chunkSize: usual, largestChunkSize: largest = usual } = hints;
  return (left) => {
    if (concurrency === "auto" && limit.climbing) return usual;
    const share = left / (ROUNDS_LEFT * (concurrency === "auto" ? limit.current : concurrency));
    return Math.max(usual, Math.min(largest, share - share % usual));
  };
}
