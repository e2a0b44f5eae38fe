import {
  type ByteRange,
  checkRange,
  type GetOptions,
  type GetResult,
  type HeadOptions,
} from "@lade/core/backend";
import {
  checkAnswered,
  type ObjectReads,
  openBody,
  rangeHeader,
  readRefusedRange,
  readSuffix,
} from "@lade/service/body";
import type { TransportResponse } from "@lade/service/http";
import { retryableAnswer } from "../wire/retryable_answer.ts";
import type { S3Connection } from "../wire/s3_connection.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { etagMd5 } from "./etag_md5.ts";
import { headObject } from "./head_object.ts";
import { askVerifiably, readAdvice, readHeaders, versionQuery } from "./read_request.ts";
import { S3_HEADERS } from "../headers/s3_headers.ts";

/**
 * A range from the start of at least this many bytes is asked for without `Range`: only then does S3 send the object's
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
  const { pours, range, signal } = options;
  if (range) checkRange(range);
  signal?.throwIfAborted();
  const call: FailedCall = { operation: "get", uri, permission: readAdvice(options) };
  const suffix = range && "suffixLength" in range ? range.suffixLength : undefined;
  const reads = () => readsOf(connection, uri, key, onThrottled);
  if (suffix !== undefined && connection.traits.lacks("suffix-range")) {
    return await readSuffix(reads(), suffix, options);
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
        pours,
        signal,
        call,
        ...(suffix === undefined ? {} : { retryable: retryableSuffix }),
      }));
  } catch (error) {
    if (suffix !== undefined && error instanceof S3Fault && NO_SUFFIX.has(error.status)) {
      const answer = await readSuffix(reads(), suffix, options);
      connection.traits.doubt("suffix-range", connection.tellTrait);
      return answer;
    }
    const failure = connection.translate(error, call);
    if (!asked || !(error instanceof S3Fault) || error.status !== 416) throw failure;
    return await readRefusedRange(reads(), options, error.objectSize, failure);
  }
  if (response.throttled) onThrottled?.();
  let doubt: S3Fault | undefined;
  try {
    doubt = await connection.caller.doubt(response);
    const result = await openBody(S3_HEADERS, response, {
      key,
      range,
      asked,
      etagMd5: () => etagMd5(connection, response.headers),
      signal,
      call,
    });
    checkAnswered(S3_HEADERS, result.info, options, call);
    if (doubt) {
      const { confirmObject } = await import("./confirm_object.ts");
      await confirmObject(connection, result.info, doubt, call, signal);
    }
    return result;
  } catch (error) {
    await response.body.cancel(error);
    // What cannot be right is reported as what it is more likely to be.
    throw connection.translate(doubt ?? error, call);
  }
}

function readsOf(
  connection: S3Connection,
  uri: string,
  key: string,
  onThrottled: (() => void) | undefined,
): ObjectReads {
  return {
    get: (options: GetOptions) => getObject(connection, uri, key, options, onThrottled),
    head: (options: HeadOptions) => headObject(connection, uri, key, options),
  };
}

function isLongStart(range: ByteRange | undefined): boolean {
  return range !== undefined && "offset" in range && range.offset === 0 &&
    (range.length ?? Infinity) >= WHOLE_FROM_BYTES;
}
