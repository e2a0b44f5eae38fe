import { authenticate } from "./auth/authenticate.ts";
import type { FakeCredential } from "./auth/credential.ts";
import { Payload } from "./auth/payload.ts";
import { parseQuery } from "./auth/uri_encoding.ts";
import { type ErrorAnswer, errorDocument, errorResponse } from "./error_response.ts";
import type { FaultPlan } from "./faults/fault_plan.ts";
import type { FaultSet } from "./faults/fault_set.ts";
import { preempt } from "./faults/request_faults.ts";
import { deliveryOf, distort } from "./faults/response_faults.ts";
import type { Call } from "./operations/call.ts";
import { checkAccess } from "./operations/check_access.ts";
import { applyHabits, habitualKey } from "./operations/habits.ts";
import { HANDLERS } from "./operations/handlers.ts";
import { checkBucketName, checkKey } from "./operations/names.ts";
import { type Operation, route } from "./operations/route.ts";
import type { ServerState } from "./operations/server_state.ts";
import type { RequestRecord } from "./request_record.ts";
import { S3Error } from "./s3_error.ts";
import { readTarget } from "./target.ts";
import { EndOfStreamError, FramingError } from "./wire/byte_reader.ts";
import { HeaderList } from "./wire/header_list.ts";
import { waitMs } from "./wire/pacer.ts";
import type { Response } from "./wire/response.ts";
import type { Answer, Exchange } from "./wire/serve_connection.ts";
import { ConnectionClosedError } from "./wire/socket_stream.ts";

/** What requests are handled with. */
export interface HandlerContext {
  /** What operations work on. */
  state: ServerState;
  /** The keys that may sign. */
  credentials: ReadonlyMap<string, FakeCredential>;
  /** The faults. */
  faults: FaultSet;
  /** Where each request is recorded. */
  requests: RequestRecord[];
  /** Hosts whose subdomains are buckets. */
  baseHosts: readonly string[];
  /** Where errors of the server itself are kept. */
  failures: unknown[];
  /** Ends every wait. */
  signal: AbortSignal;
}

/** Handles the requests of all connections. */
export class RequestHandler {
  readonly #context: HandlerContext;
  readonly #signingKeys: Map<string, Uint8Array> = new Map();
  #underWay = 0;
  #count = 0;

  /** Keeps the context. */
  constructor(context: HandlerContext) {
    this.#context = context;
  }

  /** Handles one request, with its faults. */
  async handle(exchange: Exchange, connection: number): Promise<Answer> {
    const record = newRecord(++this.#count, connection, exchange);
    this.#context.requests.push(record);
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

  async #answer(exchange: Exchange, record: RequestRecord): Promise<Answer> {
    const { faults, signal, state } = this.#context;
    const understood = this.#understand(exchange, record);
    const plan = faults.planFor(record, { concurrency: this.#underWay, nowMs: state.now() });
    record.faults = plan.kinds;
    const preempted = await preempt(plan, exchange);
    if (preempted?.kind === "cut") return preempted;
    const names = {
      resource: record.path,
      requestId: record.id.toString(16).toUpperCase().padStart(16, "0"),
    };
    let response: Response;
    if (preempted !== undefined) {
      response = errorResponse(preempted.error, names);
    } else {
      response = await this.#work(exchange, record, understood, plan, names);
    }
    response = withCommonHeaders(distort(plan, response), state.now(), names.requestId);
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

  /** Names the operation in the record; an error is answered only once faults had their turn. */
  #understand({ head }: Exchange, record: RequestRecord): Operation | S3Error {
    try {
      const query = new Map(parseQuery(head.rawQuery));
      record.query = Object.fromEntries(query);
      const target = readTarget(head, this.#context.baseHosts);
      record.bucket = target.bucketName;
      record.key = target.key;
      record.operation = route(head.method, target, query, head.headers);
      return record.operation;
    } catch (error) {
      if (error instanceof S3Error) return error;
      throw error;
    }
  }

  async #work(
    exchange: Exchange,
    record: RequestRecord,
    understood: Operation | S3Error,
    plan: FaultPlan,
    names: { resource: string; requestId: string },
  ): Promise<Response> {
    const failed = plan.find("error-after-ok");
    if (failed !== undefined) {
      await exchange.body.drain();
      const document = {
        code: failed.code,
        message: failed.message ?? "We encountered an internal error.",
        details: {},
      };
      return {
        status: 200,
        headers: { "Content-Type": "application/xml" },
        body: new TextEncoder().encode(errorDocument(document, names)),
        chunked: true,
        errorCode: failed.code,
      };
    }
    try {
      if (understood instanceof S3Error) throw understood;
      const call = this.#call(exchange, record, understood);
      applyHabits(call);
      if (plan.find("ignore-range") !== undefined) call.headers.delete("range");
      const response = await HANDLERS[understood](call);
      const charged = this.#context.state.buckets.get(record.bucket)?.requesterPays === true;
      return charged
        ? { ...response, headers: { ...response.headers, "x-amz-request-charged": "requester" } }
        : response;
    } catch (error) {
      return errorResponse(this.#errorAnswer(error, record), names);
    }
  }

  #call({ head, body }: Exchange, record: RequestRecord, operation: Operation): Call {
    const { state, credentials } = this.#context;
    const bucket = state.buckets.get(record.bucket);
    const identity = authenticate(head, {
      credentials,
      nowMs: state.now(),
      signingKeys: this.#signingKeys,
      bucketRegion: operation === "CreateBucket" ? undefined : bucket?.region,
    });
    const headers = withPresignedFields(head.headers, record.query);
    const call: Call = {
      operation,
      query: new Map(Object.entries(record.query)),
      headers,
      identity,
      payload: new Payload(body, identity, headers),
      bucketName: record.bucket,
      key: habitualKey(record.key, state.settings.habits),
      host: head.headers.get("host") ?? "",
      server: state,
    };
    if (record.bucket !== "") checkBucketName(record.bucket);
    checkKey(record.key);
    checkAccess(call, operation === "CreateBucket" ? undefined : bucket, operation);
    return call;
  }

  #errorAnswer(error: unknown, record: RequestRecord): ErrorAnswer {
    if (error instanceof S3Error) {
      const region = this.#context.state.buckets.get(record.bucket)?.region;
      if (record.operation === "HeadBucket" && region !== undefined) {
        error.headers["x-amz-bucket-region"] = region;
      }
      return error;
    }
    if (error instanceof ConnectionClosedError || error instanceof EndOfStreamError) throw error;
    if (error instanceof FramingError) return new S3Error("BadRequest", { message: error.message });
    this.#context.failures.push(error);
    return new S3Error("InternalError", { message: String(error) });
  }
}

/** A presigned request may carry in its query what would else be header fields. */
function withPresignedFields(headers: HeaderList, query: Record<string, string>): HeaderList {
  if (!("X-Amz-Signature" in query)) return headers;
  const all = new HeaderList();
  for (const [name, value] of headers.entries()) all.append(name, value);
  for (const [name, value] of Object.entries(query)) {
    if (name.startsWith("x-amz-") && !all.has(name)) all.append(name, value);
  }
  return all;
}

function withCommonHeaders(response: Response, nowMs: number, requestId: string): Response {
  const common = {
    "x-amz-id-2": "fake",
    "x-amz-request-id": requestId,
    "Date": new Date(nowMs).toUTCString(),
    "Server": "AmazonS3",
  };
  return { ...response, headers: { ...common, ...response.headers } };
}

function newRecord(id: number, connection: number, { head }: Exchange): RequestRecord {
  return {
    id,
    connection,
    method: head.method,
    path: head.rawPath,
    query: {},
    headers: head.headers.toRecord(),
    bucket: "",
    key: "",
    status: 0,
    bytesReceived: 0,
    bytesSent: 0,
    faults: [],
  };
}
