import type { DeleteResult, ObjectStore } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { inParallel } from "@lade/core/concurrency";
import { deleteRead } from "@lade/core/operations";
import type { Deletion } from "./deletion.ts";

/** Deletions in flight where a store takes one at a time. */
const DELETED_AT_ONCE = 16;

/**
 * Deletes objects of one store, each only as it was listed, and tells what became of each: `error` is absent where it is
 * gone. A store that cannot hold the condition is asked for each object right before.
 */
export async function deleteListed(
  store: ObjectStore,
  deletions: readonly Deletion[],
  signal: AbortSignal,
  tell: (deletion: Deletion, error: Error | undefined) => Promise<void>,
): Promise<void> {
  const left = new Map(deletions.map((deletion) => [deletion.remove.key, deletion]));
  const singly: Deletion[] = [];
  const take = async ({ key, error }: DeleteResult) => {
    const deletion = left.get(key);
    if (!deletion) return;
    left.delete(key);
    if (error instanceof UnsupportedError) singly.push(deletion);
    else await tell(deletion, error);
  };
  if (store.capabilities.conditionalDelete === false) singly.push(...deletions);
  else {
    const conditional = deletions.flatMap(({ remove: { key }, listed: { etag } }) =>
      etag === undefined ? [] : [{ key, ifMatch: etag }]
    );
    singly.push(...deletions.filter(({ listed: { etag } }) => etag === undefined));
    for await (const result of store.deleteMany(conditional, { signal })) await take(result);
  }
  await inParallel(singly, DELETED_AT_ONCE, async (deletion, signal) => {
    const { remove: { key }, listed } = deletion;
    let failure: Error | undefined;
    try {
      await deleteRead(store, key, { ...listed, metadata: {} }, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      failure = error;
    }
    await tell(deletion, failure);
  }, signal);
}
