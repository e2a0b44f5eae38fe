import type { CallOptions, DeleteResult } from "@lade/core";
import { deleteBatch, type DeleteTarget, MAX_KEYS } from "./delete_batch.ts";

const BATCHES_IN_FLIGHT = 2;

/**
 * Deletes by batches of 1,000, two of them on their way, and yields one result per key. Whoever stops asking for
 * results stops the batches that have not begun.
 */
export async function* deleteMany(
  target: DeleteTarget,
  keys: AsyncIterable<string> | Iterable<string>,
  { signal }: CallOptions,
): AsyncGenerator<DeleteResult, void, void> {
  signal?.throwIfAborted();
  const running: Promise<readonly DeleteResult[]>[] = [];
  const start = (batch: readonly string[]) => {
    const results = deleteBatch(target, batch, signal);
    results.catch(() => {});
    running.push(results);
  };
  try {
    let batch: string[] = [];
    for await (const key of keys) {
      signal?.throwIfAborted();
      batch.push(key);
      if (batch.length < MAX_KEYS) continue;
      start(batch);
      batch = [];
      if (running.length >= BATCHES_IN_FLIGHT) yield* await running.shift() ?? [];
    }
    if (batch.length > 0) start(batch);
    while (running.length > 0) yield* await running.shift() ?? [];
  } finally {
    await Promise.allSettled(running);
  }
}
