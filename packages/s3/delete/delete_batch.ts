import type { DeleteObjectsCommandOutput } from "@aws-sdk/client-s3";
import {
  deletedOf,
  type DeleteResult,
  InvalidNameError,
  type ObjectToDelete,
  objectUri,
  ServiceError,
  type StoreError,
  UnsupportedError,
} from "@lade/core/backend";
import type { S3Connection } from "../client/s3_connection.ts";
import type { ControlPlane } from "../control/control_plane.ts";
import { s3KeyFault } from "../endpoint/s3_key_fault.ts";
import { ServiceFault } from "../errors/service_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { quoteEtag } from "../objects/object_info.ts";
import { isRefusedHeader } from "../service/plainer_way.ts";
import { deleteObject, deletePermission } from "./delete_object.ts";

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
 * Deletes up to 1,000 objects or versions and tells of each what became of it; rejects only with `signal.reason`. Those
 * that a batch cannot hold, or that fail in it for a while only, are deleted by a request of their own. So are those with
 * a condition or version, but at Amazon: another service may know them in single requests alone, where it is found out.
 */
export async function deleteBatch(
  target: DeleteTarget,
  objects: readonly ObjectToDelete[],
  signal: AbortSignal | undefined,
): Promise<readonly DeleteResult[]> {
  const { connection } = target;
  let isRefused = false;
  const errors = new Map<string, Error | undefined>();
  const batch = new Map<string, ObjectToDelete>();
  const singles = new Map<string, ObjectToDelete>();
  const inBatch = new Set<string>();
  for (const object of objects) {
    const detail = s3KeyFault(connection.config, object.key);
    if (detail !== undefined) {
      errors.set(nameOf(object), new InvalidNameError({ ...callOf(target, object), detail }));
    } else if (fitsBatch(target, object) && !inBatch.has(versionName(object))) {
      inBatch.add(versionName(object));
      batch.set(nameOf(object), object);
    } else if (!batch.has(nameOf(object))) singles.set(nameOf(object), object);
  }
  try {
    if (batch.size === 1 || connection.traits.lacks("batch-delete")) {
      for (const [name, object] of batch) singles.set(name, object);
    } else if (batch.size > 1) {
      const asked = [...batch.values()];
      const answer = await sendBatch(target, asked, signal);
      for (const [object, error] of readResults(target, asked, answer)) {
        if (error?.retryable) singles.set(nameOf(object), object);
        else errors.set(nameOf(object), error);
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    isRefused = error instanceof UnsupportedError || isRefusedHeader(error);
    if (isRefused) { for (const [name, object] of batch) singles.set(name, object); }
    else for (const name of batch.keys()) errors.set(name, asError(error));
  }
  const left = [...singles.values()];
  let deleted = 0;
  for (let at = 0; at < left.length; at += SINGLE_DELETES_IN_FLIGHT) {
    await Promise.all(
      left.slice(at, at + SINGLE_DELETES_IN_FLIGHT).map(async (object) => {
        const failure = await deleteSingle(target, object, signal);
        if (failure === undefined) deleted++;
        errors.set(nameOf(object), failure);
      }),
    );
  }
  if (isRefused && deleted > 0) connection.traits.found("batch-delete", connection.tellTrait);
  return objects.map((object) => {
    const error = errors.get(nameOf(object));
    return error === undefined ? deletedOf(object) : { ...deletedOf(object), error };
  });
}

/** A lone surrogate, which no key holds, begins the names of what is more than a key. */
const MORE = "\ud800";

function nameOf({ key, version, ifMatch }: ObjectToDelete): string {
  return version === undefined && ifMatch === undefined
    ? key
    : MORE + JSON.stringify([key, version, ifMatch]);
}

/** What the answer to a batch tells apart. */
function versionName({ key, version }: ObjectToDelete): string {
  return nameOf(version === undefined ? { key } : { key, version });
}

function fitsBatch({ connection }: DeleteTarget, { key, version, ifMatch }: ObjectToDelete): boolean {
  // A version without a name is refused where it is deleted alone.
  if (version === "" || NO_XML.test(key) || NO_XML.test(version ?? "")) return false;
  if (connection.endpoint.amazon) return true;
  // A service that passes over a version would delete the object.
  const isKnown = version === undefined || connection.traits.keepsVersions(connection.bucket ?? "");
  return isKnown && ifMatch === undefined;
}

function sendBatch(
  { connection, control, uri }: DeleteTarget,
  objects: readonly ObjectToDelete[],
  signal: AbortSignal | undefined,
): Promise<DeleteObjectsCommandOutput> {
  const permission = [...new Set(objects.map(deletePermission))].join(" and ");
  const call: FailedCall = { operation: "delete from", uri, permission };
  // Sent twice, the second would not find what the first one deleted.
  const idempotent = objects.every(({ ifMatch }) => ifMatch === undefined);
  return control.run(call, { signal, idempotent }, (sdk, client, send) =>
    client.send(
      new sdk.DeleteObjectsCommand({
        Bucket: connection.bucket,
        Delete: {
          Objects: objects.map(({ key, version, ifMatch }) => ({
            Key: key,
            ...(version === undefined ? {} : { VersionId: version }),
            ...(ifMatch === undefined ? {} : { ETag: quoteEtag(ifMatch) }),
          })),
          Quiet: false,
        },
        ...(connection.config.requestPayer ? { RequestPayer: "requester" } : {}),
      }),
      send,
    ));
}

function readResults(
  target: DeleteTarget,
  objects: readonly ObjectToDelete[],
  { Deleted = [], Errors = [] }: DeleteObjectsCommandOutput,
): Map<ObjectToDelete, StoreError | undefined> {
  const results = new Map<ObjectToDelete, StoreError | undefined>();
  const byKey = Map.groupBy(objects, ({ key }) => key);
  const meant = (key: string | undefined, version: string | undefined): readonly ObjectToDelete[] => {
    const ofKey = byKey.get(key ?? "") ?? [];
    // A service that tells no version is understood where the key was given once.
    return ofKey.length === 1 && version === undefined
      ? ofKey
      : ofKey.filter((object) => object.version === version);
  };
  for (const { Key, VersionId } of Deleted) {
    for (const object of meant(Key, VersionId)) results.set(object, undefined);
  }
  for (const { Key, VersionId, Code, Message } of Errors) {
    for (const object of meant(Key, VersionId)) {
      const fault = new ServiceFault({ status: 200, code: Code, message: Message });
      const isGone = Code === "NoSuchKey" || Code === "NoSuchVersion";
      results.set(object, isGone ? undefined : target.connection.storeError(fault, callOf(target, object)));
    }
  }
  for (const object of objects) {
    if (results.has(object)) continue;
    const detail = "the service does not say what became of it";
    results.set(object, new ServiceError({ ...callOf(target, object), detail, retryable: true }));
  }
  return results;
}

async function deleteSingle(
  target: DeleteTarget,
  { key, ...conditions }: ObjectToDelete,
  signal: AbortSignal | undefined,
): Promise<Error | undefined> {
  const options = signal === undefined ? conditions : { ...conditions, signal };
  try {
    await deleteObject(target.connection, objectUri(target.uri, key), key, options);
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return asError(error);
  }
}

function callOf({ uri }: DeleteTarget, object: ObjectToDelete): FailedCall {
  return { operation: "delete", uri: objectUri(uri, object.key), permission: deletePermission(object) };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
