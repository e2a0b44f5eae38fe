import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectAttributes, PutResult, SetAttributesOptions } from "../contract/types.ts";
import { UnsupportedError } from "../errors/errors.ts";
import { checkKey, objectUri } from "../uri/check_key.ts";

/**
 * Replaces attributes of an object, each that is given, and keeps the others and the bytes, which are not moved. A store
 * that cannot is an `UnsupportedError`.
 */
export async function setAttributes(
  store: ObjectStore,
  key: string,
  attributes: ObjectAttributes,
  options: SetAttributesOptions = {},
): Promise<PutResult> {
  if (store.setAttributes) return await store.setAttributes(key, attributes, options);
  options.signal?.throwIfAborted();
  const operation = "set the attributes of";
  checkKey(operation, store, key);
  const uri = objectUri(store.uri, key);
  throw new UnsupportedError({ operation, uri, detail: "the store changes no attributes" });
}
