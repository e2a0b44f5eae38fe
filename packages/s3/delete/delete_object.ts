import { type DeleteOptions, NotFoundError, PreconditionFailedError } from "@lade/core/backend";
import type { S3Connection } from "../client/s3_connection.ts";
import { ServiceFault } from "../errors/service_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { isGone } from "../objects/confirm_object.ts";
import { versionQuery } from "../objects/get_object.ts";
import { headObject } from "../objects/head_object.ts";
import { quoteEtag } from "../objects/object_info.ts";
import { payerHeaders } from "../objects/read_headers.ts";

/** Deletes an object or a version; one that is not there is no error. */
export async function deleteObject(
  connection: S3Connection,
  uri: string,
  key: string,
  options: DeleteOptions,
): Promise<void> {
  const { ifMatch, version, signal } = options;
  signal?.throwIfAborted();
  const call: FailedCall = { operation: "delete", uri, permission: deletePermission(options) };
  try {
    const response = await connection.send({
      method: "DELETE",
      key,
      query: versionQuery(call, version),
      headers: {
        ...payerHeaders(connection.config),
        ...(ifMatch === undefined ? {} : { "if-match": quoteEtag(ifMatch) }),
      },
      // Sent twice, the second would not find what the first one deleted.
      ...(ifMatch === undefined ? {} : { idempotent: false }),
      signal,
      call,
    });
    await response.body.discard();
  } catch (error) {
    if (isMissing(error) && await isReallyMissing(connection, call, key, error, signal)) return;
    // Over a delete marker, S3 says that the condition does not hold; that there is nothing to delete says more.
    const marked = error instanceof PreconditionFailedError && version === undefined &&
      !await isThere(connection, uri, key, signal);
    if (!marked) throw error;
  }
}

/** The IAM permission that a deletion needs. */
export function deletePermission({ version }: Pick<DeleteOptions, "version">): string {
  return version === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
}

async function isThere(
  connection: S3Connection,
  uri: string,
  key: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await headObject(connection, uri, key, signal === undefined ? {} : { signal });
    return true;
  } catch (error) {
    if (!(error instanceof NotFoundError)) return true;
    const call: FailedCall = { operation: "delete", uri, permission: "s3:ListBucket" };
    return !await isReallyMissing(connection, call, key, error, signal);
  }
}

/** A 404 that only the service can have given is believed; after a bare one a listing is asked. */
async function isReallyMissing(
  connection: S3Connection,
  call: FailedCall,
  key: string,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const fault = error instanceof Error ? error.cause : undefined;
  if (fault instanceof ServiceFault && fault.marked) return true;
  return await isGone(connection, call, key, signal);
}

/** Whether a deletion failed because there was nothing to delete. */
export function isMissing(error: unknown): boolean {
  return error instanceof NotFoundError && error.cause instanceof ServiceFault &&
    error.cause.code !== "NoSuchBucket";
}
