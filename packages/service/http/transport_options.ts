import type { EndpointHealths } from "./endpoint_health.ts";
import type { Bandwidth, Clock } from "@lade/core/backend";
import type { HedgeBudget } from "@lade/core/concurrency";
import type { RetryBudget, RetryPolicy } from "@lade/core/retry";
import type { ResponseLimits } from "./response_limits.ts";
import type { TransportFigures } from "./transport_figures.ts";
import type { TransportRequest, TransportResponse } from "./transport.ts";
import type { TransportObserver } from "./transport_observer.ts";

/**
 * Stands around every try, for fault injection: it may delay, call `next` or not, throw a `TransportError`, or give
 * out another answer. It sees each request as it was passed to `send`, and the number of the try.
 */
export type Interceptor = (
  request: TransportRequest,
  attempt: number,
  next: () => Promise<TransportResponse>,
) => Promise<TransportResponse>;

/** Gives the addresses of a host name. */
export type Resolver = (hostname: string) => Promise<readonly string[]>;

/** Where an endpoint is reached, in place of where its name leads. */
export interface EndpointAddresses {
  /** URL of the endpoint: it holds for its port, at its host and at those whose names end in it. */
  readonly url: string;
  /** Names and addresses of machines, each with a port where it is not the endpoint's: `10.0.0.1`, `[::1]:9000`. */
  readonly addresses: readonly string[];
}

/** Options of a transport. */
export interface TransportOptions {
  /** Time; the system's by default. */
  readonly clock?: Clock;
  /** Random numbers in [0, 1), for jitter; `Math.random` by default. */
  readonly random?: () => number;
  /** Connections to one endpoint at most; 256 by default. More requests wait for one. */
  readonly maxConnections?: number;
  /** How long an idle connection is kept; 20,000 by default, for services close theirs soon after. */
  readonly idleTimeoutMs?: number;
  /** Bound of one connection's opening, TLS handshake included; 3,100 by default, past TCP's second repetition. */
  readonly connectTimeoutMs?: number;
  /** No try of a request that never reached its endpoint begins later than this; 6,000 by default. */
  readonly unreachableAfterMs?: number;
  /** Bound of the wait for the first byte of an answer once the request is sent; 60,000 by default. */
  readonly firstByteTimeoutMs?: number;
  /** Longest time without a byte moving while a body is sent or read; 30,000 by default. */
  readonly stallTimeoutMs?: number;
  /** What a body has to bring over four times that bound, or it is taken for a stall; 32 by default. */
  readonly minBytesPerSecond?: number;
  /** Bodies of at least so many bytes wait for `100 Continue`; 2 MiB by default. */
  readonly expectContinueBytes?: number;
  /** How long that wait lasts before the body is sent anyway; 1,000 by default. */
  readonly continueTimeoutMs?: number;
  /** How often and how patiently requests are tried again. */
  readonly retry?: Partial<RetryPolicy>;
  /** Tokens for retries, when several transports share them; an own budget by default. */
  readonly retryBudget?: RetryBudget;
  /**
   * Bounds the requests that are sent a second time because their answers are overdue; nothing is sent twice without it.
   */
  readonly hedges?: HedgeBudget | undefined;
  /** What is known of the endpoints, when several transports share it; an own knowledge by default. */
  readonly health?: EndpointHealths;
  /** Counts what happens, when several transports share it; an own one by default. */
  readonly figures?: TransportFigures;
  /** Certificates of further authorities that are trusted, in PEM form. */
  readonly caCerts?: readonly string[];
  /**
   * Whether the certificates of servers are verified; true by default. Without it anybody on the way can read and change
   * all that is sent. Under Deno over sockets only: what goes by `fetch` or through a proxy is a `TypeError`.
   */
  readonly verifyCertificates?: boolean;
  /** Bounds how fast bodies are sent and read; nothing does by default. */
  readonly bandwidth?: Bandwidth | undefined;
  /** Called when the system allows no further connection; those that are there then have to do. */
  readonly onDescriptorShortage?: () => void;
  /** Resolves host names; the system's resolver by default. */
  readonly resolve?: Resolver;
  /**
   * Machines to connect to in place of those that the name of an endpoint leads to; certificates are compared with the name
   * as ever. Over sockets only: by `fetch` it is a `TypeError`, and a request through a proxy is refused.
   */
  readonly endpointAddresses?: EndpointAddresses | undefined;
  /** Bounds on heads and framing. */
  readonly limits?: Partial<ResponseLimits>;
  /**
   * Threads that bodies are moved by which are poured, at most; `"auto"` by default, one for each core beside
   * the first. Under Deno over sockets only, and where nothing bounds how fast; elsewhere there are none.
   */
  readonly lanes?: number | "auto";
  /** Observes what happens. */
  readonly observer?: TransportObserver;
  /** Stands around every try. */
  readonly interceptor?: Interceptor;
}
