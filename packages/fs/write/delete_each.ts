import type { DeleteResult, ObjectToDelete } from "@lade/core";
import { deletedOf, toDelete } from "@lade/core/backend";

/** Deletes in flight. */
const IN_FLIGHT = 16;

/**
 * Deletes objects as they arrive, a few at a time; leaving early waits for those in flight. What was deleted is told
 * also where the objects fail or the signal ends it.
 */
export async function* deleteEach(
  remove: (object: ObjectToDelete) => Promise<void>,
  objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
  signal: AbortSignal | undefined,
): AsyncGenerator<DeleteResult, void, void> {
  signal?.throwIfAborted();
  const flying: Promise<DeleteResult>[] = [];
  let failure: { readonly error: unknown } | undefined;
  try {
    try {
      for await (const object of objects) {
        signal?.throwIfAborted();
        flying.push(removeOne(remove, toDelete(object)));
        const oldest = flying.length < IN_FLIGHT ? undefined : flying.shift();
        if (oldest) yield await oldest;
      }
    } catch (error) {
      failure = { error };
    }
    for (let next = flying.shift(); next; next = flying.shift()) {
      const result = await next;
      // A deletion that the signal ended did nothing.
      if (result.error === undefined || result.error !== signal?.reason) yield result;
    }
  } finally {
    await Promise.all(flying);
  }
  if (failure) throw failure.error;
  signal?.throwIfAborted();
}

async function removeOne(
  remove: (object: ObjectToDelete) => Promise<void>,
  object: ObjectToDelete,
): Promise<DeleteResult> {
  try {
    await remove(object);
    return deletedOf(object);
  } catch (error) {
    return { ...deletedOf(object), error: error instanceof Error ? error : new Error(String(error)) };
  }
}
