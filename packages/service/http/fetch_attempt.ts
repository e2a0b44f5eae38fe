import { followAbort, type Link, type LinkedList } from "@lade/core/concurrency";
import { collectPayload } from "./collect_payload.ts";
import { checkHeaders } from "./encode_request_head.ts";
import { describeFetchError, isBeforeSending } from "./describe_fetch_error.ts";
import { describeProxyFault, proxyWantsLogin } from "./describe_proxy_fault.ts";
import { FetchBody, type FetchBodyOwner } from "./fetch_body.ts";
import { HttpResponse } from "./http_response.ts";
import { Pace } from "./pace.ts";
import type { RequestTarget } from "./parse_target.ts";
import { createResponseBody } from "./response_body.ts";
import { ResponseHeaders } from "./response_headers.ts";
import type { Attempt } from "./send_with_retry.ts";
import type { Semaphore } from "./semaphore.ts";
import type { TransportConfig } from "./transport_config.ts";
import type { EndedBody } from "./transport_observer.ts";
import { toTransportError, WireError } from "./wire_error.ts";

/** Does what `fetch` does. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What all tries of one transport share. */
export interface FetchShared {
  readonly config: TransportConfig;
  readonly fetch: Fetch;
  /** How messages name the proxy that requests go through; absent where they go straight. */
  readonly proxy?: string;
  /** Whether the platform decodes `content-encoding` on its own, whatever was asked for. */
  readonly decodes: boolean;
  /** Tries in flight, whose deadlines are checked. */
  readonly active: LinkedList<FetchAttempt>;
}

// `fetch` does not report how far a body was sent, so its time is counted at this many bytes per millisecond.
const SLOWEST_UPLOAD = 64;

/** One try of one request by `fetch`. */
export class FetchAttempt implements FetchBodyOwner, EndedBody {
  /** Bytes of the body so far. */
  bytes = 0;
  readonly #attempt: Attempt;
  readonly #target: RequestTarget;
  readonly #semaphore: Semaphore;
  readonly #shared: FetchShared;
  readonly #controller = new AbortController();
  readonly #pace: Pace;
  #deadlineMs = Infinity;
  #overdue: WireError | undefined;
  #body: FetchBody | undefined;
  #isCounted = false;
  #place: Link<FetchAttempt> | undefined;
  #leaveSignal: (() => void) | undefined;

  constructor(attempt: Attempt, target: RequestTarget, semaphore: Semaphore, shared: FetchShared) {
    this.#attempt = attempt;
    this.#target = target;
    this.#semaphore = semaphore;
    this.#shared = shared;
    const { minBytesPerSecond, stallTimeoutMs } = shared.config;
    this.#pace = new Pace(4 * stallTimeoutMs, minBytesPerSecond);
  }

  /** Resolves with the answer once its head is there. */
  async run(): Promise<HttpResponse> {
    const { flight, request: { signal } } = this.#attempt;
    signal?.throwIfAborted();
    flight?.endBy((reason) => this.abort(reason));
    if (signal) this.#leaveSignal = followAbort(signal, this);
    this.#place = this.#shared.active.add(this);
    try {
      return await this.#run();
    } catch (error) {
      this.#finish();
      signal?.throwIfAborted();
      const before = error instanceof WireError && isBeforeSending(error.kind);
      throw toTransportError(
        error,
        this.#attempt.request,
        this.#target.endpoint,
        before ? "none" : "partial",
      );
    }
  }

  /** Takes the abort of the request's signal. */
  handleEvent(): void {
    this.abort(this.#attempt.request.signal?.reason);
  }

  /** Ends the try, wherever it is. */
  abort(reason: unknown): void {
    if (this.#body) this.#body.abort(reason);
    else this.#controller.abort(reason);
  }

  /** Ends the try because its transport is closed. */
  end(): void {
    const error = new WireError("closed", "the transport was closed");
    this.abort(this.#body ? this.describe(error) : error);
  }

  /** Ends the try if its time is over. */
  checkDeadline(nowMs: number): void {
    if (this.#overdue) return;
    const slow = this.#body && this.#pace.verdict(nowMs);
    if (nowMs < this.#deadlineMs && !slow) return;
    const { stallTimeoutMs } = this.#shared.config;
    const bound = this.#attempt.firstByteTimeoutMs;
    this.#overdue = slow
      ? new WireError("stall", slow.detail, { waitedMs: slow.waitedMs })
      : this.#body
      ? new WireError("stall", `no byte moved for ${stallTimeoutMs} ms`, { waitedMs: stallTimeoutMs })
      : new WireError("first-byte-timeout", `no answer within ${bound} ms`, { waitedMs: bound });
    this.abort(this.#body ? this.describe(this.#overdue) : this.#overdue);
  }

  describe(error: unknown): unknown {
    return toTransportError(this.#describe(error), this.#attempt.request, this.#target.endpoint, "all");
  }

  /** How long they were waited for. */
  get waitedMs(): number {
    return this.#pace.totalMs;
  }

  /** What carries the answer: the platform does not say to which address. */
  get connection(): EndedBody["connection"] {
    return { endpoint: this.#target.endpoint, remoteAddress: undefined };
  }

  received(bytes: number): void {
    this.bytes += bytes;
    this.#pace.move(bytes, this.#shared.config.clock.monotonicMs());
    this.#shared.config.observer.received?.(this.#attempt.request, bytes);
  }

  release(complete: boolean): void {
    this.#finish();
    this.#shared.config.observer.finished?.(this.#attempt.request, complete, this);
  }

  expectBytes(): void {
    const { clock, stallTimeoutMs } = this.#shared.config;
    const nowMs = clock.monotonicMs();
    this.#deadlineMs = nowMs + stallTimeoutMs;
    this.#pace.begin(nowMs);
  }

  expectNothing(): void {
    this.#deadlineMs = Infinity;
    this.#pace.end(this.#shared.config.clock.monotonicMs());
  }

  cancelled(reason: unknown): void {
    this.#controller.abort(reason);
  }

  async #run(): Promise<HttpResponse> {
    const { firstByteTimeoutMs, payload, request } = this.#attempt;
    const { bandwidth, clock, observer } = this.#shared.config;
    const { signal } = this.#controller;
    const attemptMs = clock.monotonicMs();
    const init = this.#init();
    await this.#semaphore.acquire(signal);
    this.#isCounted = true;
    this.#attempt.flight?.depart(clock.monotonicMs(), undefined);
    const body = await collectPayload(payload, signal);
    // How far a body is sent does not show: it waits as a whole, and what comes after it waits longer.
    if (payload.length > 0) await bandwidth?.take("up", payload.length, signal);
    this.#deadlineMs = clock.monotonicMs() + firstByteTimeoutMs + payload.length / SLOWEST_UPLOAD;
    const answer = await this.#fetch({ ...init, ...(body && { body }), signal });
    this.expectNothing();
    if (payload.length > 0) observer.sent?.(request, payload.length);
    const response = this.#respond(answer, attemptMs);
    observer.responded?.(request, response);
    this.#body?.begin();
    return response;
  }

  #init(): RequestInit {
    const { headers, payload, request } = this.#attempt;
    const { host, path } = this.#target;
    const { pathname, search } = new URL(this.#attempt.url);
    if (pathname + search !== path) {
      throw unsupported("fetch would change the path, which holds . or .. segments");
    }
    const { host: given, lines } = checkHeaders(headers, payload);
    if (given !== undefined && given !== host) throw unsupported("fetch cannot send another host header");
    const named = new Headers(lines.map(([name, value]): [string, string] => [name, value]));
    if (!named.has("accept-encoding")) named.set("accept-encoding", "identity");
    return { method: request.method, headers: named, redirect: "manual" };
  }

  #respond(answer: Response, attemptMs: number): HttpResponse {
    const { clock } = this.#shared.config;
    const { endpoint } = this.#target;
    const { method } = this.#attempt.request;
    const coding = answer.headers.get("content-encoding");
    if (answer.status === 407 && this.#shared.proxy !== undefined) {
      answer.body?.cancel().catch(() => {});
      throw proxyWantsLogin(this.#shared.proxy);
    }
    if (answer.status < 200) throw unsupported("fetch of this platform hides redirects");
    const bodiless = method === "HEAD" || answer.status === 204 || answer.status === 304 || !answer.body;
    if (this.#shared.decodes && !bodiless && coding !== null && coding !== "identity") {
      answer.body?.cancel().catch(() => {});
      throw unsupported(`fetch of this platform decodes ${coding}, so the stored bytes cannot be had`);
    }
    const stated = answer.headers.get("content-length");
    const length = bodiless ? 0 : stated !== null && /^\d+$/.test(stated) ? Number(stated) : undefined;
    if (bodiless) answer.body?.cancel().catch(() => {});
    const slowly = { bandwidth: this.#shared.config.bandwidth, signal: this.#controller.signal };
    this.#body = new FetchBody(bodiless ? null : answer.body, length, this, slowly);
    const entries = [...answer.headers];
    return new HttpResponse({
      status: answer.status,
      headers: new ResponseHeaders(entries.map(([name]) => name), entries.map(([, value]) => value)),
      body: createResponseBody(this.#body, { endpoint, length }),
      connection: { id: 0, endpoint, remoteAddress: undefined, reused: undefined },
      timings: {
        startMs: this.#attempt.startMs,
        attemptMs,
        connectedMs: attemptMs,
        sentMs: attemptMs,
        firstByteMs: clock.monotonicMs(),
      },
    });
  }

  async #fetch(init: RequestInit): Promise<Response> {
    try {
      return await this.#shared.fetch(this.#attempt.url, init);
    } catch (error) {
      throw this.#describe(error);
    }
  }

  #describe(error: unknown): unknown {
    if (this.#overdue) return this.#overdue;
    if (error instanceof WireError) return error;
    const { aborted, reason } = this.#controller.signal;
    if (aborted) return reason;
    const { proxy } = this.#shared;
    const described = describeFetchError(error);
    return proxy === undefined ? described : describeProxyFault(described, proxy);
  }

  #finish(): void {
    this.#deadlineMs = Infinity;
    if (this.#place) this.#shared.active.remove(this.#place);
    this.#leaveSignal?.();
    if (this.#isCounted) this.#semaphore.release();
    this.#isCounted = false;
  }
}

function unsupported(detail: string): WireError {
  return new WireError("unsupported", detail);
}
