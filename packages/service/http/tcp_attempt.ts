import { followAbort } from "@lade/core/concurrency";
import type { Connection } from "./connection.ts";
import { checkHeaders, encodeRequestHead } from "./encode_request_head.ts";
import type { EndpointPool } from "./endpoint_pool.ts";
import { Exchange, type IncomingAnswer, type OutgoingRequest } from "./exchange.ts";
import type { BodyOwner } from "./framed_body.ts";
import { HttpResponse } from "./http_response.ts";
import type { RequestTarget } from "./parse_target.ts";
import { createResponseBody } from "./response_body.ts";
import type { Attempt } from "./send_with_retry.ts";
import type { ResponseTimings } from "./transport.ts";
import type { TransportConfig } from "./transport_config.ts";
import type { TransportErrorKind } from "./transport_error.ts";
import type { EndedBody } from "./transport_observer.ts";
import { toTransportError, WireError } from "./wire_error.ts";

// What a server answers with that cannot do its work.
const DISABLED_STATUS: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
// How a connection fails for which the other side is to blame.
const BROKEN: ReadonlySet<TransportErrorKind> = new Set([
  "tls",
  "first-byte-timeout",
  "stall",
  "reset",
  "closed-early",
  "protocol",
]);

/** One try of one request: takes a connection, makes the exchange, and gives the connection back when the body ends. */
export class TcpAttempt implements BodyOwner, EndedBody {
  /** Bytes of the body so far. */
  bytes = 0;
  readonly #attempt: Attempt;
  readonly #config: TransportConfig;
  readonly #target: RequestTarget;
  readonly #pool: EndpointPool;
  #connection: Connection | undefined;
  #body: IncomingAnswer["body"] | undefined;
  #firstByteMs = 0;
  #leaveSignal: (() => void) | undefined;

  constructor(attempt: Attempt, target: RequestTarget, pool: EndpointPool, config: TransportConfig) {
    this.#attempt = attempt;
    this.#target = target;
    this.#pool = pool;
    this.#config = config;
  }

  /** Resolves with the answer once its head is there. */
  async run(): Promise<HttpResponse> {
    const { flight, request: { signal } } = this.#attempt;
    const attemptMs = this.#config.clock.monotonicMs();
    signal?.throwIfAborted();
    flight?.endBy((reason) => this.#end(reason));
    if (signal) this.#leaveSignal = followAbort(signal, this);
    try {
      // A used connection that proves dead is replaced by a new one within the same try, once.
      return await this.#try(false, attemptMs) ?? await this.#try(true, attemptMs) ??
        await this.#try(true, attemptMs) as HttpResponse;
    } catch (error) {
      this.#leaveSignal?.();
      signal?.throwIfAborted();
      throw error;
    }
  }

  /** Takes the abort of the request's signal. */
  handleEvent(): void {
    this.#end(this.#attempt.request.signal?.reason);
  }

  describe(error: unknown): unknown {
    this.#noteFailure(error);
    const { endpoint } = this.#target;
    return toTransportError(error, this.#attempt.request, endpoint, "all", this.#connection?.remoteAddress);
  }

  /** How long they were waited for. */
  get waitedMs(): number {
    return this.#connection?.waitedMs ?? 0;
  }

  /** What carries the answer. */
  get connection(): EndedBody["connection"] {
    return this.#connection ?? { endpoint: this.#target.endpoint, remoteAddress: undefined };
  }

  received(bytes: number): void {
    this.bytes += bytes;
    this.#config.observer.received?.(this.#attempt.request, bytes);
  }

  release(complete: boolean): void {
    this.#leaveSignal?.();
    this.#config.observer.finished?.(this.#attempt.request, complete, this);
    this.#noteBody(complete);
    if (this.#connection) this.#pool.release(this.#connection);
  }

  /** Gives nothing when the request has to be sent again, on a new connection or without `expect`. */
  async #try(fresh: boolean, attemptMs: number): Promise<HttpResponse | undefined> {
    const { payload, request } = this.#attempt;
    const outgoing = this.#encode();
    const connection = await this.#connect(fresh);
    const connectedMs = this.#config.clock.monotonicMs();
    this.#attempt.flight?.depart(connectedMs, connection.remoteAddress);
    const reused = connection.requests > 0;
    const exchange = new Exchange(connection, outgoing, this.#config);
    this.#connection = connection;
    try {
      const answer = await exchange.run(this);
      if (exchange.ignoredExpect) this.#pool.ignoresExpect = true;
      if (
        answer.head.status === 417 && outgoing.expectContinue && exchange.sent !== "all" && payload.replayable
      ) {
        this.#pool.ignoresExpect = true;
        this.#drop(connection);
        return undefined;
      }
      return this.#respond(answer, connection, { reused, attemptMs, connectedMs, sentMs: exchange.sentMs });
    } catch (error) {
      this.#drop(connection);
      if (reused && this.#isStale(error, exchange)) return undefined;
      this.#noteFailure(error, connection);
      const { endpoint } = this.#target;
      throw toTransportError(error, request, endpoint, exchange.sent, connection.remoteAddress);
    }
  }

  async #connect(fresh: boolean): Promise<Connection> {
    const { flight, request: { signal } } = this.#attempt;
    try {
      const taken = this.#pool.acquire(fresh, signal, this.#attempt.elsewhere);
      const connection = taken instanceof Promise ? await taken : taken;
      if (!signal?.aborted && !flight?.revoked) return connection;
      this.#pool.release(connection);
      signal?.throwIfAborted();
      throw new WireError("closed", "the try is waited for no more");
    } catch (error) {
      throw toTransportError(error, this.#attempt.request, this.#target.endpoint, "none");
    }
  }

  #encode(): OutgoingRequest {
    const { firstByteTimeoutMs, headers, payload, request } = this.#attempt;
    const { expectContinueBytes, observer } = this.#config;
    const { method } = request;
    const checked = checkHeaders(headers, payload);
    const wanted = request.expectContinue ??
      (checked.expectsContinue || payload.length >= expectContinueBytes);
    const expectContinue = wanted && payload.length > 0 && !this.#pool.ignoresExpect;
    return {
      method,
      payload,
      expectContinue,
      firstByteTimeoutMs,
      head: encodeRequestHead(method, this.#target, checked, payload, expectContinue),
      onSent: observer.sent && ((bytes) => observer.sent?.(request, bytes)),
    };
  }

  #respond(
    answer: IncomingAnswer,
    connection: Connection,
    how: Pick<ResponseTimings, "attemptMs" | "connectedMs"> & {
      readonly reused: boolean;
      readonly sentMs: number | undefined;
    },
  ): HttpResponse {
    const { request, startMs } = this.#attempt;
    const { endpoint } = this.#target;
    const { body, framing, head } = answer;
    const { attemptMs, connectedMs, reused } = how;
    const firstByteMs = this.#config.clock.monotonicMs();
    const sentMs = how.sentMs ?? firstByteMs;
    this.#body = body;
    const response = new HttpResponse({
      status: head.status,
      headers: head.headers,
      body: createResponseBody(body, { endpoint, length: framing.length < 0 ? undefined : framing.length }),
      connection: { id: connection.id, endpoint, remoteAddress: connection.remoteAddress, reused },
      timings: { startMs, attemptMs, connectedMs, sentMs, firstByteMs },
    });
    this.#config.observer.responded?.(request, response);
    this.#noteAnswer(response, connection);
    body.begin();
    return response;
  }

  #noteAnswer({ headers, status, timings }: HttpResponse, { address }: Connection): void {
    if (!address) return;
    const { method } = this.#attempt.request;
    this.#firstByteMs = timings.firstByteMs;
    this.#pool.addresses?.answered(address, {
      failed: DISABLED_STATUS.has(status),
      firstByteMs: timings.firstByteMs - timings.sentMs,
      object: method === "GET" && status < 300 && headers.has("etag"),
    });
  }

  /** Tells the address of what a body showed of it. */
  #noteBody(complete: boolean): void {
    const address = this.#connection?.address;
    if (!address || !complete) return;
    this.#pool.addresses?.moved(
      address,
      this.bytes,
      this.#config.clock.monotonicMs() - this.#firstByteMs,
    );
  }

  /** Tells the address of a failure that is the other side's. */
  #noteFailure(error: unknown, connection: Connection | undefined = this.#connection): void {
    if (!(error instanceof WireError) || !BROKEN.has(error.kind) || !connection?.address) return;
    this.#pool.addresses?.failed(connection.address);
  }

  #end(reason: unknown): void {
    if (this.#body) this.#body.abort(reason);
    else this.#connection?.kill(reason);
  }

  #drop(connection: Connection): void {
    connection.kill(new WireError("closed", "the connection is of no more use"));
    this.#connection = undefined;
    this.#pool.release(connection);
  }

  /** Whether a used connection was dead before it brought anything, and the request can safely be sent again. */
  #isStale(error: unknown, exchange: Exchange): boolean {
    if (exchange.answered || !(error instanceof WireError)) return false;
    if (exchange.sent === "none") return error.kind === "reset" || error.kind === "protocol";
    const dead = error.kind === "reset" || error.kind === "closed-early";
    return dead && this.#attempt.idempotent && this.#attempt.payload.replayable;
  }
}
