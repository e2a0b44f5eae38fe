import { type ObjectInfo, PreconditionFailedError, type Preconditions } from "@lade/core/backend";
import type { FailedCall } from "../errors/to_store_error.ts";
import { unlikeS3 } from "./object_info.ts";

/** Holds the conditions of a read against what was answered, since there are services that pass over them. */
export function checkAnswered(
  { etag }: ObjectInfo,
  { ifMatch, ifNoneMatch }: Preconditions,
  call: FailedCall,
): void {
  const { operation, uri } = call;
  if (ifMatch !== undefined && ifMatch !== "*" && etag !== ifMatch) {
    if (etag === undefined) {
      throw unlikeS3(call, "it has no etag, so the condition cannot be held against it");
    }
    const detail = "the object is not the one the condition names";
    throw new PreconditionFailedError({ operation, uri, detail });
  }
  if (ifNoneMatch !== undefined && etag === ifNoneMatch) {
    throw new PreconditionFailedError({
      operation,
      uri,
      detail: "the object still has the etag that was ruled out",
    });
  }
}
