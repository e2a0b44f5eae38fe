import {
  type ByteRange,
  checkRange,
  checkVersion,
  createGetResult,
  type GetOptions,
  type GetResult,
  type ResolvedRange,
  resolveRange,
  ServiceError,
} from "@lade/core/backend";
import type { TransportResponse } from "@lade/core/http";
import { doubtOf } from "../client/judge_answer.ts";
import type { S3Connection } from "../client/s3_connection.ts";
import { ServiceFault } from "../errors/service_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { BodyVerifier } from "./body_verifier.ts";
import { confirmObject } from "./confirm_object.ts";
import { parseContentRange } from "./content_range.ts";
import { ObjectBody } from "./object_body.ts";
import { quoteEtag, readObjectInfo, unlikeS3 } from "./object_info.ts";
import { type HeaderRecord, objectHeaders } from "./read_headers.ts";

/**
 * A range from the start of at least this many bytes is asked for without `Range`: only then does S3 tell the object's
 * checksum. The answer is dropped where the range ends.
 */
const WHOLE_FROM_BYTES = 4 * 2 ** 20;

/** Reads an object or a range of it in one request. */
export async function getObject(
  connection: S3Connection,
  uri: string,
  key: string,
  options: GetOptions,
): Promise<GetResult> {
  const { range, signal } = options;
  if (range) checkRange(range);
  signal?.throwIfAborted();
  const call: FailedCall = { operation: "get", uri, permission: "s3:GetObject" };
  const asked = connection.config.verifyDownloads && isLongStart(range) ? undefined : range;
  const headers = readHeaders(connection, options);
  if (asked) headers["range"] = rangeHeader(asked);
  let response: TransportResponse;
  try {
    response = await connection.sendRaw({
      method: "GET",
      key,
      query: versionQuery(call, options.version),
      headers,
      signal,
      call,
    });
  } catch (error) {
    if (asked && error instanceof ServiceFault && error.status === 416 && mayBeEmpty(error, asked)) {
      return await getEmpty(connection, uri, key, options, error, call);
    }
    throw connection.translate(error, call);
  }
  let doubt: ServiceFault | undefined;
  try {
    doubt = await doubtOf(response, connection.traits.signs);
    const result = await readAnswer(response, uri, key, range, asked, signal, call);
    if (doubt) await confirmObject(connection, result.info, doubt, call, signal);
    return result;
  } catch (error) {
    await response.body.cancel(error);
    // What cannot be right is told by what it is more likely to be.
    throw connection.translate(doubt ?? error, call);
  }
}

/** The headers that a GET and a HEAD share. */
export function readHeaders(connection: S3Connection, options: Omit<GetOptions, "range">): HeaderRecord {
  const { config } = connection;
  const headers = objectHeaders(config);
  if (config.verifyDownloads) headers["x-amz-checksum-mode"] = "ENABLED";
  if (options.ifMatch !== undefined) headers["if-match"] = quoteEtag(options.ifMatch);
  if (options.ifNoneMatch !== undefined) headers["if-none-match"] = quoteEtag(options.ifNoneMatch);
  return headers;
}

/** The query that names a version. */
export function versionQuery(
  { operation, uri }: FailedCall,
  version: string | undefined,
): { versionId?: string } {
  checkVersion(operation, uri, version);
  return version === undefined ? {} : { versionId: version };
}

function isLongStart(range: ByteRange | undefined): boolean {
  return range !== undefined && "offset" in range && range.offset === 0 &&
    (range.length ?? Infinity) >= WHOLE_FROM_BYTES;
}

function rangeHeader(range: ByteRange): string {
  if ("suffixLength" in range) return `bytes=-${range.suffixLength}`;
  const { offset, length } = range;
  return `bytes=${offset}-${length === undefined ? "" : offset + length - 1}`;
}

async function readAnswer(
  response: TransportResponse,
  uri: string,
  key: string,
  range: ByteRange | undefined,
  asked: ByteRange | undefined,
  signal: AbortSignal | undefined,
  call: FailedCall,
): Promise<GetResult> {
  const { body, headers, status } = response;
  const sent = status === 206 ? sentRange(response, asked, call) : sentWhole(response, asked, call);
  if (body.length !== undefined && body.length !== sent.length) {
    throw unlikeS3(call, `${body.length} bytes follow where ${sent.length} were announced`);
  }
  const whole = sent.length === sent.size;
  const info = readObjectInfo(key, sent.size, headers, whole, call);
  const wanted = asked ? sent : resolveRange(range, sent.size, uri);
  const partial = wanted.length < sent.length;
  const verifier = whole && !partial ? await BodyVerifier.of(info.checksums) : undefined;
  return createGetResult({
    info,
    range: { offset: wanted.offset, length: wanted.length },
    throttled: response.throttled,
    source: new ObjectBody(body, verifier, partial, call),
    uri,
    signal,
  });
}

interface SentBytes extends ResolvedRange {
  readonly size: number;
}

function sentWhole(response: TransportResponse, asked: ByteRange | undefined, call: FailedCall): SentBytes {
  const size = response.body.length;
  if (size === undefined) throw unlikeS3(call, "it does not tell the object's size");
  if (asked) {
    const { offset, length } = resolveRange(asked, size, call.uri);
    if (offset !== 0 || length !== size) {
      throw new ServiceError({
        operation: call.operation,
        uri: call.uri,
        detail:
          "the service ignored the range that was asked for; check what stands between here and the service",
      });
    }
  }
  return { offset: 0, length: size, size };
}

function sentRange(response: TransportResponse, asked: ByteRange | undefined, call: FailedCall): SentBytes {
  const text = response.headers.get("content-range");
  const sent = parseContentRange(text);
  if (!asked || !sent) throw unlikeS3(call, `status 206 with Content-Range ${JSON.stringify(text ?? "")}`);
  const { offset, length } = resolveRange(asked, sent.size, call.uri);
  if (sent.first !== offset || sent.last !== offset + length - 1) {
    throw unlikeS3(call, `bytes ${offset} to ${offset + length - 1} were asked for, it has ${text}`);
  }
  return { offset, length, size: sent.size };
}

/** A range of an object without bytes is refused by HTTP; the contract has it give no bytes. */
function mayBeEmpty(fault: ServiceFault, asked: ByteRange): boolean {
  const { objectSize } = fault;
  if (objectSize !== undefined) return objectSize === 0;
  return "suffixLength" in asked || asked.offset === 0;
}

async function getEmpty(
  connection: S3Connection,
  uri: string,
  key: string,
  options: GetOptions,
  fault: ServiceFault,
  call: FailedCall,
): Promise<GetResult> {
  if (options.range && "offset" in options.range && options.range.offset > 0) {
    throw connection.storeError(fault, call);
  }
  const { range: _, ...whole } = options;
  const result = await getObject(connection, uri, key, whole);
  if (result.info.size === 0) return result;
  await result.cancel();
  throw connection.storeError(fault, call);
}
