import type { TransportError } from "./transport_error.ts";
import type { ConnectionInfo, TransportRequest, TransportResponse } from "./transport.ts";

/** What a connection leads to; without an address where only the endpoint is known. */
export type ObservedAddress = Pick<ConnectionInfo, "endpoint" | "remoteAddress">;

/** The body of an answer that ended. */
export interface EndedBody {
  /** Bytes that came, with the framing removed. */
  readonly bytes: number;
  /** How long bytes were waited for, in milliseconds, without the time that the reader took between them. */
  readonly waitedMs: number;
  /** What carried it. */
  readonly connection: ObservedAddress;
}

/**
 * Observes a transport: for progress, measurements and the op-log. Every method is optional, is called
 * synchronously, and must not throw.
 */
export interface TransportObserver {
  /** A connection was opened. */
  connected?(connection: ConnectionInfo): void;
  /** A connection could not be opened, or broke off within a request or its answer. */
  broken?(address: ObservedAddress): void;
  /** An address begins to be avoided, because others of its endpoint do better, or ceases to be. */
  avoided?(address: ObservedAddress, avoided: boolean): void;
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
