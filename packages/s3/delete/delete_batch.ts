import type { DeleteObjectsCommandOutput } from "@aws-sdk/client-s3";
import {
  type DeleteResult,
  InvalidNameError,
  keyFault,
  objectUri,
  ServiceError,
  type StoreError,
  UnsupportedError,
} from "@lade/core/backend";
import type { S3Connection } from "../client/s3_connection.ts";
import type { ControlPlane } from "../control/control_plane.ts";
import { ServiceFault } from "../errors/service_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { deleteObject } from "./delete_object.ts";

/** Keys of one DeleteObjects at most ("DeleteObjects" of the Amazon S3 API reference). */
export const MAX_KEYS = 1000;

const SINGLE_DELETES_IN_FLIGHT = 16;

/** Characters that XML 1.0 cannot hold, not even as references. */
// deno-lint-ignore no-control-regex
const NO_XML = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** What deletions work by. */
export interface DeleteTarget {
  /** Deletes single keys. */
  readonly connection: S3Connection;
  /** Deletes batches. */
  readonly control: ControlPlane;
  /** The store's URI. */
  readonly uri: string;
}

/**
 * Deletes up to 1,000 keys and tells of each what became of it; rejects only with `signal.reason`. Keys that a batch
 * cannot hold, or that fail in it for a while only, are deleted by a request of their own.
 */
export async function deleteBatch(
  target: DeleteTarget,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly DeleteResult[]> {
  const errors = new Map<string, Error | undefined>();
  const batch: string[] = [];
  const singles: string[] = [];
  for (const key of new Set(keys)) {
    const detail = keyFault(key);
    if (detail !== undefined) errors.set(key, new InvalidNameError({ ...callOf(target, key), detail }));
    else if (NO_XML.test(key)) singles.push(key);
    else batch.push(key);
  }
  try {
    if (batch.length === 1) singles.push(...batch);
    else if (batch.length > 1) {
      const answer = await sendBatch(target, batch, signal);
      for (const [key, error] of readResults(target, batch, answer)) {
        if (error?.retryable) singles.push(key);
        else errors.set(key, error);
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof UnsupportedError) singles.push(...batch);
    else for (const key of batch) errors.set(key, asError(error));
  }
  for (let at = 0; at < singles.length; at += SINGLE_DELETES_IN_FLIGHT) {
    await Promise.all(
      singles.slice(at, at + SINGLE_DELETES_IN_FLIGHT).map(async (key) => {
        const failure = await deleteSingle(target, key, signal);
        errors.set(key, failure);
      }),
    );
  }
  return keys.map((key) => {
    const error = errors.get(key);
    return error === undefined ? { key } : { key, error };
  });
}

function sendBatch(
  { connection, control, uri }: DeleteTarget,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<DeleteObjectsCommandOutput> {
  const call: FailedCall = { operation: "delete from", uri, permission: "s3:DeleteObject" };
  return control.run(call, { signal, idempotent: true }, (sdk, client, send) =>
    client.send(
      new sdk.DeleteObjectsCommand({
        Bucket: connection.bucket,
        Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: false },
        ...(connection.config.requestPayer ? { RequestPayer: "requester" } : {}),
      }),
      send,
    ));
}

function readResults(
  target: DeleteTarget,
  keys: readonly string[],
  { Deleted = [], Errors = [] }: DeleteObjectsCommandOutput,
): Map<string, StoreError | undefined> {
  const results = new Map<string, StoreError | undefined>();
  for (const { Key } of Deleted) if (Key !== undefined) results.set(Key, undefined);
  for (const { Key, Code, Message } of Errors) {
    if (Key === undefined) continue;
    const fault = new ServiceFault({ status: 200, code: Code, message: Message });
    results.set(
      Key,
      Code === "NoSuchKey" ? undefined : target.connection.storeError(fault, callOf(target, Key)),
    );
  }
  for (const key of keys) {
    if (results.has(key)) continue;
    const detail = "the service does not say what became of it";
    results.set(key, new ServiceError({ ...callOf(target, key), detail, retryable: true }));
  }
  return results;
}

async function deleteSingle(
  target: DeleteTarget,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Error | undefined> {
  try {
    await deleteObject(
      target.connection,
      objectUri(target.uri, key),
      key,
      signal === undefined ? {} : { signal },
    );
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return asError(error);
  }
}

function callOf({ uri }: DeleteTarget, key: string): FailedCall {
  return { operation: "delete", uri: objectUri(uri, key), permission: "s3:DeleteObject" };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
