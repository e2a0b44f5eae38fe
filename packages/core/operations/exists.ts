import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions } from "../contract/types.ts";
import { NotFoundError, PermissionDeniedError } from "../errors/errors.ts";

/**
 * Whether an object exists. Only a missing one is `false`: any other failure rejects. Where it may not be read, it is
 * listed; where that is not allowed either, this rejects with the refusal to read.
 */
export async function exists(store: ObjectStore, key: string, options: CallOptions = {}): Promise<boolean> {
  try {
    await store.head(key, options);
    return true;
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    if (!(error instanceof PermissionDeniedError)) throw error;
    return await isListed(store, key, options, error);
  }
}

async function isListed(
  store: ObjectStore,
  key: string,
  options: CallOptions,
  denied: PermissionDeniedError,
): Promise<boolean> {
  try {
    // Every other key that starts with this one comes after it.
    for await (const meta of store.list(key, options)) return meta.key === key;
    return false;
  } catch (error) {
    throw error instanceof PermissionDeniedError ? denied : error;
  }
}
