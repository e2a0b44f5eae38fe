/** What a {@linkcode ServiceFault} is made of. */
export interface ServiceFaultOptions {
  /** Status of the HTTP answer. */
  readonly status: number;
  /** The service's name of the failure, such as `NoSuchKey`. */
  readonly code?: string | undefined;
  /** What the service says of it, in its own words. */
  readonly message?: string | undefined;
  /** The service's name of the request, for its support. */
  readonly requestId?: string | undefined;
  /** The service's clock, in milliseconds since 1970. */
  readonly serverTimeMs?: number | undefined;
  /** Size of the object, where a range did not fit it. */
  readonly objectSize?: number | undefined;
  /** How long the service asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** How often the request was tried; once by default. */
  readonly attempts?: number | undefined;
  /** How long all tries took, in milliseconds. */
  readonly waitedMs?: number | undefined;
  /** What came in place of an answer of the service. */
  readonly foreign?: string | undefined;
  /** The answer bears a sign of the service: a code in its body, or a header that only the service sends. */
  readonly marked?: boolean;
}

/** Characters of a text that are kept: what is longer helps nobody, and takes long to look through. */
const MOST_CHARACTERS = 2_000;

/** A failure as a service reported it: the `cause` of the `StoreError` that a caller sees. */
export class ServiceFault extends Error {
  /** The class's name. */
  override readonly name: string = "ServiceFault";
  /** Status of the HTTP answer. */
  readonly status: number;
  /** The service's name of the failure; empty when the answer had none. */
  readonly code: string;
  /** The service's name of the request, for its support. */
  readonly requestId: string | undefined;
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
  /** What came in place of an answer of the service; absent where the service answered. */
  readonly foreign: string | undefined;
  /** Whether the answer bears a sign of the service: a code in its body, or a header that only the service sends. */
  readonly marked: boolean;

  /** Describes one failure. */
  constructor(options: ServiceFaultOptions) {
    const code = shortened(options.code ?? "");
    const id = options.requestId === undefined ? "" : ` (request ${shortened(options.requestId)})`;
    const words = shortened(options.foreign ?? (options.message || "the service gave no reason"));
    super(`${options.status}${code && ` ${code}`}: ${words}${id}`);
    this.status = options.status;
    this.code = code;
    this.requestId = options.requestId;
    this.serverTimeMs = options.serverTimeMs;
    this.objectSize = options.objectSize;
    this.retryAfterMs = options.retryAfterMs;
    this.attempts = options.attempts ?? 1;
    this.waitedMs = options.waitedMs ?? 0;
    this.foreign = options.foreign;
    this.marked = options.marked ?? false;
  }
}

function shortened(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
