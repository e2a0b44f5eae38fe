import type { TransportError } from "./transport_error.ts";
import type { ConnectionInfo, TransportRequest, TransportResponse } from "./transport.ts";

/** The body of an answer that ended. */
export interface EndedBody {
  /** Bytes that came, with the framing removed. */
  readonly bytes: number;
  /** How long bytes were waited for, in milliseconds, without the time that the reader took between them. */
  readonly waitedMs: number;
  /** What carried it. */
  readonly connection: Pick<ConnectionInfo, "endpoint" | "remoteAddress">;
}

/**
 * Observes a transport: for progress, measurements and the op-log. Every method is optional, is called
 * synchronously, and must not throw.
 */
export interface TransportObserver {
  /** A connection was opened. */
  connected?(connection: ConnectionInfo): void;
  /** A try begins. */
  attemptStarted?(request: TransportRequest, attempt: number): void;
  /** The answer of a try is overdue: the request is sent a second time beside it. */
  hedged?(request: TransportRequest, attempt: number): void;
  /** The head of a try's answer arrived; `response.timings` has when its first byte did. */
  responded?(request: TransportRequest, response: TransportResponse): void;
  /** Body bytes were sent. */
  sent?(request: TransportRequest, bytes: number): void;
  /** Body bytes were received, with the framing removed. */
  received?(request: TransportRequest, bytes: number): void;
  /** A try failed, or was answered with a status that calls for another, which begins after `delayMs`. */
  retrying?(
    request: TransportRequest,
    retry: { readonly attempt: number; readonly delayMs: number; readonly cause: TransportError | number },
  ): void;
  /** The body of an answer ended: read to its end, or given up. `body` is valid during the call. */
  finished?(request: TransportRequest, complete: boolean, body: EndedBody): void;
}
