import type { CallOptions, DeleteResult, ObjectToDelete } from "@lade/core";
import { toDelete } from "@lade/core/backend";
import { deleteBatch, type DeleteTarget, MAX_KEYS } from "./delete_batch.ts";

const BATCHES_IN_FLIGHT = 2;

/**
 * Deletes by batches of 1,000, two of them on their way, and yields one result per object, also of those sent before the
 * objects failed or the signal ended it. Whoever stops asking for results stops the batches that have not begun.
 */
export async function* deleteMany(
  target: DeleteTarget,
  objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
  { signal }: CallOptions,
): AsyncGenerator<DeleteResult, void, void> {
  signal?.throwIfAborted();
  const running: Promise<readonly DeleteResult[]>[] = [];
  const start = (batch: readonly ObjectToDelete[]) => {
    const results = deleteBatch(target, batch, signal);
    results.catch(() => {});
    running.push(results);
  };
  let failure: { readonly error: unknown } | undefined;
  try {
    try {
      let batch: ObjectToDelete[] = [];
      for await (const object of objects) {
        signal?.throwIfAborted();
        batch.push(toDelete(object));
        if (batch.length < MAX_KEYS) continue;
        start(batch);
        batch = [];
        if (running.length >= BATCHES_IN_FLIGHT) yield* await running.shift() ?? [];
      }
      if (batch.length > 0) start(batch);
    } catch (error) {
      failure = { error };
    }
    // What was sent is told, also where what was to follow it failed.
    for (let next = running.shift(); next; next = running.shift()) {
      yield* await next.catch((error) => {
        failure ??= { error };
        return [];
      });
    }
  } finally {
    await Promise.allSettled(running);
  }
  if (failure) throw failure.error;
}
