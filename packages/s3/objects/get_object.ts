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
import type { TransportResponse } from "@lade/service/http";
import { doubtOf } from "../client/judge_answer.ts";
import { retryableAnswer } from "../client/retryable_answer.ts";
import type { S3Connection } from "../client/s3_connection.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { BodyVerifier } from "./body_verifier.ts";
import { checkAnswered } from "./check_answered.ts";
import { etagMd5 } from "./etag_md5.ts";
import { isEmptyRange, parseContentRange } from "./content_range.ts";
import type { getSuffix } from "./get_suffix.ts";
import { ObjectBody } from "./object_body.ts";
import { quoteEtag, readObjectInfo, unlikeS3 } from "./object_info.ts";
import { isRefusedHeader, withExtra } from "../service/plainer_way.ts";
import { type HeaderRecord, objectHeaders } from "./read_headers.ts";

/**
 * A range from the start of at least this many bytes is asked for without `Range`: only then does S3 tell the object's
 * checksum. The answer is dropped where the range ends.
 */
const WHOLE_FROM_BYTES = 4 * 2 ** 20;

/** Statuses by which a service that knows no suffix ranges fails one. */
const NO_SUFFIX = new Set([500, 501]);

/** What may be due to the suffix is not tried again as it is. */
function retryableSuffix(response: TransportResponse): ReturnType<typeof retryableAnswer> | false {
  return NO_SUFFIX.has(response.status) ? false : retryableAnswer(response);
}

/** Reads an object or a range of it in one request. `onThrottled` is called where it was throttled before it was answered. */
export async function getObject(
  connection: S3Connection,
  uri: string,
  key: string,
  options: GetOptions,
  onThrottled?: () => void,
): Promise<GetResult> {
  const { range, signal } = options;
  if (range) checkRange(range);
  signal?.throwIfAborted();
  const call: FailedCall = { operation: "get", uri, permission: readAdvice(options) };
  const suffix = range && "suffixLength" in range ? range.suffixLength : undefined;
  if (suffix !== undefined && connection.traits.lacks("suffix-range")) {
    return await readSuffix(connection, uri, key, suffix, options, onThrottled);
  }
  const asked = connection.config.verifyDownloads && isLongStart(range) ? undefined : range;
  const headers = readHeaders(connection, options);
  if (asked) headers["range"] = rangeHeader(asked);
  let response: TransportResponse;
  try {
    response = await askVerifiably(connection, headers, (headers) =>
      connection.sendRaw({
        method: "GET",
        key,
        query: versionQuery(call, options.version),
        headers,
        signal,
        call,
        ...(suffix === undefined ? {} : { retryable: retryableSuffix }),
      }));
  } catch (error) {
    if (suffix !== undefined && error instanceof S3Fault && NO_SUFFIX.has(error.status)) {
      const answer = await readSuffix(connection, uri, key, suffix, options, onThrottled);
      connection.traits.doubt("suffix-range", connection.tellTrait);
      return answer;
    }
    if (asked && error instanceof S3Fault && error.status === 416 && mayBeWhole(error, asked)) {
      return await getWhole(connection, uri, key, options, error, call, onThrottled);
    }
    throw connection.translate(error, call);
  }
  if (response.throttled) onThrottled?.();
  let doubt: S3Fault | undefined;
  try {
    doubt = await doubtOf(response, connection.traits.signs);
    const result = await readAnswer(connection, response, uri, key, range, asked, signal, call);
    checkAnswered(result.info, options, call);
    if (doubt) {
      const { confirmObject } = await import("./confirm_object.ts");
      await confirmObject(connection, result.info, doubt, call, signal);
    }
    return result;
  } catch (error) {
    await response.body.cancel(error);
    // What cannot be right is told by what it is more likely to be.
    throw connection.translate(doubt ?? error, call);
  }
}

/** Loaded here, for few services need it. */
async function readSuffix(...args: Parameters<typeof getSuffix>): Promise<GetResult> {
  const { getSuffix } = await import("./get_suffix.ts");
  return await getSuffix(...args);
}

/** Makes a GET or HEAD that asks for checksums, or one that does not where the service refuses to be asked. */
export function askVerifiably<T>(
  connection: S3Connection,
  headers: HeaderRecord,
  send: (headers: HeaderRecord) => Promise<T>,
): Promise<T> {
  const { [CHECKSUM_MODE]: mode, ...plain } = headers;
  if (mode === undefined) return send(headers);
  return withExtra(
    connection,
    "download-checksum",
    isRefusedHeader,
    (extra) => send(extra ? headers : plain),
  );
}

const CHECKSUM_MODE = "x-amz-checksum-mode";

/** The headers that a GET and a HEAD share. */
export function readHeaders(connection: S3Connection, options: Omit<GetOptions, "range">): HeaderRecord {
  const { config } = connection;
  const headers = objectHeaders(config);
  if (config.verifyDownloads) headers[CHECKSUM_MODE] = "ENABLED";
  if (options.ifMatch !== undefined) headers["if-match"] = quoteEtag(options.ifMatch);
  if (options.ifNoneMatch !== undefined) headers["if-none-match"] = quoteEtag(options.ifNoneMatch);
  return headers;
}

/** The IAM permission that reading an object, or a version of it, needs. */
export function readPermission({ version }: Pick<GetOptions, "version">): string {
  return version === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
}

/** What a refusal to read says to allow: whoever may not list is refused what is missing, too. */
export function readAdvice(options: Pick<GetOptions, "version">): string {
  return `${readPermission(options)} (a missing object is refused so too, unless s3:ListBucket is allowed)`;
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
  connection: S3Connection,
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
    etagMd5: () => etagMd5(connection, headers),
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
        detail: "the service ignored the range that was asked for",
        advice: "check what stands between here and the service",
      });
    }
  }
  return { offset: 0, length: size, size };
}

function sentRange(response: TransportResponse, asked: ByteRange | undefined, call: FailedCall): SentBytes {
  const text = response.headers.get("content-range");
  if (asked && isEmptyRange(text) && !("offset" in asked && asked.offset > 0)) {
    return { offset: 0, length: 0, size: 0 };
  }
  const sent = parseContentRange(text);
  if (!asked || !sent) throw unlikeS3(call, `status 206 with Content-Range ${JSON.stringify(text ?? "")}`);
  const { offset, length } = resolveRange(asked, sent.size, call.uri);
  if (sent.first !== offset || sent.last !== offset + length - 1) {
    throw unlikeS3(call, `bytes ${offset} to ${offset + length - 1} were asked for, it has ${text}`);
  }
  return { offset, length, size: sent.size };
}

/** A range of an object without bytes is refused by HTTP; the contract has it give no bytes. So is too long a suffix by some. */
function mayBeWhole(fault: S3Fault, asked: ByteRange): boolean {
  const { objectSize } = fault;
  if ("suffixLength" in asked) return objectSize === undefined || objectSize <= asked.suffixLength;
  return asked.offset === 0 && (objectSize === undefined || objectSize === 0);
}

/** Reads an object whole whose range was refused, where that comes to the same. */
async function getWhole(
  connection: S3Connection,
  uri: string,
  key: string,
  options: GetOptions,
  fault: S3Fault,
  call: FailedCall,
  onThrottled: (() => void) | undefined,
): Promise<GetResult> {
  const { range, ...whole } = options;
  const result = await getObject(connection, uri, key, whole, onThrottled);
  const most = range && "suffixLength" in range ? range.suffixLength : 0;
  if (result.info.size <= most) return result;
  await result.cancel();
  throw connection.storeError(fault, call);
}
