import {
  type CallOptions,
  checkEtags,
  checkVersion,
  deletedOf,
  type DeleteResult,
  InvalidNameError,
  type ObjectToDelete,
  objectUri,
  StoreError,
  toDelete,
} from "@lade/core/backend";
import { inParallel, parallelResults } from "@lade/core/concurrency";
import type { AnyObjects, BatchDeleter, DeleteOutcome } from "./batch_deleter.ts";

const BATCHES_IN_FLIGHT = 2;
const SINGLE_DELETES_IN_FLIGHT = 16;

/**
 * Deletes by batches, two of them on their way, and yields one result per object, also of those sent before the objects
 * failed or the signal ended it. A caller that stops asking for results stops the batches that have not begun.
 *
 * An object that a batch cannot hold, or that fails in it for a while only, is deleted by a request of its own; so are all
 * of a batch that the service refuses. At most 32 of such requests are in flight.
 */
export async function* deleteInBatches(
  deleter: BatchDeleter,
  objects: AnyObjects,
  { signal }: CallOptions = {},
): AsyncGenerator<DeleteResult, void, void> {
  const batches = batchesOf(deleter.order?.(objects) ?? objects, deleter.max, signal);
  const remove = (batch: readonly ObjectToDelete[]) => deleteBatch(deleter, batch, signal);
  for await (const results of parallelResults(batches, BATCHES_IN_FLIGHT, remove, signal)) yield* results;
}

async function* batchesOf(
  objects: AnyObjects,
  max: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ObjectToDelete[], void, void> {
  let batch: ObjectToDelete[] = [];
  for await (const object of objects) {
    signal?.throwIfAborted();
    batch.push(toDelete(object));
    if (batch.length < max) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Deletes as many objects as a batch can hold and returns what became of each; rejects only with `signal.reason`. */
async function deleteBatch(
  deleter: BatchDeleter,
  objects: readonly ObjectToDelete[],
  signal: AbortSignal | undefined,
): Promise<readonly DeleteResult[]> {
  const outcomes = new Map<string, DeleteOutcome>();
  const batch = new Map<string, ObjectToDelete>();
  const singles = new Map<string, ObjectToDelete>();
  const inBatch = new Set<string>();
  for (const object of objects) {
    const refusal = refusalOf(deleter, object);
    if (refusal) outcomes.set(nameOf(object), refusal);
    else if (deleter.fits(object) && !inBatch.has(versionName(object))) {
      inBatch.add(versionName(object));
      batch.set(nameOf(object), object);
    } else if (!batch.has(nameOf(object))) singles.set(nameOf(object), object);
  }
  const moveToSingles = () => batch.forEach((object, name) => singles.set(name, object));
  let isRefused = false;
  if (batch.size === 1 || deleter.isRefused) moveToSingles();
  else if (batch.size > 1) {
    const asked = [...batch.values()];
    try {
      const told = await deleter.send(asked, signal);
      for (const [at, object] of asked.entries()) {
        const outcome = told[at];
        if (outcome !== undefined && isPassing(outcome)) singles.set(nameOf(object), object);
        else outcomes.set(nameOf(object), outcome);
      }
    } catch (error) {
      signal?.throwIfAborted();
      isRefused = deleter.isRefusal?.(error) ?? false;
      if (isRefused) moveToSingles();
      else {
        for (const [name, { key }] of batch) outcomes.set(name, errorOf(objectUri(deleter.uri, key), error));
      }
    }
  }
  let deleted = 0;
  await inParallel(singles.values(), SINGLE_DELETES_IN_FLIGHT, async (object) => {
    try {
      await deleter.sendOne(object, signal);
      outcomes.set(nameOf(object), undefined);
      deleted++;
    } catch (error) {
      signal?.throwIfAborted();
      outcomes.set(nameOf(object), asError(error));
    }
  }, signal);
  if (isRefused && deleted > 0) deleter.foundRefused?.();
  return objects.map((object) => {
    const error = outcomes.get(nameOf(object));
    return error === undefined ? deletedOf(object) : { ...deletedOf(object), error };
  });
}

/** Why nothing is sent for an object. */
function refusalOf(deleter: BatchDeleter, { key, ...given }: ObjectToDelete): Error | undefined {
  const call = { operation: "delete", uri: objectUri(deleter.uri, key) };
  const detail = deleter.keyFault(key);
  if (detail !== undefined) return new InvalidNameError({ ...call, detail });
  try {
    checkVersion(call.operation, call.uri, given.version);
    checkEtags(call, given);
    return undefined;
  } catch (error) {
    return asError(error);
  }
}

/** A lone surrogate, which no key holds, begins the names of what is more than a key. */
const MORE = "\ud800";

function nameOf({ key, version, ifMatch }: ObjectToDelete): string {
  return version === undefined && ifMatch === undefined
    ? key
    : MORE + JSON.stringify([key, version, ifMatch]);
}

/** What distinguishes the results of a batch. */
function versionName({ key, version }: ObjectToDelete): string {
  return nameOf(version === undefined ? { key } : { key, version });
}

/** Whether a request of its own may come to something else. */
function isPassing(error: Error): boolean {
  return "retryable" in error && error.retryable === true;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** What failed for a whole batch, told of one of its objects: whoever removes thousands sees which of them are left. */
function errorOf(uri: string, error: unknown): Error {
  return error instanceof StoreError ? error.restated({ operation: "delete", uri }) : asError(error);
}
