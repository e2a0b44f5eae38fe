import type { Arrivals, Checksums, Poured, PourTarget } from "@lade/core/backend";
import type { TransportError } from "./transport_error.ts";
import type { HeaderList } from "./transport.ts";
import type { ObservedAddress } from "./transport_observer.ts";
import type { TransportConfig } from "./transport_config.ts";

/** The settings of a transport that its lanes keep to: those that can be sent to another isolate. */
export type LaneConfig = Pick<
  TransportConfig,
  | "caCerts"
  | "connectTimeoutMs"
  | "continueTimeoutMs"
  | "endpointAddresses"
  | "expectContinueBytes"
  | "firstByteTimeoutMs"
  | "idleTimeoutMs"
  | "limits"
  | "maxConnections"
  | "minBytesPerSecond"
  | "stallTimeoutMs"
  | "verifyCertificates"
>;

/** One try of a request. */
export interface LaneRequest {
  /** The method. */
  readonly method: string;
  /** The URL. */
  readonly url: string;
  /** The headers. */
  readonly headers: HeaderList;
  /** Whether sending it twice does what sending it once does. */
  readonly idempotent: boolean;
  /** Address and port that it is not to go to if there is another. */
  readonly elsewhere: string | undefined;
  /** Bound of the wait for the first byte of the answer. */
  readonly firstByteTimeoutMs: number;
  /** What the request is about. */
  readonly label: string | undefined;
  /** The body, in shared memory. */
  readonly body: readonly Uint8Array[] | undefined;
  /** Whether the body waits for leave of the service; by its size where absent. */
  readonly expectContinue: boolean | undefined;
  /** Whether the main isolate wants to know when the request goes out. */
  readonly tellsDeparture: boolean;
}

/** Where a body is poured, and what is computed of it. */
export type LaneTarget = Pick<PourTarget, "to" | "sums">;

/** What the main isolate asks of a lane. All but the first two are about one try. */
export type LaneCommand =
  | { readonly type: "configure"; readonly config: LaneConfig }
  | { readonly type: "openAhead"; readonly url: string; readonly connections: number }
  | { readonly type: "send"; readonly id: number; readonly request: LaneRequest }
  | { readonly type: "read"; readonly id: number; readonly size: number; readonly atLeast: number }
  | { readonly type: "pour"; readonly id: number; readonly target: LaneTarget }
  | {
    readonly type: "digest";
    readonly id: number;
    readonly bytes: Uint8Array;
    /** The memory that they lie in, where checksums read it in place. */
    readonly memory: WebAssembly.Memory | undefined;
    readonly sums: LaneTarget["sums"];
  }
  | { readonly type: "close"; readonly id: number }
  | { readonly type: "abort"; readonly id: number };

/** The head of an answer. Times are counted from when the lane began with the try. */
export interface LaneHead {
  /** The status. */
  readonly status: number;
  /** Names of its headers, in order. */
  readonly names: readonly string[];
  /** Their values, in the same order. */
  readonly values: readonly string[];
  /** Bytes of the body, where they are known. */
  readonly length: number | undefined;
  /** What carried it. */
  readonly connection: LaneConnection;
  /** When a connection was there. */
  readonly connectedAfterMs: number;
  /** When the request was sent. */
  readonly sentAfterMs: number;
  /** When the first byte came. */
  readonly firstByteAfterMs: number;
}

/** What carries a try, as its lane numbers it. */
export interface LaneConnection {
  /** Its number in that lane. */
  readonly id: number;
  /** Scheme, host and port. */
  readonly endpoint: string;
  /** Address and port of the other side, where they are known. */
  readonly remoteAddress: string | undefined;
  /** Whether an earlier request went over it. */
  readonly reused: boolean | undefined;
}

/** How a request or an answer failed on its way. */
export interface LaneTransportFailure extends
  Pick<
    TransportError,
    "kind" | "detail" | "endpoint" | "sent" | "remoteAddress" | "retryable" | "waitedMs"
  > {
  /** What it is. */
  readonly type: "transport";
  /** The error below. */
  readonly cause: string | undefined;
}

/** What went wrong in a lane, in a form that can be sent. */
export type LaneFailure =
  | LaneTransportFailure
  | { readonly type: "aborted" }
  | { readonly type: "replaced"; readonly operation: string; readonly uri: string; readonly detail: string }
  | {
    readonly type: "other";
    readonly name: string;
    readonly message: string;
    readonly code: string | undefined;
  };

/**
 * What a lane says. `waitedMs` is there once the body has ended and its connection is given back: how long bytes of it were
 * waited for.
 */
export type LaneReport =
  | { readonly type: "ready" }
  | { readonly type: "connected"; readonly connection: LaneConnection }
  | { readonly type: "broken"; readonly address: ObservedAddress }
  | { readonly type: "avoided"; readonly address: ObservedAddress; readonly avoided: boolean }
  | { readonly type: "departed"; readonly id: number; readonly address: string | undefined }
  | { readonly type: "descriptorShortage" }
  | {
    readonly type: "head";
    readonly id: number;
    readonly head: LaneHead;
    /** Bytes of the body that were sent and not told of. */
    readonly sent: number;
    readonly waitedMs: number | undefined;
    /** CPU time of the lane's thread so far, in milliseconds; 0 where the runtime does not tell. */
    readonly cpuMs: number;
  }
  | {
    readonly type: "bytes";
    readonly id: number;
    readonly bytes: Uint8Array;
    readonly waitedMs: number | undefined;
  }
  | {
    readonly type: "progress";
    readonly id: number;
    readonly bytes: number;
    /** How far the body has come, with what is not in its place yet. */
    readonly arrivals: Arrivals | undefined;
  }
  | { readonly type: "sent"; readonly id: number; readonly bytes: number }
  | { readonly type: "digested"; readonly id: number; readonly sums: Checksums }
  | {
    readonly type: "poured";
    readonly id: number;
    readonly poured: Omit<Poured, "failure">;
    readonly failure: LaneFailure | undefined;
    readonly waitedMs: number | undefined;
    /** CPU time of the lane's thread so far, in milliseconds; 0 where the runtime does not tell. */
    readonly cpuMs: number;
  }
  | { readonly type: "closed"; readonly id: number; readonly waitedMs: number | undefined }
  | {
    readonly type: "failed";
    readonly id: number;
    readonly failure: LaneFailure;
    readonly waitedMs: number | undefined;
  };
