import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions } from "../contract/types.ts";
import { NotFoundError } from "../errors/errors.ts";

/** Whether an object exists. Only a missing one is `false`: any other failure rejects. */
export async function exists(store: ObjectStore, key: string, options: CallOptions = {}): Promise<boolean> {
  try {
    await store.head(key, options);
    return true;
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}
