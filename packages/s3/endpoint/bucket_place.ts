import type { ObjectPlace } from "@lade/core";
import type { Endpoint } from "./resolve_endpoint.ts";

/** Names of buckets that are aliases of access points, or of those of Object Lambda. */
export const ALIAS: RegExp = /-(?:s3alias|-ol-s3)$/;
const PARTITION = /\.amazonaws\.com(\.cn)?$/;

/**
 * Where a key of a bucket leads. A bucket of Amazon's is the same by whatever region or style it is reached; any other
 * service may have more names than its URL shows, and take several keys for one.
 */
export function bucketPlace({ serviceUrl }: Endpoint, bucket: string, key: string): ObjectPlace {
  const partition = ALIAS.test(bucket) ? undefined : PARTITION.exec(new URL(serviceUrl).hostname)?.[0];
  const service = partition === undefined
    ? ALIAS.test(bucket) ? `${serviceUrl} ${bucket}` : serviceUrl
    : `${serviceUrl.includes("us-gov-") ? "us-gov" : "aws"}${partition}`;
  return {
    service,
    container: bucket,
    key,
    kind: "s3",
    foldsKeys: !PARTITION.test(new URL(serviceUrl).hostname),
  };
}
