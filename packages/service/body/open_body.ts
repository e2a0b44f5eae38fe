import {
  type ByteRange,
  createGetResult,
  type EtagMd5,
  type GetResult,
  type ObjectInfo,
  type ResolvedRange,
  resolveRange,
  ServiceError,
} from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import type { TransportResponse } from "@lade/service/http";
import { BodyVerifier } from "./body_verifier.ts";
import { isEmptyRange, parseContentRange, sizeOfRangePastEnd } from "./content_range.ts";
import type { HeaderNames } from "./header_names.ts";
import { readObjectInfo } from "./read_object_info.ts";
import { unlikeService } from "./unlike_service.ts";
import { VerifiedBody } from "./verified_body.ts";

/** What an answered read is held against. */
export interface BodyRequest {
  /** Key of the object. */
  readonly key: string;
  /** The bytes that the caller wants; all where absent. */
  readonly range?: ByteRange | undefined;
  /**
   * The bytes that the request asked for; all where absent. Then the answer may have more than the caller wants, and is
   * read from its start.
   */
  readonly asked?: ByteRange | undefined;
  /** Returns the MD5 that the object's etag is or may be. */
  readonly etagMd5?: () => EtagMd5 | undefined;
  /** Finds out whether the checksums of an object are of one that is gone; see `GetResult`. One that fails says nothing. */
  readonly hasStaleChecksums?: ((info: ObjectInfo) => Promise<boolean>) | undefined;
  /** Ends the read. */
  readonly signal?: AbortSignal | undefined;
  /** What is being done. */
  readonly call: CallName;
}

/**
 * Makes a result of an answer with status 200 or 206. Other bytes than were asked for, and lengths that contradict each
 * other, are a `ServiceError`. All bytes of an object are compared with the cheapest checksum that the answer has of
 * them, before the last of them are given out; one that differs is a `ChecksumMismatchError`.
 */
export async function openBody(
  names: HeaderNames,
  response: TransportResponse,
  { key, range, asked, etagMd5, hasStaleChecksums, signal, call }: BodyRequest,
): Promise<GetResult> {
  const { body, headers, status } = response;
  const unlike = (what: string) => unlikeService(call, names.service, what);
  const sent = status === 206
    ? sentRange(response, asked, call, unlike)
    : sentWhole(response, asked, call, unlike);
  if (body.length !== undefined && body.length !== sent.length) {
    throw unlike(`${body.length} bytes follow where ${sent.length} were announced`);
  }
  const whole = sent.length === sent.size;
  const info = readObjectInfo(names, key, sent.size, headers, whole, call);
  const wanted = asked ? sent : resolveRange(range, sent.size, call.uri);
  const partial = wanted.length < sent.length;
  let stale: Promise<boolean> | undefined;
  const isStale = hasStaleChecksums && (() => stale ??= hasStaleChecksums(info).catch(() => false));
  const found = whole && !partial ? BodyVerifier.of(info.checksums) : undefined;
  const verifier = found instanceof Promise ? await found : found;
  return createGetResult({
    info,
    range: { offset: wanted.offset, length: wanted.length },
    etagMd5,
    hasStaleChecksums: isStale,
    sum: verifier,
    source: new VerifiedBody(body, verifier, partial, call, isStale),
    uri: call.uri,
    signal,
    sourceHasSignal: true,
  });
}

type Unlike = (what: string) => ServiceError;

interface SentBytes extends ResolvedRange {
  readonly size: number;
}

function sentWhole(
  { body }: TransportResponse,
  asked: ByteRange | undefined,
  { operation, uri }: CallName,
  unlike: Unlike,
): SentBytes {
  const size = body.length;
  if (size === undefined) throw unlike("it does not tell the object's size");
  if (asked) {
    const { offset, length } = resolveRange(asked, size, uri);
    if (offset !== 0 || length !== size) {
      throw new ServiceError({
        operation,
        uri,
        detail: "the service ignored the range that was asked for",
        advice: "check what stands between here and the service",
      });
    }
  }
  return { offset: 0, length: size, size };
}

function sentRange(
  { headers }: TransportResponse,
  asked: ByteRange | undefined,
  { uri }: CallName,
  unlike: Unlike,
): SentBytes {
  const text = headers.get("content-range");
  if (asked && isEmptyRange(text) && !("offset" in asked && asked.offset > 0)) {
    return { offset: 0, length: 0, size: 0 };
  }
  const pastEnd = asked && sizeOfRangePastEnd(text);
  // Throws where the range that was asked for begins there.
  if (pastEnd !== undefined) resolveRange(asked, pastEnd, uri);
  const sent = parseContentRange(text);
  if (!asked || !sent) throw unlike(`status 206 with Content-Range ${JSON.stringify(text ?? "")}`);
  const { offset, length } = resolveRange(asked, sent.size, uri);
  if (sent.first !== offset || sent.last !== offset + length - 1) {
    throw unlike(`bytes ${offset} to ${offset + length - 1} were asked for, it has ${text}`);
  }
  return { offset, length, size: sent.size };
}
