import { NotFoundError, PermissionDeniedError, StoreError, UnsupportedError } from "@lade/core/backend";
import type { S3Connection } from "../wire/s3_connection.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { CONDITION_WORDS, type ConditionKind } from "../traits/condition_kind.ts";

/** Why it is not known what a service does about a condition, as the error of the call that would rely on it. */
export function explainUnknown(
  connection: S3Connection,
  kind: ConditionKind,
  error: unknown,
  call: FailedCall,
): unknown {
  const found = connection.translate(error, call);
  const missing = found instanceof NotFoundError && found.cause instanceof S3Fault &&
    found.cause.code !== "NoSuchBucket";
  // What the call itself would have been denied says more; a denied removal is about the probe alone.
  const denied = found instanceof PermissionDeniedError && !(error instanceof S3Fault);
  if (!(found instanceof StoreError)) return found;
  // What failed may be a request of the probe; its user knows only of the call.
  if (!denied && !missing) return found.restated({ operation: call.operation, uri: call.uri });
  return new UnsupportedError({
    operation: call.operation,
    uri: call.uri,
    detail: `whether the service at ${connection.endpoint.host} holds ${
      CONDITION_WORDS[kind]
    } cannot be found out: ${found.detail}`,
    advice: [found.advice, 'set conditions to "trust" where it is known to'].filter(Boolean).join("; "),
    cause: error,
  });
}
