import type { CombinableName } from "@lade/codec/checksum";
import type { BodySource, Checksums, StoreFigures } from "@lade/core/backend";
import type { HedgeBudget } from "@lade/core/concurrency";
import type { ResponseHeaders } from "./response_headers.ts";

/**
 * Sends HTTP requests: the one way to a service, for the control plane (an SDK's request handler) and the data plane.
 *
 * Connection limit, timeouts, retries and their budget are here and nowhere above. Redirects are never followed,
 * content is never decoded, nothing is cached.
 */
export interface Transport extends AsyncDisposable {
  /** What it has done so far; the numbers go on counting. One of a caller's own may have none. */
  readonly figures?: StoreFigures | undefined;
  /** Bounds what is asked for a second time because it is slow; nothing is without it. */
  readonly hedges?: HedgeBudget | undefined;
  /**
   * Sends a request and resolves with its answer once the head is there, whatever the status: a status that calls
   * for another try has been tried again as the policy allows. Rejects with a {@linkcode TransportError}, or with
   * `signal.reason`. When this settles, the request's body is no longer in use.
   */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Moves the bodies of large transfers by threads of its own; absent where this transport has none. */
  readonly bulk?: BulkCarrier | undefined;
  /**
   * Begins to open connections to the endpoint of `url`, to which a request went before, until so many are there, those in
   * use counted; a few at a time. One of a caller's own may do without.
   */
  openAhead?(url: string, connections: number): void;
  /** Ends every request in flight and closes every connection. A later `send` rejects. */
  close(): Promise<void>;
}

/** Moves the bodies of large transfers by threads of its own. */
export interface BulkCarrier {
  /**
   * Says that so many bytes are about to be sent from shared memory. Threads are started where that pays; returns whether it
   * does. Bodies that lie in shared memory are then sent by them.
   */
  expect(bytes: number): boolean;
  /** Has such a thread compute checksums of shared memory; `undefined` where none is there yet. */
  digest(bytes: Uint8Array, sums: readonly CombinableName[]): Promise<Checksums> | undefined;
}

/** Names and values, in the order they are sent. Names are compared in any case; values are Latin-1 text. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/**
 * The bytes of a request. They are sent without a copy and may be sent several times; they must not change until
 * `send` settles. A {@linkcode StreamedBody} can be sent once.
 */
export type RequestBody = Uint8Array | readonly Uint8Array[] | StreamedBody;

/** A request body that is produced while it is sent. */
export interface StreamedBody {
  /** Bytes in all. More or fewer fail the request. */
  readonly length: number;
  /** The bytes; each piece must stay as it is until the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What {@linkcode Transport.send} takes. */
export interface TransportRequest {
  /** The method, in upper case. */
  readonly method: string;
  /** `http:` or `https:` URL. Its path and query are sent to the byte as they are written here. */
  readonly url: string;
  /**
   * Headers. `host` follows from the URL when absent. `content-length` follows from the body and must agree with it
   * when present; `expect: 100-continue` has the effect of `expectContinue`. Headers of the connection itself
   * (`connection`, `transfer-encoding`, …) are a `TypeError`.
   */
  readonly headers?: HeaderList | undefined;
  /** The body; none when absent. */
  readonly body?: RequestBody | undefined;
  /**
   * Makes a new head for each try, so that a signature does not expire between tries; `attempt` counts from 1.
   * What it gives replaces `headers` and `url`.
   */
  readonly prepare?: ((attempt: number) => RequestHead | Promise<RequestHead>) | undefined;
  /**
   * Whether the same request may be acted on twice. By default so for GET, HEAD, PUT, DELETE and OPTIONS. Another one
   * is retried only if it was never sent or the service itself (not a 502 or 504 of a gateway) rejected it.
   */
  readonly idempotent?: boolean | undefined;
  /**
   * Whether the request may be sent once more, on another connection, when its answer is overdue by what like requests took:
   * the answer that comes first is used. Only a GET or HEAD without a body is. `prepare` makes the head of each.
   */
  readonly hedge?: boolean | undefined;
  /** Waits for the service's `100 Continue` before the body is sent; by default for large bodies. */
  readonly expectContinue?: boolean;
  /**
   * Looks at an answer before it is given out, and says whether it calls for another try; `undefined` leaves it to
   * the status. It may {@linkcode ResponseBody.peek} into the body, for services that report errors with status 200.
   */
  readonly retryable?:
    | ((response: TransportResponse) => boolean | undefined | Promise<boolean | undefined>)
    | undefined;
  /** Bound of the wait for the head of the answer, in place of the transport's own. */
  readonly firstByteTimeoutMs?: number | undefined;
  /**
   * Address and port, as in {@linkcode ConnectionInfo.remoteAddress}, that the request is not to go to where the endpoint
   * has another address that does well. A try after one that failed goes elsewhere by itself.
   */
  readonly elsewhere?: string | undefined;
  /**
   * Says that the body of the answer is going to be poured (`BodySource.pour`), and how many bytes are still to be poured
   * for the same read, those of this answer included.
   */
  readonly pours?: number | undefined;
  /** Ends the request, wherever it is: `send` and reads of the body reject with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** What the request is about, for messages and observers (`s3://b/k`). Never holds a secret. */
  readonly label?: string;
}

/** The part of a request that is made for each try. */
export interface RequestHead {
  /** Headers of this try. */
  readonly headers: HeaderList;
  /** URL of this try; the request's own when absent. */
  readonly url?: string;
}

/** An answer. A caller that does not read its body to the end closes or disposes it. */
export interface TransportResponse extends AsyncDisposable {
  /** Status code, 200 to 599. */
  readonly status: number;
  /** Headers. */
  readonly headers: ResponseHeaders;
  /** The body, yet to be read. */
  readonly body: ResponseBody;
  /** Tries that were made, this one included. */
  readonly attempts: number;
  /** Whether any of the tries was answered 429 or 503. */
  readonly throttled: boolean;
  /** How long was tried in vain, in milliseconds, where this answer calls for another try that was not made; else 0. */
  readonly waitedMs: number;
  /** What carried this try. */
  readonly connection: ConnectionInfo;
  /** When this try got how far. */
  readonly timings: ResponseTimings;
}

/**
 * The bytes of an answer, freed of their framing: a {@linkcode BodySource} for `createGetResult`.
 *
 * A body whose length is known frees its connection as soon as its last byte was read. One call at a time.
 */
export interface ResponseBody extends BodySource {
  /** Bytes in all, where the head of the answer says so. */
  readonly length: number | undefined;
  /**
   * Puts the next bytes at the start of `target`, from the socket without a copy where they are not there yet, and
   * gives their number, without a promise where they were there; 0 only at the end. A body that breaks off rejects with
   * a `TransportError`.
   */
  read(target: Uint8Array, atLeast?: number): number | Promise<number>;
  /**
   * Ends the reading. `complete` says that the caller has all it wanted: then it rejects when bytes are left, and
   * the connection is kept. Otherwise the connection is closed.
   */
  close(complete: boolean, reason?: unknown): void | Promise<void>;
  /** The next bytes, at most `limit` of them, fewer only at the end. They are read again by whatever reads next. */
  peek(limit: number): Promise<Uint8Array>;
  /** All bytes that are left. More than `limit` rejects with a `TransportError` of kind `"too-large"`. */
  bytes(limit: number): Promise<Uint8Array<ArrayBuffer>>;
  /** All that is left, decoded as UTF-8 with what is no UTF-8 replaced. The limit is that of `bytes`. */
  text(limit: number): Promise<string>;
  /** Throws the rest away; keeps the connection when the rest is short. Never rejects. */
  discard(): Promise<void>;
  /** Gives up: closes the connection, and a pending read rejects with `reason`. Never rejects. */
  cancel(reason?: unknown): Promise<void>;
}

/** What carried a request. */
export interface ConnectionInfo {
  /** Number of the connection within its transport; 0 where it is not known. */
  readonly id: number;
  /** Scheme, host and port: `https://host:443`. */
  readonly endpoint: string;
  /** Address and port of the other side, where known. */
  readonly remoteAddress: string | undefined;
  /** Whether an earlier request used the same connection; `undefined` where it is not known. */
  readonly reused: boolean | undefined;
}

/** Times on the transport's monotonic clock, in milliseconds. */
export interface ResponseTimings {
  /** When `send` was called. */
  readonly startMs: number;
  /** When this try began. */
  readonly attemptMs: number;
  /** When this try had a connection; equal to `attemptMs` where that is not known. */
  readonly connectedMs: number;
  /** When all of this try's request was handed to the network; equal to `firstByteMs` where the answer came first. */
  readonly sentMs: number;
  /** When the first byte of this try's answer arrived. */
  readonly firstByteMs: number;
}
