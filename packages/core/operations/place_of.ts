import type { ObjectPlace } from "../contract/object_place.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions } from "../contract/types.ts";

/** Where a key or prefix of a store leads; of a store without the method, to places of its own. */
export async function placeOf(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): Promise<ObjectPlace> {
  return await store.placeOf?.(key, options) ?? { service: store, container: store, key };
}
