import type { Socket } from "node:net";
import { FaultSet } from "./faults/fault_set.ts";
import type { FaultPlan } from "./faults/fault_plan.ts";
import { preempt } from "./faults/request_faults.ts";
import { deliveryOf, distort, retellByHeaders } from "./faults/response_faults.ts";
import type { RequestRecord, UnreadRequest } from "./request_record.ts";
import { ServiceFault } from "./service_fault.ts";
import { EndOfStreamError, FramingError } from "./wire/byte_reader.ts";
import { listen, type Listener } from "./wire/listen.ts";
import { type Pace, Pacer, waitMs } from "./wire/pacer.ts";
import type { RequestBody } from "./wire/request_body.ts";
import type { RequestHead } from "./wire/request_head.ts";
import type { WireResponse } from "./wire/response.ts";
import { type Answer, type Exchange, serveConnection } from "./wire/serve_connection.ts";
import { ConnectionClosedError, SocketStream } from "./wire/socket_stream.ts";

/** How a fake service is started. */
export interface FakeServerOptions {
  /** The server's time, milliseconds since the epoch; the machine's by default. */
  clock?: () => number;
  /** Certificate and key in PEM: the server speaks TLS with them. */
  tls?: { cert: string; key: string };
  /** How slow it is; it may change while the server runs. As fast as it can by default. */
  pace?: Pace;
}

/** One request that is to be answered. */
export interface ServedRequest<R extends RequestRecord = RequestRecord> {
  /** The request line and header fields. */
  head: RequestHead;
  /** The body, not yet read. */
  body: RequestBody;
  /** What is remembered of it. */
  record: R;
  /** A fault has the service pass over the range that is asked for. */
  ignoresRange: boolean;
}

/**
 * A service inside the test process, on a port of 127.0.0.1 that the system chooses: a subclass says what requests
 * mean and does their work; connections, framing, pace, faults and records are here.
 */
export abstract class FakeServer<R extends RequestRecord = RequestRecord> implements AsyncDisposable {
  /** Every request so far, in the order in which heads arrived. */
  readonly requests: R[] = [];
  /** The faults. */
  readonly faults: FaultSet<R> = new FaultSet();
  /** How slow it is. */
  readonly pace: Pace;
  /** The server's time, milliseconds since the epoch. */
  clock: () => number;
  /** Connections accepted so far. */
  connectionCount = 0;
  /** Requests whose work is being done now; one that a fault holds still is none of them. */
  working = 0;

  readonly #tls: { cert: string; key: string } | undefined;
  readonly #streams: Map<SocketStream, Promise<void>> = new Map();
  readonly #abort: AbortController = new AbortController();
  readonly #failures: unknown[] = [];
  #listener: Listener | undefined;
  #requestCount = 0;
  #underWay = 0;

  /** A server that listens once {@linkcode FakeServer.listen} was called. */
  constructor(options: FakeServerOptions = {}) {
    this.#tls = options.tls;
    this.clock = options.clock ?? Date.now;
    this.pace = options.pace ?? { latencyMs: 0, bytesPerSecond: Infinity };
  }

  /** The port. */
  get port(): number {
    return this.#listener?.port ?? 0;
  }

  /** The endpoint, without a slash at the end. */
  get url(): string {
    return `${this.#tls ? "https" : "http"}://127.0.0.1:${this.port}`;
  }

  /** Connections that are open now. */
  get openConnections(): number {
    return this.#streams.size;
  }

  /** Requests that have come and whose answer is not sent yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Starts to listen. */
  async listen(): Promise<this> {
    this.#listener = await listen(this.#tls, (socket) => this.#accept(socket));
    return this;
  }

  /** Stops the server and closes every connection; throws what the server itself failed with, if it did. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    this.faults.clear();
    for (const stream of this.#streams.keys()) stream.destroy();
    await this.#listener?.close();
    await Promise.all(this.#streams.values());
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** Adds to a request's record what it asks for, as far as it is understood. Throws nothing. */
  protected abstract describe(record: UnreadRequest, head: RequestHead): R;

  /** Does the work of a request, unless it throws a {@linkcode ServiceFault}. */
  protected abstract serve(request: ServedRequest<R>): Promise<WireResponse> | WireResponse;

  /** A refusal in the service's own words; without a record that of what is not HTTP. */
  protected abstract refuse(fault: ServiceFault, record?: R): WireResponse;

  /** Header fields of every answer. */
  protected commonHeaders(_record: R): Record<string, string> {
    return { Date: new Date(this.clock()).toUTCString() };
  }

  /** Replaces what an answer tells of an object, wherever the service tells it: in header fields, as RFC 9110 has it. */
  protected retell(response: WireResponse, what: "etag" | "time", value: string | undefined): WireResponse {
    return retellByHeaders(response, what, value);
  }

  #accept(socket: Socket): void {
    const number = ++this.connectionCount;
    const stream = new SocketStream(socket);
    if (this.#abort.signal.aborted) stream.destroy();
    const served = serveConnection(stream, {
      down: new Pacer(this.pace, this.#abort.signal),
      up: new Pacer(this.pace, this.#abort.signal),
      handle: (exchange) => this.#handle(exchange, number),
      refuse: ({ message }) => this.refuse(new ServiceFault({ status: 400, code: "BadRequest", message })),
    }).catch((error) => {
      this.#failures.push(error);
      stream.destroy();
    }).then(() => stream.closed).then(() => {
      this.#streams.delete(stream);
    });
    this.#streams.set(stream, served);
  }

  async #handle(exchange: Exchange, connection: number): Promise<Answer> {
    const record = this.describe(newRecord(++this.#requestCount, connection, exchange), exchange.head);
    this.requests.push(record);
    this.#underWay++;
    let sending = false;
    try {
      const answer = await this.#answer(exchange, record);
      sending = answer.kind === "respond";
      return answer;
    } finally {
      record.bytesReceived = exchange.body.received;
      if (!sending) this.#underWay--;
    }
  }

  async #answer(exchange: Exchange, record: R): Promise<Answer> {
    const { signal } = this.#abort;
    const plan = this.faults.planFor(record, { concurrency: this.#underWay, nowMs: this.clock() });
    record.faults = plan.kinds;
    const preempted = await preempt(plan, exchange);
    if (preempted?.kind === "cut") return preempted;
    let response: WireResponse;
    if (preempted?.kind === "answer") {
      response = distort(plan, preempted.response);
    } else {
      const made = preempted
        ? this.refuse(preempted.fault, record)
        : await this.#work(exchange, record, plan);
      // Only what the service itself answers has its fields.
      const distorted = distort(plan, made, (...told) => this.retell(...told));
      response = { ...distorted, headers: { ...this.commonHeaders(record), ...distorted.headers } };
    }
    const drop = plan.find("drop-answer");
    if (drop !== undefined) return { kind: "cut", how: drop.how };
    const delay = plan.find("delay");
    if (delay !== undefined) await waitMs(delay.ms, signal);
    for (const { fault, action } of plan.all("stall")) {
      if (action.at === "answer") await Promise.race([fault.released, exchange.stream.gone]);
    }
    record.status = response.status;
    if (response.errorCode !== undefined) record.errorCode = response.errorCode;
    return {
      kind: "respond",
      response,
      delivery: deliveryOf(plan, response, exchange.stream),
      count: (bytes) => record.bytesSent += bytes,
      done: () => this.#underWay--,
    };
  }

  async #work({ head, body }: Exchange, record: R, plan: FaultPlan): Promise<WireResponse> {
    const failed = plan.find("error-after-ok");
    if (failed !== undefined) {
      await body.drain();
      const { code, message = "We encountered an internal error." } = failed;
      return { ...this.refuse(new ServiceFault({ status: 200, code, message }), record), status: 200 };
    }
    this.working++;
    try {
      return await this.serve({ head, body, record, ignoresRange: plan.find("ignore-range") !== undefined });
    } catch (error) {
      if (error instanceof ServiceFault) return this.refuse(error, record);
      if (error instanceof ConnectionClosedError || error instanceof EndOfStreamError) throw error;
      if (error instanceof FramingError) {
        return this.refuse(
          new ServiceFault({ status: 400, code: "BadRequest", message: error.message }),
          record,
        );
      }
      this.#failures.push(error);
      return this.refuse(new ServiceFault({ status: 500, message: String(error) }), record);
    } finally {
      this.working--;
    }
  }
}

function newRecord(id: number, connection: number, { head }: Exchange): UnreadRequest {
  return {
    id,
    connection,
    method: head.method,
    path: head.rawPath,
    query: {},
    headers: head.headers.toRecord(),
    key: "",
    status: 0,
    bytesReceived: 0,
    bytesSent: 0,
    faults: [],
  };
}
