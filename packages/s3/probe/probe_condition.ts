import { AlreadyExistsError, objectUri, PreconditionFailedError, UnsupportedError } from "@lade/core/backend";
import { TransportError } from "@lade/service/http";
import type { S3Connection } from "../wire/s3_connection.ts";
import { ControlPlane } from "../sdk/control_plane.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { payerHeaders } from "../headers/read_headers.ts";
import { MultipartUpload } from "../upload/multipart_upload.ts";
import type { UploadTarget } from "../upload/upload_target.ts";
import type { ConditionKind, Conduct } from "../traits/condition_kind.ts";
import { ProbeObjects } from "./probe_objects.ts";
import { conductOf } from "../conditions/rely_on.ts";

/**
 * Asks a service what it does about a condition, by requests that write nothing where it holds the condition and is
 * asked about an object that is not there; where that shows nothing, by empty objects of our own, which are removed. Its
 * requests are not sent twice; a service that is away is waited for, and asked once more from the start.
 */
export async function probeCondition(
  connection: S3Connection,
  kind: ConditionKind,
  key: string,
): Promise<Conduct> {
  try {
    return await probeOnce(connection, kind, key);
  } catch (error) {
    if (!isLost(error) || !await isBack(connection, key)) throw error;
    return await probeOnce(connection, kind, key);
  }
}

function isLost(error: unknown): boolean {
  return error instanceof TransportError ? error.retryable : error instanceof S3Fault && error.status >= 502;
}

/** Waits for an answer to a question that may be repeated; any will do. */
async function isBack(connection: S3Connection, key: string): Promise<boolean> {
  const call: FailedCall = {
    operation: "probe",
    uri: `s3://${connection.bucket}`,
    permission: "s3:GetObject",
  };
  try {
    const headers = payerHeaders(connection.config);
    const response = await connection.sendRaw({ method: "HEAD", key, headers, call });
    await response.body.discard();
    return true;
  } catch (error) {
    return error instanceof S3Fault && error.status < 500;
  }
}

async function probeOnce(connection: S3Connection, kind: ConditionKind, key: string): Promise<Conduct> {
  // What is written has to be removed again: the same question shows whether it may be.
  if (needsRemoval(kind)) {
    const call: FailedCall = {
      operation: "probe",
      uri: `s3://${connection.bucket}`,
      permission: "s3:DeleteObject",
    };
    await conductOf(connection, "delete-match", { call, key });
  }
  await using objects = new ProbeObjects(connection, key);
  return await PROBES[kind](objects, connection);
}

type Probe = (objects: ProbeObjects, connection: S3Connection) => Promise<Conduct>;

const PROBES: Readonly<Record<ConditionKind, Probe>> = {
  "put-match": (objects) => objects.put(objects.newKey(), { "if-match": objects.noEtag() }),
  async "put-create"(objects) {
    return await objects.put(await objects.make(), { "if-none-match": "*" });
  },
  async "delete-match"(objects) {
    const conduct = await objects.delete(objects.newKey(), objects.noEtag());
    // A service may take the deletion of nothing for done, and hold the condition where there is something.
    return conduct === "ignores" ? await objects.delete(await objects.make(), objects.noEtag()) : conduct;
  },
  async "copy-match"(objects) {
    return await objects.copy(await objects.make(), objects.newKey(), { "if-match": objects.noEtag() });
  },
  async "copy-create"(objects) {
    return await objects.copy(await objects.make(), await objects.make(), { "if-none-match": "*" });
  },
  async "copy-source"(objects) {
    const headers = { "x-amz-copy-source-if-match": objects.noEtag() };
    return await objects.copy(await objects.make(), objects.newKey(), headers);
  },
  "complete-match": (objects, connection) =>
    complete(connection, objects, objects.newKey(), { ifMatch: objects.noEtag().slice(1, -1) }),
  "complete-create": async (objects, connection) =>
    await complete(connection, objects, await objects.make(), { ifNoneMatch: "*" }),
};

/** Whether the probe of a condition writes even where the condition is held. */
function needsRemoval(kind: ConditionKind): boolean {
  return kind !== "delete-match" && kind !== "put-match";
}

async function complete(
  connection: S3Connection,
  objects: ProbeObjects,
  key: string,
  conditions: { readonly ifMatch?: string; readonly ifNoneMatch?: string },
): Promise<Conduct> {
  const uri = objectUri(`s3://${connection.bucket}`, key);
  const parts: UploadTarget = {
    connection,
    control: new ControlPlane(connection),
    operation: "probe",
    uri,
    key,
  };
  const upload = await MultipartUpload.create(parts, {}, undefined);
  try {
    const part = await upload.sendPart(1, new Uint8Array(1), undefined);
    const { version } = await upload.completeAs([part], conditions, undefined);
    objects.made(key, version);
    return "ignores";
  } catch (error) {
    await upload.abort();
    if (error instanceof PreconditionFailedError || error instanceof AlreadyExistsError) return "holds";
    if (error instanceof UnsupportedError) return "refuses";
    throw error;
  }
}
