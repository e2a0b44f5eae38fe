import { TransportError, type TransportErrorKind } from "./transport_error.ts";
import type { SentState } from "./transport_error.ts";
import type { TransportRequest } from "./transport.ts";

/** What went wrong below the level where the request is known; {@linkcode toTransportError} adds the rest. */
export class WireError extends Error {
  override readonly name: string = "WireError";
  readonly kind: TransportErrorKind;
  readonly retryable: boolean | undefined;
  /** How long was waited in vain. */
  readonly waitedMs: number;

  constructor(
    kind: TransportErrorKind,
    detail: string,
    options: { cause?: unknown; retryable?: boolean; waitedMs?: number } = {},
  ) {
    super(detail, "cause" in options ? { cause: options.cause } : {});
    this.kind = kind;
    this.retryable = options.retryable;
    this.waitedMs = options.waitedMs ?? 0;
  }
}

/** An answer that is not HTTP/1.1 as RFC 9112 wants it, or that breaks a limit. */
export class ProtocolError extends WireError {
  override readonly name: string = "ProtocolError";

  constructor(detail: string) {
    super("protocol", detail);
  }
}

/** Names the request that `error` befell. What is no {@linkcode WireError}, an abort's reason say, stays what it is. */
export function toTransportError(
  error: unknown,
  request: TransportRequest,
  endpoint: string,
  sent: SentState,
  remoteAddress?: string,
): unknown {
  if (!(error instanceof WireError)) return error;
  return new TransportError({
    kind: error.kind,
    detail: error.message,
    endpoint,
    method: request.method,
    label: request.label,
    sent,
    remoteAddress,
    waitedMs: error.waitedMs,
    ...(error.retryable !== undefined && { retryable: error.retryable }),
    ...(error.cause !== undefined && { cause: error.cause }),
  });
}
