import { S3Error } from "../s3_error.ts";
import type { Bucket } from "../store/bucket.ts";
import { actionsOf, type AskedAction } from "./actions.ts";
import type { Call } from "./call.ts";
import type { Operation } from "./route.ts";

/** Operations a bucket that is public for reading allows without a signature. */
const READS: ReadonlySet<Operation> = new Set([
  "GetObject",
  "HeadObject",
  "HeadBucket",
  "ListObjects",
  "ListObjectsV2",
  "GetObjectAttributes",
]);

/**
 * Refuses an operation the sender may not do, and one on a bucket whose requester pays without saying so. The version is
 * that of the call's query unless `asked` tells another.
 */
export function checkAccess(
  call: Call,
  bucket: Bucket | undefined,
  operation: Operation,
  asked: Omit<AskedAction, "operation"> = { versionId: call.query.get("versionId"), headers: call.headers },
): void {
  const { identity } = call;
  const denied = new S3Error("AccessDenied");
  if (identity.denied.has(operation)) throw denied;
  const { allowed } = identity;
  if (allowed && actionsOf({ operation, ...asked }).some((action) => !allowed.has(action))) throw denied;
  if (identity.accessKeyId === undefined && bucket === undefined) throw denied;
  if (bucket === undefined) return;
  if (identity.owner !== bucket.owner) {
    if (bucket.publicAccess === "none" || (bucket.publicAccess === "read" && !READS.has(operation))) {
      throw denied;
    }
  }
  if (bucket.requesterPays && call.headers.get("x-amz-request-payer") !== "requester") throw denied;
}

/** Whether the sender may list: whoever may not is not told whether a key exists. */
export function mayList({ identity }: Call): boolean {
  return !identity.denied.has("ListObjectsV2") && identity.allowed?.has("s3:ListBucket") !== false;
}
