import {
  checkMatch,
  type DeleteOptions,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
} from "@lade/core/backend";
import { deleteHeld } from "@lade/service/delete";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { S3Request } from "../wire/s3_request.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { isGone } from "../objects/confirm_object.ts";
import { versionQuery } from "../objects/read_request.ts";
import { headObject } from "../objects/head_object.ts";
import { payerHeaders } from "../headers/read_headers.ts";
import { type ConditionTarget, isHeld } from "../conditions/rely_on.ts";
import { withIfMatch } from "../conditions/with_if_match.ts";

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
  const query = versionQuery(call, version);
  const target = { call, key, signal };
  try {
    const held = ifMatch !== undefined &&
      await isHeld(connection, "delete-match", target, options.ifIgnored === "look");
    if (version !== undefined && !await hasVersion(connection, uri, key, version, signal)) return;
    const head = () =>
      headObject(connection, uri, key, {
        ...(signal === undefined ? {} : { signal }),
        ...(version === undefined ? {} : { version }),
      });
    if (ifMatch !== undefined && !held) {
      const { etag } = await head();
      checkMatch({ operation: "delete", uri }, etag, ifMatch);
    }
    const send = () =>
      sendDelete(connection, target, query, ifMatch !== undefined, held ? ifMatch : undefined);
    await (ifMatch === undefined ? send() : deleteHeld({ send, head, ifMatch, signal }));
  } catch (error) {
    if (isMissing(error) && await isReallyMissing(connection, call, key, error, signal)) return;
    // Over a delete marker, S3 says that the condition does not hold; that there is nothing to delete says more.
    const marked = error instanceof PreconditionFailedError && version === undefined &&
      !await isThere(connection, uri, key, signal);
    if (!marked) throw error;
  }
}

async function sendDelete(
  connection: S3Connection,
  target: ConditionTarget,
  query: NonNullable<S3Request["query"]>,
  conditional: boolean,
  ifMatch: string | undefined,
): Promise<void> {
  const { call, key, signal } = target;
  await withIfMatch(connection, target, ifMatch, async (match) => {
    const response = await connection.send({
      method: "DELETE",
      key,
      query,
      headers: {
        ...payerHeaders(connection.config),
        ...(match === undefined ? {} : { "if-match": match }),
      },
      // Sent twice, the second would not find what the first one deleted.
      ...(conditional ? { idempotent: false } : {}),
      signal,
      call,
    });
    await response.body.discard();
  });
}

/** The IAM permission that a deletion needs. */
export function deletePermission({ version }: Pick<DeleteOptions, "version">): string {
  return version === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
}

/**
 * Whether a version is there to be deleted. A service that knows no versions would delete the object; so one that has
 * shown none yet is asked for this one first, and has to answer with it. Who may not look goes without.
 */
async function hasVersion(
  connection: S3Connection,
  uri: string,
  key: string,
  version: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (connection.endpoint.amazon || connection.traits.keepsVersions(connection.bucket ?? "")) return true;
  const answers = async (version?: string) => {
    const options = { ...(signal && { signal }), ...(version !== undefined && { version }) };
    try {
      await headObject(connection, uri, key, options);
      return true;
    } catch (error) {
      if (error instanceof PermissionDeniedError) return true;
      if (!(error instanceof NotFoundError)) throw error;
      // A delete marker is no object, but a version that may be deleted.
      return error.cause instanceof S3Fault && error.cause.deleteMarker;
    }
  };
  // Some services know `null` in listings alone. It is the object, or one of several versions if that shows another.
  return await answers(version) || (version === "null" && await answers());
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
  if (fault instanceof S3Fault && fault.marked) return true;
  return await isGone(connection, call, key, signal);
}

/** Whether a deletion failed because there was nothing to delete. */
export function isMissing(error: unknown): boolean {
  return error instanceof NotFoundError && error.cause instanceof S3Fault &&
    error.cause.code !== "NoSuchBucket";
}
