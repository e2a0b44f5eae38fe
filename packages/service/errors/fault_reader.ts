import { parseRetryAfter } from "@lade/core/retry";
import type { ServiceFault, ServiceFaultOptions } from "./service_fault.ts";

/** Reads the headers of an answer. */
export interface HeaderSource {
  /** The value of a header by its lower-case name. */
  get(name: string): string | null | undefined;
}

/** Where an answer comes from, by what is known of its endpoint. */
export interface AnswerOrigin {
  /** The answer bears a sign of the service. */
  readonly marked: boolean;
  /** What came in place of an answer of the service. */
  readonly foreign?: string | undefined;
}

/** An answer that reports a failure. */
export interface FailedReply {
  /** Status of the answer. */
  readonly status: number;
  /** Its headers. */
  readonly headers: HeaderSource;
  /** Its body. */
  readonly body: string;
  /** Where it comes from, where that is known. */
  readonly origin?: AnswerOrigin;
  /** How often the request was tried. */
  readonly attempts?: number;
  /** How long all tries took, in milliseconds. */
  readonly waitedMs?: number;
  /** This machine's clock, in milliseconds since 1970. */
  readonly nowMs?: number;
}

/** How a service reports failures: the form of its documents and headers. */
export interface FaultReader<F extends ServiceFault = ServiceFault> {
  /** Whether a body is a document by which the service reports a failure. */
  isReport(body: string): boolean;
  /** Makes a fault of a reply. A body that is no report only leaves details out. */
  read(reply: FailedReply): F;
}

/** What a reply says of a failure by HTTP alone. */
export function commonFaultOptions(
  { status, headers, origin, attempts, waitedMs, nowMs = Date.now() }: FailedReply,
): ServiceFaultOptions {
  const date = Date.parse(headers.get("date") ?? "");
  const size = /^bytes \*\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
  return {
    status,
    serverTimeMs: Number.isNaN(date) ? undefined : date,
    objectSize: size === undefined ? undefined : Number(size),
    retryAfterMs: parseRetryAfter(headers, nowMs) || undefined,
    attempts,
    waitedMs,
    foreign: origin?.foreign,
    marked: origin?.marked ?? false,
  };
}

/** The fault of an answer that is not the service's; `what` says what it is. */
export function foreignFault<F extends ServiceFault>(
  reader: FaultReader<F>,
  { status, headers }: Pick<FailedReply, "status" | "headers">,
  what: string,
): F {
  return reader.read({ status, headers, body: "", origin: { marked: false, foreign: what } });
}

/** The fault that a body with status 200 reports, as services do that fail after they began to answer. */
export function faultInsideSuccess<F extends ServiceFault>(
  reader: FaultReader<F>,
  headers: HeaderSource,
  body: string,
): F | undefined {
  return reader.isReport(body)
    ? reader.read({ status: 200, headers, body, origin: { marked: true } })
    : undefined;
}
