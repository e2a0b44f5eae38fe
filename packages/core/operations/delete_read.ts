import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions, ObjectInfo } from "../contract/types.ts";
import { NotFoundError, PreconditionFailedError } from "../errors/errors.ts";
import { objectUri } from "../uri/check_key.ts";
import { objectNoun } from "../uri/object_noun.ts";

/**
 * Deletes an object only as it was read: what has changed since is a `PreconditionFailedError` and stays. A store that
 * knows no condition here is asked once more right before; what is written between that look and the deletion is lost.
 */
export async function deleteRead(
  store: ObjectStore,
  key: string,
  read: ObjectInfo,
  options: CallOptions = {},
): Promise<void> {
  if (read.etag !== undefined && store.capabilities.conditionalDelete !== false) {
    try {
      return await store.delete(key, { ...options, ifMatch: read.etag, ifIgnored: "look" });
    } catch (error) {
      throw error instanceof PreconditionFailedError ? changed(store, key, error) : error;
    }
  }
  try {
    if (isSame(await store.head(key, options), read)) return await store.delete(key, options);
  } catch (error) {
    if (error instanceof NotFoundError) return;
    throw error;
  }
  throw changed(store, key);
}

function changed(store: ObjectStore, key: string, cause?: unknown): PreconditionFailedError {
  const uri = objectUri(store.uri, key);
  const detail = `the ${objectNoun(uri)} has changed since it was read`;
  return new PreconditionFailedError({ operation: "delete", uri, detail, cause });
}

function isSame(now: ObjectInfo, read: ObjectInfo): boolean {
  // Some services answer one request with a version and the next without.
  const isSameVersion = now.version === read.version || now.version === undefined ||
    read.version === undefined;
  return now.etag === read.etag && isSameVersion && now.size === read.size &&
    now.lastModified.getTime() === read.lastModified.getTime();
}
