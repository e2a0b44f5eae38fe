import { checksumsOf } from "@lade/codec/checksum";
import type { Arrivals, BodySource, Poured, PourTarget } from "@lade/core/backend";
import { followAbort } from "@lade/core/concurrency";
import { HttpResponse } from "./http_response.ts";
import { unpackFailure } from "./lane_failure.ts";
import type { LaneLink, TryReport } from "./lane_link.ts";
import type { LaneHead, LaneRequest } from "./lane_messages.ts";
import { parseTarget } from "./parse_target.ts";
import { createResponseBody } from "./response_body.ts";
import { ResponseHeaders } from "./response_headers.ts";
import type { Attempt } from "./send_with_retry.ts";
import type { ConnectionInfo } from "./transport.ts";
import type { TransportConfig } from "./transport_config.ts";
import { TransportError } from "./transport_error.ts";
import { toTransportError, WireError } from "./wire_error.ts";

type ReportOf<Type extends TryReport["type"]> = Extract<TryReport, { readonly type: Type }>;

const NOTHING = new Uint8Array(0);

/** What a {@linkcode LaneAttempt} is made with. */
export interface LaneAttemptSetup {
  readonly attempt: Attempt;
  readonly link: LaneLink;
  readonly config: Pick<TransportConfig, "clock" | "observer">;
  /** Numbers a connection of the lane among all of the transport. */
  readonly numbered: (connection: LaneHead["connection"]) => ConnectionInfo;
  /** Called once, when nothing more comes of the try. */
  readonly onOver: () => void;
  /** Called with what the lane has used of its thread by now. */
  readonly onCpu: (cpuMs: number) => void;
}

/** One try of one request, made by a lane: its answer, and the body of it. */
export class LaneAttempt implements BodySource {
  readonly #setup: LaneAttemptSetup;
  readonly #endpoint: string;
  #id = 0;
  #waiting: { resolve(report: TryReport): void; reject(error: unknown): void } | undefined;
  #onProgress: ((bytes: number) => void) | undefined;
  #over = false;
  #leaveSignal: (() => void) | undefined;
  /** How long the lane has waited for bytes of the body. */
  #waitedMs = 0;
  #bytes = 0;
  /** How far the body had come when the lane last told. */
  #arrivals: Arrivals | undefined;
  #connection: ConnectionInfo | undefined;
  #failure: { readonly error: unknown } | undefined;
  /** Why the body was given up. */
  #stopped: { readonly reason: unknown } | undefined;

  constructor(setup: LaneAttemptSetup) {
    this.#setup = setup;
    this.#endpoint = parseTarget(setup.attempt.url).endpoint;
  }

  /** Resolves with the answer once its head is there. */
  async run(): Promise<HttpResponse> {
    const { attempt, config: { clock }, link } = this.#setup;
    const { elsewhere, firstByteTimeoutMs, flight, headers, idempotent, payload, request, url } = attempt;
    const { expectContinue, label, method, signal } = request;
    const body = payload.present ? payload.parts : undefined;
    const asked: LaneRequest = {
      ...{ method, url, headers, idempotent, elsewhere, firstByteTimeoutMs, label, body, expectContinue },
      tellsDeparture: flight !== undefined,
    };
    signal?.throwIfAborted();
    const attemptMs = clock.monotonicMs();
    try {
      const report = await this.#wait<"head">(() => {
        this.#id = link.begin(asked, (report) => this.#take(report));
        if (signal) this.#leaveSignal = followAbort(signal, this);
        flight?.endBy((reason) => this.#stop(reason));
      });
      const response = this.#respond(report, attemptMs);
      // The answer was on its way when it was given up.
      if (this.#stopped) throw this.#fail(this.#stopped.reason);
      return response;
    } catch (error) {
      this.#end(false);
      signal?.throwIfAborted();
      throw toTransportError(error, request, this.#endpoint, "all");
    }
  }

  /** Takes the abort of the request's signal. */
  handleEvent(): void {
    this.#stop(this.#setup.attempt.request.signal?.reason);
  }

  async read(target: Uint8Array, atLeast = 1): Promise<number> {
    if (this.#failure) throw this.#failure.error;
    if (this.#over) return 0;
    const { bytes, waitedMs } = await this.#ask<"bytes">({
      type: "read",
      id: this.#id,
      size: target.length,
      atLeast: Math.min(atLeast, target.length),
    });
    if (this.#stopped) throw this.#fail(this.#stopped.reason);
    target.set(bytes);
    this.#received(bytes.length);
    if (waitedMs !== undefined) this.#end(true);
    return bytes.length;
  }

  arrivals(): Arrivals | undefined {
    return this.#over ? { bytes: this.#bytes, waitedMs: this.#waitedMs } : this.#arrivals;
  }

  async pour({ onBytes, sums, to }: PourTarget): Promise<Poured> {
    if (this.#failure) return { bytes: 0, sums: {}, failure: this.#failure };
    if (this.#over) return { bytes: 0, sums: checksumsOf(NOTHING, sums) };
    let told = 0;
    const tell = (bytes: number) => {
      if (bytes === 0) return;
      told += bytes;
      this.#received(bytes);
      onBytes?.(bytes);
    };
    this.#onProgress = tell;
    try {
      const report = await this.#ask<"poured">({ type: "pour", id: this.#id, target: { to, sums } });
      this.#setup.onCpu(report.cpuMs);
      const { failure, poured, waitedMs } = report;
      tell(poured.bytes - told);
      if (failure) return { ...poured, failure: { error: this.#fail(this.#unpack(failure)) } };
      if (waitedMs !== undefined) this.#end(true);
      else if (this.#stopped) return { ...poured, failure: { error: this.#fail(this.#stopped.reason) } };
      return poured;
    } catch (error) {
      // What befell the place that is poured into is no failure of the body.
      if (!(error instanceof TransportError) && !this.#stopped) throw error;
      return { bytes: 0, sums: {}, failure: { error } };
    } finally {
      this.#onProgress = undefined;
    }
  }

  close(complete: boolean, reason?: unknown): void | Promise<void> {
    if (complete) {
      if (this.#failure) return Promise.reject(this.#failure.error);
      return this.#over ? undefined : this.#closeAtEnd();
    }
    if (this.#over) return;
    this.#stop(reason ?? new DOMException("The body was cancelled", "AbortError"));
  }

  /** Gives up. What is being read or poured settles with the lane's last word, when nothing is in use any more. */
  #stop(reason: unknown): void {
    if (this.#over || this.#stopped) return;
    this.#stopped = { reason };
    this.#setup.link.post({ type: "abort", id: this.#id });
    if (!this.#waiting) this.#fail(reason);
  }

  async #closeAtEnd(): Promise<void> {
    await this.#ask<"closed">({ type: "close", id: this.#id });
    this.#end(true);
  }

  /** Asks for the next step of the body. A failure ends it. */
  async #ask<Type extends TryReport["type"]>(
    command: Parameters<LaneLink["post"]>[0],
  ): Promise<ReportOf<Type>> {
    try {
      return await this.#wait<Type>(() => this.#setup.link.post(command));
    } catch (error) {
      throw this.#fail(toTransportError(error, this.#setup.attempt.request, this.#endpoint, "all"));
    }
  }

  #wait<Type extends TryReport["type"]>(begin: () => void): Promise<ReportOf<Type>> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve: resolve as (report: TryReport) => void, reject };
      begin();
    });
  }

  #take(report: TryReport | WireError): void {
    if (!(report instanceof WireError)) {
      if (report.type === "progress") return this.#progress(report);
      if (report.type === "sent") return this.#sent(report.bytes);
      if (report.type === "departed") return this.#depart(report.address);
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!(report instanceof WireError) && "waitedMs" in report) {
      this.#waitedMs = report.waitedMs ?? this.#waitedMs;
    }
    if (report instanceof WireError) {
      if (waiting) waiting.reject(report);
      else this.#fail(toTransportError(report, this.#setup.attempt.request, this.#endpoint, "all"));
    } else if (report.type === "failed") waiting?.reject(this.#unpack(report.failure));
    else waiting?.resolve(report);
  }

  #respond({ cpuMs, head, sent, waitedMs }: ReportOf<"head">, attemptMs: number): HttpResponse {
    const { attempt: { request, startMs }, config: { observer }, numbered, onCpu } = this.#setup;
    onCpu(cpuMs);
    if (sent > 0) this.#sent(sent);
    const { connectedAfterMs, firstByteAfterMs, length, names, sentAfterMs, status, values } = head;
    const response = new HttpResponse({
      status,
      headers: new ResponseHeaders(names, values),
      body: createResponseBody(this, { endpoint: this.#endpoint, length }),
      connection: numbered(head.connection),
      timings: {
        startMs,
        attemptMs,
        connectedMs: attemptMs + connectedAfterMs,
        sentMs: attemptMs + sentAfterMs,
        firstByteMs: attemptMs + firstByteAfterMs,
      },
    });
    this.#connection = response.connection;
    observer.responded?.(request, response);
    if (waitedMs !== undefined) this.#end(true);
    return response;
  }

  /** What an observer throws ends the pouring, not the handling of the lane's messages. */
  #progress({ arrivals, bytes }: ReportOf<"progress">): void {
    this.#arrivals = arrivals;
    try {
      this.#onProgress?.(bytes);
    } catch (error) {
      this.#stop(error);
    }
  }

  #depart(address: string | undefined): void {
    const { attempt: { flight }, config: { clock } } = this.#setup;
    flight?.depart(clock.monotonicMs(), address);
  }

  #sent(bytes: number): void {
    const { attempt: { request }, config: { observer } } = this.#setup;
    observer.sent?.(request, bytes);
  }

  #received(bytes: number): void {
    const { attempt: { request }, config: { observer } } = this.#setup;
    this.#bytes += bytes;
    observer.received?.(request, bytes);
  }

  #unpack(failure: ReportOf<"failed">["failure"]): unknown {
    const { request } = this.#setup.attempt;
    return unpackFailure(failure, request, this.#stopped?.reason);
  }

  #fail(error: unknown): unknown {
    if (this.#failure) return this.#failure.error;
    this.#failure = { error };
    this.#end(false);
    return error;
  }

  #end(complete: boolean): void {
    if (this.#over) return;
    this.#over = true;
    const { attempt: { request }, config: { observer }, link, onOver } = this.#setup;
    this.#leaveSignal?.();
    link.forget(this.#id);
    if (this.#connection) {
      const body = { bytes: this.#bytes, waitedMs: this.#waitedMs, connection: this.#connection };
      observer.finished?.(request, complete, body);
    }
    onOver();
  }
}
