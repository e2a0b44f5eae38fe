import { InvalidNameError, type Location, parseUri, splitLocation } from "@lade/core/backend";
import { gcsBucketFault, gcsNewBucketFault } from "../names/gcs_bucket_fault.ts";
import { gcsKeyFault } from "../names/gcs_key_fault.ts";

/** Finds bucket and key of a URI. One that names no bucket, or a name that cannot be, is an `InvalidNameError`. */
export function parseGcsUri(uri: string): Location {
  const { scheme, rest } = parseUri(uri);
  const location = splitLocation(rest);
  const { container, key } = location;
  const detail = scheme !== "gs" && scheme !== "gcs"
    ? `the scheme is ${JSON.stringify(scheme)}, not "gs"`
    : gcsBucketFault(container) ?? (key === "" ? undefined : gcsKeyFault(key));
  if (detail !== undefined) throw new InvalidNameError({ operation: "parse", uri, detail });
  return location;
}

/** The URI of a key of a bucket; one of the bucket where the key is empty. */
export function formatGcsUri({ container, key }: Location): string {
  checkBucket("format", container);
  return key === "" ? `gs://${container}` : `gs://${container}/${key}`;
}

/** Throws an `InvalidNameError` for a name that no bucket has. */
export function checkBucket(operation: string, bucket: string): void {
  refuse(operation, bucket, gcsBucketFault(bucket));
}

/** Throws an `InvalidNameError` for a name by which no bucket can be made. */
export function checkNewBucket(operation: string, bucket: string): void {
  refuse(operation, bucket, gcsNewBucketFault(bucket));
}

function refuse(operation: string, bucket: string, detail: string | undefined): void {
  if (detail !== undefined) throw new InvalidNameError({ operation, uri: `gs://${bucket}`, detail });
}
