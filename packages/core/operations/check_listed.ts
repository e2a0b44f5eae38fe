import type { ObjectMeta } from "../contract/types.ts";
import { ServiceError } from "../errors/errors.ts";

/**
 * Compares the size of an answered read with the listed one: under one etag an object has one size. Where they differ,
 * something on the way has cut, compressed or added to the bytes, and fitted the length.
 */
export function checkListed(read: ObjectMeta, listed: ObjectMeta | undefined, uri: string): void {
  if (listed?.etag === undefined || listed.etag !== read.etag || listed.size === read.size) return;
  throw new ServiceError({
    operation: "get",
    uri,
    detail: `the answer has ${read.size} bytes, the object ${listed.size} under the same etag`,
    advice: "check what stands between here and the service",
    retryable: true,
  });
}
