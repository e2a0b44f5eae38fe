import {
  type RequestHead,
  type ServedRequest,
  ServiceFault,
  type UnreadRequest,
  type WireResponse,
} from "@lade/testing/http";
import { authenticate, type Identity } from "./auth/authenticate.ts";
import { errorResponse } from "./error_response.ts";
import { GcsError } from "./gcs_error.ts";
import type { GcsRequest } from "./gcs_request.ts";
import type { Call, CallBody, InnerRequest, ServerState } from "./operations/call.ts";
import { checkAccess } from "./operations/check_access.ts";
import { HANDLERS } from "./operations/handlers.ts";
import { selectFields } from "./operations/partial_response.ts";
import { type Operation, route } from "./operations/route.ts";
import { readTarget, type Target } from "./target.ts";

/** What a request is read by. */
type Head = Pick<RequestHead, "method" | "rawPath" | "rawQuery" | "headers">;

/** What is understood of a request. */
interface Understood {
  readonly operation: Operation;
  readonly query: ReadonlyMap<string, string>;
  readonly target: Target;
}

/** Handles the requests of all connections. */
export class RequestHandler {
  readonly #state: ServerState;

  /** Keeps what operations work on. */
  constructor(state: ServerState) {
    this.#state = state;
  }

  /** Names what a request asks for in its record, as far as it is understood. */
  describe(record: UnreadRequest, head: RequestHead): GcsRequest {
    const request: GcsRequest = { ...record, bucket: "" };
    request.query = Object.fromEntries(readQuery(head.rawQuery));
    try {
      const { bucket, key } = readTarget(head);
      request.bucket = bucket;
      request.key = key;
      request.operation = understand(head).operation;
      if (key === "") request.key = this.#uploadKey(request.query);
    } catch (error) {
      if (!(error instanceof GcsError)) throw error;
    }
    return request;
  }

  /** Does what a request asks for; a {@linkcode GcsError} where that cannot be. */
  async serve({ head, body, ignoresRange }: ServedRequest<GcsRequest>): Promise<WireResponse> {
    return await this.#answer(head, body, this.#authenticate(head), ignoresRange);
  }

  /** Answers a request that came inside another one. */
  async serveInner({ method, target, headers, body }: InnerRequest, outer: Call): Promise<WireResponse> {
    const [rawPath = "", rawQuery = ""] = target.split(/\?(.*)/s);
    const head = { method, rawPath, rawQuery, headers };
    let read = false;
    const next = () => Promise.resolve(read ? null : (read = true, body));
    const inner = { next, bytes: () => Promise.resolve(body), declaredLength: body.length };
    try {
      const identity = headers.has("authorization") ? this.#authenticate(head) : outer.identity;
      return await this.#answer(head, inner, identity, false);
    } catch (error) {
      if (error instanceof ServiceFault) {
        return errorResponse(error, { operation: "objects.get", path: rawPath, headers: {} });
      }
      throw error;
    }
  }

  #authenticate(head: Head): Identity {
    const { tokens, signers } = this.#state;
    return authenticate(head, { tokens, signers, now: this.#state.now() });
  }

  async #answer(
    head: Head,
    body: CallBody,
    identity: Identity,
    ignoresRange: boolean,
  ): Promise<WireResponse> {
    const understood = understand(head);
    const { settings } = this.#state;
    if (settings.refusesXml && understood.target.api === "xml") return unknownPath();
    const call = { ...understood, headers: head.headers, body, identity, ignoresRange, server: this.#state };
    checkAccess(call);
    return selected(call, await HANDLERS[call.operation](call));
  }

  /** The object that a request with its name in the query is about. */
  #uploadKey({ name = "", upload_id: id = "" }: Readonly<Record<string, string>>): string {
    return this.#state.sessions.get(id)?.name ?? name;
  }
}

function understand(head: Head): Understood {
  const target = readTarget(head);
  const query = readQuery(head.rawQuery);
  const contentRange = head.headers.get("content-range");
  return { operation: route({ method: head.method, target, query, contentRange }), query, target };
}

/** What a server says of a path of which it has never heard. */
function unknownPath(): WireResponse {
  const body = new TextEncoder().encode("404 page not found\n");
  return { status: 404, headers: { "Content-Type": "text/plain; charset=utf-8" }, body, chunked: false };
}

/** The document of an answer, as far as the request asks for it. */
function selected({ target: { api }, query }: Call, response: WireResponse): WireResponse {
  const { status, headers, body } = response;
  const isDocument = headers["Content-Type"]?.startsWith("application/json") && body instanceof Uint8Array;
  if (api === "xml" || status !== 200 || !query.has("fields") || !isDocument) return response;
  const document = selectFields(JSON.parse(new TextDecoder().decode(body)), query.get("fields"));
  return { ...response, body: new TextEncoder().encode(JSON.stringify(document)) };
}

function readQuery(rawQuery: string): Map<string, string> {
  return new Map(new URLSearchParams(rawQuery));
}
