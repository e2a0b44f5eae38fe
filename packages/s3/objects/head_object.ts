import type { HeadOptions, ObjectInfo } from "@lade/core";
import type { S3Connection } from "../client/s3_connection.ts";
import { ServiceFault } from "../errors/service_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { readHeaders, versionQuery } from "./get_object.ts";
import { readObjectInfo, unlikeS3 } from "./object_info.ts";

/** Tells what an object is. */
export async function headObject(
  connection: S3Connection,
  uri: string,
  key: string,
  options: HeadOptions,
): Promise<ObjectInfo> {
  const { signal } = options;
  signal?.throwIfAborted();
  const call: FailedCall = { operation: "head", uri, permission: "s3:GetObject" };
  const request = {
    key,
    query: versionQuery(options.version),
    headers: readHeaders(connection, options),
    signal,
    call,
  } as const;
  try {
    const response = await connection.sendRaw({ ...request, method: "HEAD" });
    await response.body.close(true);
    const length = response.headers.get("content-length") ?? "";
    if (!/^\d{1,16}$/.test(length)) throw unlikeS3(call, "it does not tell the object's size");
    return readObjectInfo(key, Number(length), response.headers, true, call);
  } catch (error) {
    if (!(error instanceof ServiceFault) || (error.status !== 400 && error.status !== 403)) {
      throw connection.translate(error, call);
    }
    throw await explain(connection, request, error);
  }
}

/** A HEAD that fails has no body to say why; the same request as a GET of one byte has. */
async function explain(
  connection: S3Connection,
  request: Omit<Parameters<S3Connection["sendRaw"]>[0], "method">,
  fault: ServiceFault,
): Promise<unknown> {
  try {
    const response = await connection.sendRaw({
      ...request,
      method: "GET",
      headers: { ...request.headers, range: "bytes=0-0" },
    });
    await response.body.cancel();
  } catch (error) {
    const found = error instanceof ServiceFault && error.status === fault.status ? error : fault;
    return connection.translate(found, request.call);
  }
  return connection.storeError(fault, request.call);
}
