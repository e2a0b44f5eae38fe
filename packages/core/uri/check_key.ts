import { needText } from "../conditions/need_text.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import { InvalidNameError } from "../errors/errors.ts";

const MAX_KEY_BYTES = 1024;

const encoder = new TextEncoder();

/**
 * Why no store at all can hold `key`: it is empty or ill-formed Unicode. `undefined` where a store may. What is no text is a
 * `TypeError`.
 */
export function commonKeyFault(key: string): string | undefined {
  needText(key);
  if (key === "") return "an object needs a key";
  return key.isWellFormed() ? undefined : "the key is not valid Unicode";
}

/** Why a store of keys of up to 1,024 bytes of UTF-8 and no further rule cannot hold `key`; `undefined` where it can. */
export function keyFault(key: string): string | undefined {
  const fault = commonKeyFault(key);
  if (fault !== undefined || key.length <= MAX_KEY_BYTES / 3) return fault;
  const bytes = encoder.encode(key).length;
  return bytes > MAX_KEY_BYTES
    ? `the key has ${bytes} bytes of UTF-8, ${MAX_KEY_BYTES} is the most`
    : undefined;
}

/** Throws an `InvalidNameError` for a key that a store has a rule against. */
export function checkKey(operation: string, store: Pick<ObjectStore, "uri" | "keyFault">, key: string): void {
  const detail = store.keyFault(key);
  if (detail !== undefined) {
    throw new InvalidNameError({ operation, uri: objectUri(store.uri, key), detail });
  }
}

/** The URI of a key in a store: `s3://bucket` and `a/b` give `s3://bucket/a/b`. */
export function objectUri(storeUri: string, key: string): string {
  return storeUri.endsWith("/") ? storeUri + key : `${storeUri}/${key}`;
}
