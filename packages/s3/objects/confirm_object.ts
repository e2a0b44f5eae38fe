import { type ObjectInfo, PermissionDeniedError } from "@lade/core/backend";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { S3Fault } from "../errors/s3_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { listPage } from "../list/list_page.ts";

/**
 * Asks by a listing, which nobody but the service can answer, whether it has the object of a doubtful answer.
 * Throws the doubt's error where it has not.
 */
export async function confirmObject(
  connection: S3Connection,
  info: ObjectInfo,
  doubt: S3Fault,
  call: FailedCall,
  signal: AbortSignal | undefined,
): Promise<void> {
  const listed = await findListed(connection, call, info.key, signal);
  const same = listed && listed.size === info.size &&
    (listed.etag === undefined || info.etag === undefined || listed.etag === info.etag);
  if (!same) throw connection.storeError(doubt, call);
}

/**
 * Asks by a listing whether there is no object of this name, after a bare 404. Who may not list is answered by the service
 * all the same, and so is the 404 before it.
 */
export async function isGone(
  connection: S3Connection,
  call: FailedCall,
  key: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    return await findListed(connection, call, key, signal) === undefined;
  } catch (error) {
    if (error instanceof PermissionDeniedError) return true;
    throw error;
  }
}

async function findListed(
  connection: S3Connection,
  { uri }: FailedCall,
  key: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly size: number; readonly etag?: string } | undefined> {
  const { entries } = await listPage(connection, uri, { prefix: key, signal });
  return entries.find((entry) => entry.key === key);
}
