import { GcsError } from "../gcs_error.ts";

/** Refuses a name that no bucket can have. */
export function checkBucketName(name: string): void {
  const long = name.includes(".") ? 222 : 63;
  const fits = name.length >= 3 && name.length <= long && /^[a-z0-9][a-z0-9._-]*[a-z0-9]$/.test(name) &&
    !/\.\.|\.-|-\.|^goog|google/.test(name) && !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    name.split(".").every(({ length }) => length <= 63);
  if (!fits) throw new GcsError("InvalidBucketName", `Invalid bucket name: '${name}'`);
}

/** Refuses a name that no object can have. */
export function checkObjectName(name: string): void {
  const size = new TextEncoder().encode(name).length;
  if (size > 1024) {
    throw new GcsError(
      "KeyTooLong",
      "The specified object name is too long: its UTF-8 form has more than 1024 bytes.",
    );
  }
  const fits = size > 0 && !/[\r\n]/.test(name) && name !== "." && name !== ".." && name.isWellFormed() &&
    !name.startsWith(".well-known/acme-challenge/");
  if (!fits) throw new GcsError("InvalidObjectName", `Invalid object name: '${name}'`);
}
