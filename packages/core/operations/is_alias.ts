import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions, ObjectInfo } from "../contract/types.ts";
import { NotFoundError } from "../errors/errors.ts";
import { mayBeOneKey } from "../uri/may_be_one_key.ts";

/** A key or prefix of a store. */
export interface KeyIn {
  /** The store. */
  readonly store: ObjectStore;
  /** The key, or the prefix. */
  readonly key: string;
}

/**
 * Whether two different keys are names of one object, as some services take them: the keys may be one, and what lies
 * there is equal in etag, size, time and version. Only of such keys the objects are looked up.
 */
export async function isAlias(one: KeyIn, other: KeyIn, options: CallOptions): Promise<boolean> {
  if (!mayBeOneKey(one.key, other.key)) return false;
  const twin = await infoOf(other, options);
  const object = twin && await infoOf(one, options);
  return object !== undefined && twin !== undefined && isEqual(object, twin);
}

/** What is known of an object; `undefined` where there is none. */
export async function infoOf({ store, key }: KeyIn, options: CallOptions): Promise<ObjectInfo | undefined> {
  try {
    return await store.head(key, options);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** Whether two objects cannot be distinguished. */
export function isEqual(one: ObjectInfo, other: ObjectInfo): boolean {
  return one.etag === other.etag && one.size === other.size && one.version === other.version &&
    one.lastModified.getTime() === other.lastModified.getTime();
}
