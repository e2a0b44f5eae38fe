import { UnsupportedError } from "@lade/core/backend";
import type { FailedCall } from "../errors/mod.ts";

/** Milliseconds that a signed URL works at most: no service signs for longer. */
export const MAX_SIGNED_MS = 7 * 24 * 60 * 60 * 1000;

/** Throws a `RangeError` for a life that no signed URL has. */
export function checkSignedLife(expiresInMs: number): void {
  if (expiresInMs > 0 && expiresInMs <= MAX_SIGNED_MS) return;
  throw new RangeError(
    `Cannot presign with expiresInMs ${expiresInMs}: from 1 to ${MAX_SIGNED_MS} is possible`,
  );
}

/** Throws an `UnsupportedError` for a key that no URL can have. */
export function checkSignedKey({ operation, uri }: FailedCall, key: string): void {
  if (!key.split("/").some((segment) => segment === "." || segment === "..")) return;
  throw new UnsupportedError({
    operation,
    uri,
    detail: 'browsers and clients resolve "." and ".." in a URL',
  });
}
