import { parseRetryAfter } from "@lade/service/http";
import { childText, parseXml, type XmlElement } from "@lade/service/xml";

/** What a {@linkcode ServiceFault} is made of. */
export interface ServiceFaultParts {
  /** Status of the HTTP answer. */
  readonly status: number;
  /** S3's name of the failure, such as `NoSuchKey`. */
  readonly code?: string | undefined;
  /** What the service says of it, in its own words. */
  readonly message?: string | undefined;
  /** The service's name of the request, for its support. */
  readonly requestId?: string | undefined;
  /** The region that the service names as the right one. */
  readonly region?: string | undefined;
  /** The host that the service names as the right one. */
  readonly endpoint?: string | undefined;
  /** Host, with its port, that the answer redirects to. */
  readonly redirectHost?: string | undefined;
  /** The service's clock, in milliseconds since 1970. */
  readonly serverTimeMs?: number | undefined;
  /** Size of the object, where a range did not fit it. */
  readonly objectSize?: number | undefined;
  /** How long the service asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** How often the request was tried. */
  readonly attempts?: number | undefined;
  /** How long all tries took, in milliseconds. */
  readonly waitedMs?: number | undefined;
  /** The condition that did not hold, as the service names it. */
  readonly condition?: string | undefined;
  /** The failure is about the latest version, which is a delete marker. */
  readonly deleteMarker?: boolean;
  /** What came in place of an answer of the service. */
  readonly foreign?: string | undefined;
  /** The answer bears a sign of the service: a code in its XML, or a header that only the service sends. */
  readonly marked?: boolean;
}

/** A failure as S3 reported it: the `cause` of the `StoreError` that a caller sees. */
export class ServiceFault extends Error {
  /** The class's name. */
  override readonly name: string = "ServiceFault";
  /** Status of the HTTP answer. */
  readonly status: number;
  /** S3's name of the failure; empty when the answer had none. */
  readonly code: string;
  /** The service's name of the request, for its support. */
  readonly requestId: string | undefined;
  /** The region that the service names as the right one. */
  readonly region: string | undefined;
  /** The host that the service names as the right one. */
  readonly endpoint: string | undefined;
  /** Host, with its port, that the answer redirects to. */
  readonly redirectHost: string | undefined;
  /** The service's clock, in milliseconds since 1970. */
  readonly serverTimeMs: number | undefined;
  /** Size of the object, where a range did not fit it. */
  readonly objectSize: number | undefined;
  /** How long the service asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** How often the request was tried. */
  readonly attempts: number;
  /** How long all tries took, in milliseconds. */
  readonly waitedMs: number;
  /** The condition that did not hold, as the service names it. */
  readonly condition: string | undefined;
  /** The failure is about the latest version, which is a delete marker. */
  readonly deleteMarker: boolean;
  /** What came in place of an answer of the service; absent where the service answered. */
  readonly foreign: string | undefined;
  /** Whether the answer bears a sign of the service: a code in its XML, or a header that only the service sends. */
  readonly marked: boolean;

  /** Takes the parts over. */
  constructor(parts: ServiceFaultParts) {
    const code = parts.code ?? "";
    const id = parts.requestId === undefined ? "" : ` (request ${parts.requestId})`;
    const words = parts.foreign ?? (parts.message || "the service gave no reason");
    super(`${parts.status}${code && ` ${code}`}: ${words}${id}`);
    this.status = parts.status;
    this.code = code;
    this.requestId = parts.requestId;
    this.region = parts.region;
    this.endpoint = parts.endpoint;
    this.redirectHost = parts.redirectHost;
    this.serverTimeMs = parts.serverTimeMs;
    this.objectSize = parts.objectSize;
    this.retryAfterMs = parts.retryAfterMs;
    this.attempts = parts.attempts ?? 1;
    this.waitedMs = parts.waitedMs ?? 0;
    this.condition = parts.condition;
    this.deleteMarker = parts.deleteMarker ?? false;
    this.foreign = parts.foreign;
    this.marked = parts.marked ?? false;
  }
}

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

/** How an answer was come by. */
export interface Trying {
  /** How often the request was tried. */
  readonly attempts?: number;
  /** How long all tries took, in milliseconds. */
  readonly waitedMs?: number;
  /** This machine's clock, in milliseconds since 1970. */
  readonly nowMs?: number;
}

/** Makes a fault of an answer that reports one. A body that is no XML of S3 only costs the code. */
export function readServiceFault(
  status: number,
  headers: HeaderSource,
  body: string,
  origin?: AnswerOrigin,
  { attempts, nowMs = Date.now(), waitedMs }: Trying = {},
): ServiceFault {
  const error = errorElement(body);
  const field = (name: string) => (error && childText(error, name)) || undefined;
  const header = (name: string) => headers.get(name) || undefined;
  const serverTime = Date.parse(field("ServerTime") ?? header("date") ?? "");
  const size = field("ActualObjectSize") ?? /^bytes \*\/(\d+)$/.exec(header("content-range") ?? "")?.[1];
  return new ServiceFault({
    status,
    code: field("Code"),
    message: field("Message"),
    requestId: field("RequestId") ?? header("x-amz-request-id"),
    region: header("x-amz-bucket-region") ?? field("Region"),
    endpoint: field("Endpoint"),
    redirectHost: status === 307 || status === 308 ? URL.parse(header("location") ?? "")?.host : undefined,
    serverTimeMs: Number.isNaN(serverTime) ? undefined : serverTime,
    objectSize: size === undefined ? undefined : Number(size),
    retryAfterMs: parseRetryAfter(headers, nowMs) || undefined,
    attempts,
    waitedMs,
    condition: field("Condition"),
    deleteMarker: header("x-amz-delete-marker") === "true",
    marked: origin?.marked || field("Code") !== undefined,
    foreign: origin?.foreign,
  });
}

/** Whether a body is a document by which S3 and its kin report a failure. */
export function isErrorDocument(body: string): boolean {
  return errorElement(body) !== undefined;
}

/** The fault of an answer that is not the service's; `what` says what it is. */
export function foreignFault(
  { status, headers }: { readonly status: number; readonly headers: HeaderSource },
  what: string,
): ServiceFault {
  return readServiceFault(status, headers, "", { marked: false, foreign: what });
}

/** The fault that a body with status 200 reports, as S3 does when it fails after it began to answer. */
export function faultInsideSuccess(headers: HeaderSource, body: string): ServiceFault | undefined {
  if (!errorElement(body)) return undefined;
  return readServiceFault(200, headers, body, { marked: true });
}

function errorElement(body: string): XmlElement | undefined {
  if (!body.includes("Error")) return undefined;
  try {
    const root = parseXml(body.trimStart());
    if (root.name === "Error") return root;
    return root.name === "ErrorResponse" ? root.children.find((child) => child.name === "Error") : undefined;
  } catch {
    return undefined;
  }
}
