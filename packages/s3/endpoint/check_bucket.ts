import { InvalidNameError, UnsupportedError } from "@lade/core/backend";

const GENERAL = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;
const STRICT = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;

/** A container as URIs name it: `bucket`, or `bucket@host:port` for a bucket with an endpoint of its own. */
export interface BucketName {
  /** The bucket. */
  readonly bucket: string;
  /** Host and port of its own endpoint. */
  readonly host?: string;
}

/** Cuts a container's name in two and checks both parts. A name that no S3 service can have is an `InvalidNameError`. */
export function checkBucket(operation: string, container: string): BucketName {
  const at = container.indexOf("@");
  const bucket = at < 0 ? container : container.slice(0, at);
  const host = at < 0 ? undefined : container.slice(at + 1);
  const uri = `s3://${container}`;
  if (bucket.startsWith("arn:")) {
    throw new UnsupportedError({
      operation,
      uri,
      detail: "ARNs are not taken",
      advice: "use the alias of the access point",
    });
  }
  if (!GENERAL.test(bucket) || bucket.includes("..") || ADDRESS.test(bucket)) {
    throw new InvalidNameError({
      operation,
      uri,
      detail: "not a valid bucket name",
      advice: "use 3 to 63 lower-case letters, digits, dots and hyphens",
    });
  }
  if (bucket.endsWith("--x-s3")) {
    throw new UnsupportedError({
      operation,
      uri,
      detail: "directory buckets (S3 Express) are not supported",
    });
  }
  if (host !== undefined && !/^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/.test(host)) {
    throw new InvalidNameError({ operation, uri, detail: "what follows @ is not host or host:port" });
  }
  return host === undefined ? { bucket } : { bucket, host };
}

/** Throws an `InvalidNameError` for a name that a new bucket cannot have ("Bucket naming rules" of Amazon S3). */
export function checkNewBucket(operation: string, container: string): BucketName {
  const name = checkBucket(operation, container);
  if (!STRICT.test(name.bucket) || /\.-|-\./.test(name.bucket)) {
    throw new InvalidNameError({
      operation,
      uri: `s3://${container}`,
      detail: "not a valid bucket name",
      advice: "use 3 to 63 lower-case letters, digits, dots and hyphens",
    });
  }
  return name;
}

/** Whether a bucket can be a label of a host name that the service's TLS certificate covers. */
export function fitsHostLabel(bucket: string): boolean {
  return STRICT.test(bucket) && !bucket.includes(".");
}
