import type { DeleteResult, ObjectToDelete } from "@lade/core";
import { checkObjects, deletedOf, toDelete } from "@lade/core/backend";
import { parallelResults } from "@lade/core/concurrency";

/** Deletes in flight. */
const IN_FLIGHT = 16;

/**
 * Deletes objects as they arrive, a few at a time; leaving early waits for those in flight. What was deleted is told
 * also where the objects fail or the signal ends it.
 */
export function deleteEach(
  remove: (object: ObjectToDelete) => Promise<void>,
  objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
  signal: AbortSignal | undefined,
): AsyncGenerator<DeleteResult, void, void> {
  checkObjects(objects);
  return parallelResults(objects, IN_FLIGHT, async (given) => {
    const object = toDelete(given);
    try {
      await remove(object);
      return deletedOf(object);
    } catch (error) {
      // A deletion that the signal ended did nothing.
      if (signal?.aborted && error === signal.reason) throw error;
      return { ...deletedOf(object), error: error instanceof Error ? error : new Error(String(error)) };
    }
  }, signal);
}
