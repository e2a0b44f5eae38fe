import { S3Error } from "../s3_error.ts";

/** Longest key, in bytes of UTF-8. */
const MAX_KEY = 1024;

/**
 * Refuses a bucket name that breaks the rules for general purpose buckets (Amazon S3 user guide, "Bucket
 * naming rules").
 */
export function checkBucketName(name: string): void {
  const valid = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/^(xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
  if (!valid) throw new S3Error("InvalidBucketName", { details: { BucketName: name } });
}

/** Refuses a key that is too long. */
export function checkKey(key: string): void {
  const size = new TextEncoder().encode(key).length;
  if (size > MAX_KEY) {
    throw new S3Error("KeyTooLongError", {
      details: { Size: String(size), MaxSizeAllowed: String(MAX_KEY) },
    });
  }
}
