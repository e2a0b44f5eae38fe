import {
  HeaderList,
  type RequestHead,
  type ServedRequest,
  type UnreadRequest,
  type WireResponse,
} from "@lade/testing/http";
import { authenticate } from "./auth/authenticate.ts";
import type { FakeCredential } from "./auth/credential.ts";
import { Payload } from "./auth/payload.ts";
import { parseQuery } from "./auth/uri_encoding.ts";
import type { Call } from "./operations/call.ts";
import { checkAccess } from "./operations/check_access.ts";
import { applyHabits, habitualKey } from "./operations/habits.ts";
import { HANDLERS } from "./operations/handlers.ts";
import { checkBucketName, checkKey } from "./operations/names.ts";
import { type Operation, route } from "./operations/route.ts";
import type { ServerState } from "./operations/server_state.ts";
import { S3Error } from "./s3_error.ts";
import type { S3Request } from "./s3_request.ts";
import { readTarget } from "./target.ts";

/** What requests are handled with. */
export interface HandlerContext {
  /** What operations work on. */
  state: ServerState;
  /** The keys that may sign. */
  credentials: ReadonlyMap<string, FakeCredential>;
  /** Hosts whose subdomains are buckets. */
  baseHosts: readonly string[];
}

/** Handles the requests of all connections. */
export class RequestHandler {
  readonly #context: HandlerContext;
  readonly #signingKeys: Map<string, Uint8Array> = new Map();

  /** Keeps the context. */
  constructor(context: HandlerContext) {
    this.#context = context;
  }

  /** Names what a request asks for in its record, as far as it is understood. */
  describe(record: UnreadRequest, head: RequestHead): S3Request {
    const request: S3Request = { ...record, bucket: "" };
    try {
      this.#understand(request, head);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
    }
    return request;
  }

  /** Does what a request asks for; an {@linkcode S3Error} where that cannot be. */
  async serve(request: ServedRequest<S3Request>): Promise<WireResponse> {
    const { record, head } = request;
    const { buckets } = this.#context.state;
    try {
      const call = this.#call(request, record.operation ?? this.#understand(record, head));
      applyHabits(call);
      if (request.ignoresRange) call.headers.delete("range");
      const response = await HANDLERS[call.operation](call);
      const charged = buckets.get(record.bucket)?.requesterPays === true;
      return charged
        ? { ...response, headers: { ...response.headers, "x-amz-request-charged": "requester" } }
        : response;
    } catch (error) {
      const region = buckets.get(record.bucket)?.region;
      if (error instanceof S3Error && record.operation === "HeadBucket" && region !== undefined) {
        error.headers["x-amz-bucket-region"] = region;
      }
      throw error;
    }
  }

  #understand(request: S3Request, head: RequestHead): Operation {
    const query = new Map(parseQuery(head.rawQuery));
    request.query = Object.fromEntries(query);
    const target = readTarget(head, this.#context.baseHosts);
    request.bucket = target.bucketName;
    request.key = target.key;
    return request.operation = route(head.method, target, query, head.headers);
  }

  #call({ head, body, record }: ServedRequest<S3Request>, operation: Operation): Call {
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
