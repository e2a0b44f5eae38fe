import {
  type AdaptiveLimit,
  checkRange,
  type GetOptions,
  type GetResult,
  type HeadOptions,
  type ObjectInfo,
  RangeNotSatisfiableError,
} from "@lade/core/backend";
import {
  checkAnswered,
  conditionHeaders,
  type HeaderNames,
  openBody,
  rangeHeader,
  readObjectInfo,
  readRefusedRange,
  readSize,
  unlikeService,
} from "@lade/service/body";
import type { ServiceClient } from "@lade/service/call";
import { type FailedCall, ServiceFault } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";

/** An object that a service gives by a GET of a path. */
export interface ServedObject {
  /** Asks the service. */
  readonly client: ServiceClient;
  /** The headers by which it describes objects. */
  readonly names: HeaderNames;
  /** Key of the object. */
  readonly key: string;
  /** Its path, encoded. */
  readonly path: string;
  /** What is being done. */
  readonly call: FailedCall;
  /** Query, not encoded. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Headers of a read, besides those of conditions and range. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Throws where an answer is about something that is no whole object. */
  readonly check?: (headers: ResponseHeaders) => void;
  /** Finds out whether the checksums of an object are of one that is gone; see `GetResult`. */
  readonly hasStaleChecksums?: (info: ObjectInfo) => Promise<boolean>;
  /** Learns of a service that asks for fewer requests. */
  readonly limit?: AdaptiveLimit;
}

/** Reads an object or a range of it in one request, as `ObjectStore.get` promises. Key and signal are checked before. */
export async function getObject(object: ServedObject, options: GetOptions): Promise<GetResult> {
  const { client, names, key, path, query, call, check, limit } = object;
  const { pours, range, signal } = options;
  if (range) checkRange(range);
  const headers = {
    ...object.headers,
    ...conditionHeaders(options, names),
    ...(range && { range: rangeHeader(range) }),
  };
  const falls = limit?.falls ?? 0;
  try {
    const request = { method: "GET", path, ...(query && { query }), headers, kind: "object", call } as const;
    const response = await client.send({ ...request, pours, signal });
    if (response.throttled) limit?.noteThrottled(falls);
    try {
      check?.(response.headers);
      const { hasStaleChecksums } = object;
      const asked = { key, range, asked: range, hasStaleChecksums, signal, call };
      const result = await openBody(names, response, asked);
      checkAnswered(names, result.info, options, call);
      return result;
    } catch (error) {
      await response.body.cancel(error);
      throw error;
    }
  } catch (error) {
    const refusal = error instanceof RangeNotSatisfiableError ? error.cause : undefined;
    if (!(refusal instanceof ServiceFault)) throw error;
    return await readRefusedRange(
      { get: (whole) => getObject(object, whole) },
      options,
      refusal.objectSize,
      error,
    );
  }
}

/** Describes an object, as `ObjectStore.head` promises. Key and signal are checked before. */
export async function headObject(object: ServedObject, options: HeadOptions): Promise<ObjectInfo> {
  return (await describeObject(object, options)).info;
}

/** {@linkcode headObject}, for who needs more of the answer than an `ObjectInfo` has. */
export async function describeObject(
  object: ServedObject,
  options: HeadOptions,
): Promise<{ readonly info: ObjectInfo; readonly headers: ResponseHeaders }> {
  const { client, names, key, path, query, call, check } = object;
  const { signal } = options;
  const request = {
    method: "HEAD",
    path,
    ...(query && { query }),
    headers: conditionHeaders(options, names),
    call,
  };
  const { headers } = await client.send({ ...request, kind: "head", signal });
  check?.(headers);
  const size = readSize(headers.get("content-length"));
  if (size === undefined) throw unlikeService(call, names.service, "it does not tell the object's size");
  const info = readObjectInfo(names, key, size, headers, true, call);
  checkAnswered(names, info, options, call);
  return { info, headers };
}
