import { InvalidNameError } from "../errors/errors.ts";

/** Longest key in bytes of UTF-8, as S3, GCS and Azure have it. */
export const MAX_KEY_BYTES = 1024;

const encoder = new TextEncoder();

/** Why no store can hold `key`, or `undefined` when one can: empty, ill-formed Unicode, or over 1,024 bytes. */
export function keyFault(key: string): string | undefined {
  if (key === "") return "an object needs a key";
  if (key.length <= MAX_KEY_BYTES / 3) return key.isWellFormed() ? undefined : "the key is not valid Unicode";
  if (!key.isWellFormed()) return "the key is not valid Unicode";
  const bytes = encoder.encode(key).length;
  return bytes > MAX_KEY_BYTES
    ? `the key has ${bytes} bytes of UTF-8, ${MAX_KEY_BYTES} is the most`
    : undefined;
}

/** Throws an `InvalidNameError` for a key that no store can hold. */
export function checkKey(operation: string, storeUri: string, key: string): void {
  const detail = keyFault(key);
  if (detail !== undefined) {
    throw new InvalidNameError({ operation, uri: objectUri(storeUri, key), detail });
  }
}

/** The URI of a key in a store: `s3://bucket` and `a/b` give `s3://bucket/a/b`. */
export function objectUri(storeUri: string, key: string): string {
  return storeUri.endsWith("/") ? storeUri + key : `${storeUri}/${key}`;
}
