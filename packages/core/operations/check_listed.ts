import type { ObjectMeta } from "../contract/types.ts";
import { ServiceError } from "../errors/errors.ts";

/**
 * Holds what a read was answered with against what a listing told: under one etag an object has one size. Where they
 * differ, somebody between has cut, compressed or added to the bytes, with a length to fit.
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
