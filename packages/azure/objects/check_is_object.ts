import { NotFoundError, ServiceError, UnavailableError } from "@lade/core/backend";
import type { FailedCall } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { UNVERSIONED } from "../client/version_query.ts";

/**
 * Refuses a directory of a hierarchical namespace, which is no object, and a blob that the service still copies into, or has
 * not copied to its end: it has no content, or a part of it. What is there under the key is no object without a version
 * where it has one.
 */
export function checkIsObject(
  headers: ResponseHeaders,
  { operation, uri }: FailedCall,
  version?: string,
): void {
  if (version === UNVERSIONED && headers.has("x-ms-version-id")) {
    throw new NotFoundError({ operation, uri, detail: "no such version of the object" });
  }
  if (headers.get("x-ms-resource-type") === "directory") {
    throw new NotFoundError({ operation, uri, detail: "no such object, but a directory of this name" });
  }
  const status = headers.get("x-ms-copy-status");
  if (status === undefined || status === "success") return;
  const call = { operation, uri };
  if (status === "pending") {
    const [copied, size] = (headers.get("x-ms-copy-progress") ?? "").split("/");
    const detail = `the service still copies into it${size ? ` (${copied} of ${size} bytes)` : ""}`;
    throw new UnavailableError({ ...call, detail, advice: "try again when the copy is done" });
  }
  const reason = headers.get("x-ms-copy-status-description");
  throw new ServiceError({
    ...call,
    detail: `a copy into it has come to nothing (${[status, reason].filter(Boolean).join(": ")})`,
    advice: "copy it again, or delete it",
  });
}
