import type { HeadOptions, ObjectInfo } from "@lade/core";
import { checkAnswered, readObjectInfo, readSize } from "@lade/service/body";
import type { ResponseHeaders } from "@lade/service/http";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { S3Request } from "../wire/s3_request.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { askVerifiably, readAdvice, readHeaders, versionQuery } from "./read_request.ts";
import { S3_HEADERS, unlikeS3 } from "../headers/s3_headers.ts";

/** Describes an object. */
export async function headObject(
  connection: S3Connection,
  uri: string,
  key: string,
  options: HeadOptions,
): Promise<ObjectInfo> {
  return (await headWithHeaders(connection, uri, key, options)).info;
}

/** What an object is, and the headers that say so. */
export interface HeadAnswer {
  /** The object. */
  readonly info: ObjectInfo;
  /** The headers. */
  readonly headers: ResponseHeaders;
}

/** Does what {@linkcode headObject} does, and gives the headers too. */
export async function headWithHeaders(
  connection: S3Connection,
  uri: string,
  key: string,
  options: HeadOptions,
): Promise<HeadAnswer> {
  const { signal } = options;
  signal?.throwIfAborted();
  const call: FailedCall = { operation: "head", uri, permission: readAdvice(options) };
  const request = {
    key,
    query: versionQuery(call, options.version),
    headers: readHeaders(connection, options),
    signal,
    call,
  } as const;
  const answer = await askTwice(connection, request, call);
  checkAnswered(S3_HEADERS, answer.info, options, call);
  return answer;
}

type HeadRequest = Omit<S3Request, "method"> & { readonly key: string };

async function askTwice(
  connection: S3Connection,
  request: HeadRequest,
  call: FailedCall,
): Promise<HeadAnswer> {
  try {
    return await sendHead(connection, request);
  } catch (error) {
    if (!(error instanceof S3Fault) || (error.status !== 400 && error.status !== 403)) {
      throw connection.translate(error, call);
    }
    await explain(connection, request, error);
    return await sendHead(connection, request).catch((again) => {
      throw connection.translate(again, call);
    });
  }
}

async function sendHead(connection: S3Connection, request: HeadRequest): Promise<HeadAnswer> {
  const response = await askVerifiably(
    connection,
    request.headers ?? {},
    (headers) => connection.sendRaw({ ...request, headers, method: "HEAD" }),
  );
  const { headers, body } = response;
  await body.close(true);
  const doubt = await connection.caller.doubt(response);
  const read = () => {
    const size = readSize(headers.get("content-length"));
    if (size === undefined) throw unlikeS3(request.call, "it does not tell the object's size");
    return readObjectInfo(S3_HEADERS, request.key, size, headers, true, request.call);
  };
  let info: ObjectInfo;
  try {
    info = read();
  } catch (error) {
    // What cannot be right is reported as what it is more likely to be.
    throw doubt ?? error;
  }
  if (doubt) {
    const { confirmObject } = await import("./confirm_object.ts");
    await confirmObject(connection, info, doubt, request.call, request.signal);
  }
  return { info, headers };
}

/**
 * A HEAD that fails has no body to say why; the same request as a GET of one byte has. Throws what that says, unless the
 * reason was one that is corrected on the way, such as expired credentials: then another HEAD will do.
 */
async function explain(connection: S3Connection, request: HeadRequest, fault: S3Fault): Promise<void> {
  try {
    const headers = { ...request.headers, range: "bytes=0-0" };
    const response = await connection.sendRaw({ ...request, method: "GET", headers });
    await response.body.cancel();
  } catch (error) {
    if (error instanceof S3Fault && error.status === 416) return;
    const found = error instanceof S3Fault && error.status === fault.status ? error : fault;
    throw connection.translate(found, request.call);
  }
}
