import {
  type RequestHead,
  type ServedRequest,
  ServiceFault,
  type UnreadRequest,
  type WireResponse,
} from "@lade/testing/http";
import { authenticate, type Identity } from "./auth/authenticate.ts";
import {
  entraConfiguration,
  type EntraContext,
  entraOperation,
  entraToken,
  managedIdentityToken,
} from "./auth/entra.ts";
import type { Principal } from "./auth/tokens.ts";
import { parseQuery } from "./auth/uri_encoding.ts";
import { AzureError, badHeader, badQuery } from "./azure_error.ts";
import type { AzureRequest } from "./azure_request.ts";
import { errorResponse } from "./error_response.ts";
import type { Call, InnerRequest, ServerState } from "./operations/call.ts";
import { findBlob } from "./operations/find_blob.ts";
import { checkAccess } from "./operations/check_access.ts";
import { HANDLERS } from "./operations/handlers.ts";
import { checkBlobName, checkContainerName } from "./operations/names.ts";
import { type Operation, route } from "./operations/route.ts";
import type { StoredBlob } from "./store/stored_blob.ts";
import { readTarget, type Target } from "./target.ts";

/** What requests are handled with. */
export interface HandlerContext {
  /** What operations work on. */
  readonly state: ServerState;
  /** Whether it speaks TLS. */
  readonly isSecure: boolean;
  /** The identity of the machine, if it has one. */
  readonly managed: () => Principal | undefined;
}

/** What is understood of a request. */
interface Understood {
  readonly operation: Operation;
  readonly query: ReadonlyMap<string, string>;
  readonly target: Target;
}

/** Header fields that would change what is stored, and that it does not know. */
const UNKNOWN = ["x-ms-structured-body", "x-ms-encryption-key", "x-ms-source-encryption-key"];

/** Handles the requests of all connections. */
export class RequestHandler {
  readonly #context: HandlerContext;

  /** Keeps the context. */
  constructor(context: HandlerContext) {
    this.#context = context;
  }

  /** Names what a request asks for in its record, as far as it is understood. */
  describe(record: UnreadRequest, head: RequestHead): AzureRequest {
    const request: AzureRequest = { ...record, account: "", container: "" };
    try {
      request.query = Object.fromEntries(new URLSearchParams(head.rawQuery));
      const entra = entraOperation(head);
      if (entra) return { ...request, operation: entra };
      const target = this.#target(head);
      request.account = target.account.name;
      request.container = target.containerName;
      request.key = target.key;
      request.operation = this.#understand(head, target).operation;
    } catch (error) {
      if (!(error instanceof AzureError)) throw error;
    }
    return request;
  }

  /** Does what a request asks for; an {@linkcode AzureError} where that cannot be. */
  async serve({ head, body, ignoresRange }: ServedRequest<AzureRequest>): Promise<WireResponse> {
    const entra = entraOperation(head);
    if (entra) return await this.#token(entra, head, body);
    const understood = this.#understand(head, this.#target(head));
    const identity = this.#authenticate(head, understood);
    if (identity.kind !== "anonymous" && identity.kind !== "sas" && !head.headers.has("x-ms-version")) {
      throw badHeader("x-ms-version", "");
    }
    return await this.#answer({ ...this.#call(head, understood, identity), body, ignoresRange });
  }

  /** Answers a request that came inside another one, with the fields of an answer. */
  async serveInner({ method, target, headers, allowed }: InnerRequest): Promise<WireResponse> {
    const [rawPath = "", rawQuery = ""] = target.split(/\?(.*)/s);
    const head = { method, rawPath, rawQuery, headers };
    try {
      const understood = this.#understand(head, this.#target(head));
      if (!allowed.includes(understood.operation)) throw new AzureError("InvalidInput");
      return await this.#answer(this.#call(head, understood, this.#authenticate(head, understood)));
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      return errorResponse(error, undefined, this.#context.state.now());
    }
  }

  /** The blob that a request inside another one reads; with `outer` by the authorization of that one's sender. */
  findInner({ method, target, headers, allowed }: InnerRequest, outer: Call | undefined): StoredBlob {
    const [rawPath = "", rawQuery = ""] = target.split(/\?(.*)/s);
    const head = { method, rawPath, rawQuery, headers };
    const understood = this.#understand(head, this.#target(head));
    if (!allowed.includes(understood.operation)) throw new AzureError("InvalidInput");
    const call = this.#call(head, understood, outer?.identity ?? this.#authenticate(head, understood));
    checkAccess(call);
    return findBlob(call);
  }

  #target(head: Pick<RequestHead, "rawPath" | "rawQuery" | "headers">): Target {
    const target = readTarget(head, this.#context.state.accounts);
    // A single segment that is asked for as a blob is one of the root container.
    const isContainer = /(?:^|&)(?:restype|comp|resource)=/i.test(head.rawQuery) ||
      target.containerName === "";
    if (target.key !== "" || isContainer || head.rawPath.endsWith("/")) return target;
    return { ...target, containerName: "$root", key: target.containerName };
  }

  #understand(head: Pick<RequestHead, "method" | "rawQuery" | "headers">, target: Target): Understood {
    const query = parseQuery(head.rawQuery);
    for (const [name, value] of query) {
      // deno-lint-ignore no-control-regex
      if (/[\x00-\x08\x0b\x0c\x0e-\x1f]/.test(value)) throw badQuery(name, value);
    }
    const { containerName: container, key } = target;
    return {
      operation: route({ method: head.method, container, key, query, headers: head.headers }),
      query,
      target,
    };
  }

  #authenticate(
    head: Pick<RequestHead, "method" | "rawPath" | "rawQuery" | "headers">,
    { query, target: { account, containerName: container, key } }: Understood,
  ): Identity {
    const { state: { tokens, now }, isSecure } = this.#context;
    return authenticate(head, { account, container, key, query, isSecure, tokens, now: now() });
  }

  #call({ headers }: Pick<RequestHead, "headers">, understood: Understood, identity: Identity): Call {
    const { state } = this.#context;
    const { operation, query, target } = understood;
    const version = headers.get("x-ms-version") ?? query.get("sv") ?? state.settings.version;
    if (!/^\d{4}-\d\d-\d\d$/.test(version) || version > state.settings.newestVersion) {
      throw badHeader("x-ms-version", version);
    }
    const unknown = UNKNOWN.find((name) => headers.has(name));
    if (unknown !== undefined) {
      throw new AzureError("UnsupportedHeader", { details: { HeaderName: unknown } });
    }
    return { ...target, operation, query, headers, identity, version, ignoresRange: false, server: state };
  }

  async #answer(call: Call): Promise<WireResponse> {
    const { operation, containerName, key, account, server } = call;
    if (containerName !== "") checkContainerName(containerName);
    if (key !== "") checkBlobName(key, server.settings, account.hierarchical);
    checkAccess(call);
    const lastsMs = account.softDeleteDays * 24 * 3_600_000;
    account.containers.get(containerName)?.purge(server.now(), server.now() - lastsMs);
    const handler = HANDLERS[operation];
    if (!handler) throw new AzureError("UnsupportedHttpVerb");
    return await handler(call);
  }

  #token(
    operation: NonNullable<ReturnType<typeof entraOperation>>,
    head: RequestHead,
    body: ServedRequest["body"],
  ): Promise<WireResponse> | WireResponse {
    const { state: { tokens, settings: { tokenMs }, now, url }, managed } = this.#context;
    const context: EntraContext = { tokens, tokenMs, now: now(), url: url() };
    if (operation === "EntraToken") return entraToken(head, body, context);
    if (operation === "EntraConfiguration") return entraConfiguration(head, context);
    return managedIdentityToken(head, parseQuery(head.rawQuery), managed(), context);
  }
}
