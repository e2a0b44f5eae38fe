import type { ObjectStore } from "../contract/object_store.ts";
import type { GetTagsOptions } from "../contract/types.ts";
import { UnsupportedError } from "../errors/errors.ts";
import { objectUri } from "../uri/check_key.ts";

/** The tags of an object; an `UnsupportedError` of a store that has none. */
export async function tagsOf(
  store: ObjectStore,
  key: string,
  options?: GetTagsOptions,
): Promise<Record<string, string>> {
  if (store.getTags) return await store.getTags(key, options);
  const uri = objectUri(store.uri, key);
  throw new UnsupportedError({ operation: "get the tags of", uri, detail: "objects have no tags here" });
}
