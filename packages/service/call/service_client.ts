import { ServiceError, type StoreContext, type StoreFigures } from "@lade/core/backend";
import { defaultBounds } from "@lade/core/bounds";
import {
  type ErrorRow,
  ErrorTable,
  type FailedCall,
  type FaultReading,
  ServiceFault,
} from "../errors/mod.ts";
import {
  type BulkCarrier,
  createTransport,
  encodeQuery,
  EndpointSigns,
  ResponseHeaders,
  type SignNames,
  type Transport,
  TransportError,
  type TransportErrorKind,
  transportErrorToStoreError,
  type TransportOptions,
  type TransportResponse,
  TransportShare,
} from "../http/mod.ts";
import type { AnswerRule } from "./answer_rule.ts";
import { askForDocument, type DocumentReading } from "./ask_for_document.ts";
import type { Authorizer } from "./authorizer.ts";
import { plainRule } from "./plain_rule.ts";
import { ServiceCaller, type ServiceRequest } from "./service_caller.ts";
import type { ServiceDialect } from "./service_dialect.ts";

/** What a {@linkcode ServiceClient} is made of. */
export interface ServiceClientSetup {
  /** URL of the service; paths begin at its origin. */
  readonly url: string;
  /** What messages call it: `a depot`. */
  readonly service: string;
  /** Who asks, without any secret, as messages have it. */
  readonly identity: string;
  /** Its failures. */
  readonly errors: readonly ErrorRow[];
  /** What a failure means beyond its row. */
  readonly explain?: (fault: ServiceFault, call: FailedCall) => FaultReading;
  /** What to try next where no answer comes, in place of what can be said of any service. */
  readonly next?: { readonly [kind in TransportErrorKind]?: string };
  /** The form of its answers. */
  readonly dialect: ServiceDialect;
  /** What only it puts into its answers. */
  readonly signs: SignNames;
  /** Makes what authorizes one call. */
  readonly authorizer: () => Authorizer;
  /** Called with each good answer. */
  readonly onAnswer?: (response: TransportResponse) => void;
  /** Time and chance. */
  readonly context: StoreContext;
  /** Options of a transport of its own, or one that others have too. */
  readonly transport?: TransportOptions | Transport | undefined;
  /** How long a document may be waited for in vain before it is asked for again, in milliseconds; 75,000 by default. */
  readonly patienceMs?: number | undefined;
}

/** A request by its path and by what its answer is; see {@linkcode ServiceRequest}. */
export interface ClientRequest extends
  Pick<
    ServiceRequest,
    "method" | "body" | "signal" | "idempotent" | "retryable" | "firstByteTimeoutMs" | "pours"
  > {
  /** Path, encoded. */
  readonly path: string;
  /** Query, not encoded. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Headers by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the answer is. */
  readonly kind: AnswerRule["kind"];
  /** The statuses of a good answer, where they are others than those of HTTP for its kind. */
  readonly statuses?: readonly number[];
  /** The root of a document. */
  readonly root?: string;
  /** What is being done, and to what. */
  readonly call: FailedCall;
  /** Authorizes this request, in place of the client's own. */
  readonly authorizer?: Authorizer;
}

/** A request that is answered by a document. */
export type DocumentRequest = Omit<ClientRequest, "kind"> & { readonly root: string };

/**
 * The way to a service that answers by HTTP's own statuses: one {@linkcode ServiceCaller} with a transport, and
 * store errors of all that fails.
 */
export class ServiceClient {
  readonly #setup: ServiceClientSetup;
  readonly #url: URL;
  readonly #transport: Transport;
  readonly #caller: ServiceCaller<ServiceFault>;
  readonly #errors: ErrorTable;
  /** The rules of reads of objects, by the names of what they ask, of which there are few. */
  readonly #readRules = new Map<string, AnswerRule>();

  /** Makes the transport, unless it is given; no I/O. */
  constructor(setup: ServiceClientSetup) {
    const { clock, random } = setup.context;
    this.#setup = setup;
    this.#url = new URL(setup.url);
    this.#errors = new ErrorTable(setup.service, setup.errors);
    const { transport } = setup;
    this.#transport = transport && "send" in transport
      ? new TransportShare(transport)
      : createTransport({ clock, random, ...transport });
    const { host, hostname, protocol } = this.#url;
    this.#caller = new ServiceCaller({
      transport: this.#transport,
      dialect: setup.dialect,
      signs: new EndpointSigns(setup.signs),
      endpoint: () => ({ secure: protocol === "https:", host, hostname }),
      clock,
      ...(setup.onAnswer && { onAnswer: setup.onAnswer }),
    });
  }

  /** URL of the service. */
  get url(): URL {
    return this.#url;
  }

  /** Opens connections before requests need them; see `Transport.openAhead`. */
  readonly openAhead = (connections: number): void =>
    this.#transport.openAhead?.(this.#url.href, connections);

  /** What the transport has done so far. */
  get figures(): StoreFigures | undefined {
    return this.#transport.figures;
  }

  /** Moves bodies by threads of its own; absent where there are none. */
  get bulk(): BulkCarrier | undefined {
    return this.#transport.bulk;
  }

  /** Sends a request and resolves with its good answer; all else is a store error. */
  async send(request: ClientRequest): Promise<TransportResponse> {
    const { path, query = {}, headers = {}, kind, root, authorizer, statuses, ...rest } = request;
    const asked = Object.keys(query).filter((name) => query[name] !== undefined);
    try {
      return await this.#caller.send({
        ...rest,
        headers,
        place: () => ({ path, query: encodeQuery(query) }),
        rule: this.#ruleOf(kind, [...Object.keys(headers), ...asked], root, statuses),
      }, authorizer ?? this.#setup.authorizer());
    } catch (error) {
      throw this.translate(error, request.call);
    }
  }

  #ruleOf(
    kind: AnswerRule["kind"],
    names: readonly string[],
    root: string | undefined,
    statuses: readonly number[] | undefined,
  ): AnswerRule {
    if (kind !== "object" || statuses) {
      return { ...plainRule(kind, names, root), ...(statuses && { statuses }) };
    }
    const all = names.join();
    let rule = this.#readRules.get(all);
    if (!rule) this.#readRules.set(all, rule = plainRule(kind, names, root));
    return rule;
  }

  /**
   * Sends a request that is answered by a document in JSON of `limit` bytes at most, 16 MiB by default, and gives the
   * member by whose name it is known.
   */
  async readJson<T>(request: DocumentRequest, limit?: number): Promise<T> {
    return await this.readDocument(request, (text) => JSON.parse(text)[request.root], limit);
  }

  /**
   * Sends a request that is answered by a document of `limit` bytes at most, 16 MiB by default, and gives what `parse`
   * makes of it. A `SyntaxError` of `parse` is a document that breaks off. One that does is asked for again, twice at most,
   * where the request may be sent again.
   */
  async readDocument<T>(request: DocumentRequest, parse: (text: string) => T, limit = 2 ** 24): Promise<T> {
    try {
      const document = { ...request, kind: "document" } as const;
      return await this.readText(document, (text) => parse(text), { maxBytes: limit, isCutOff: () => true });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const { call: { operation, uri } } = request;
      const detail = `the answer is not that of ${this.#setup.service}: its document breaks off`;
      throw new ServiceError({ operation, uri, detail });
    }
  }

  /** The same for an answer that is no document; the `SyntaxError` of a text that breaks off stays one. */
  async readText<T>(
    request: ClientRequest,
    parse: (text: string, headers: ResponseHeaders) => T,
    reading: Pick<DocumentReading<T>, "isCutOff" | "maxBytes">,
  ): Promise<T> {
    const { context: { clock }, patienceMs = defaultBounds.patienceMs } = this.#setup;
    const { call, idempotent: isRepeatable = request.method === "GET", signal } = request;
    let headers = new ResponseHeaders([], []);
    const send = async () => {
      const response = await this.send(request);
      headers = response.headers;
      return response;
    };
    try {
      return await askForDocument(send, {
        parse: (text) => parse(text, headers),
        ...{ ...reading, isRepeatable, clock, patienceMs, signal },
      });
    } catch (error) {
      throw this.translate(error, call);
    }
  }

  /** What a caller sees of a failure. Aborts and errors of other kinds stay as they are. */
  translate(error: unknown, call: FailedCall): unknown {
    const { context: { clock }, explain, identity, next } = this.#setup;
    if (error instanceof TransportError) return transportErrorToStoreError(error, call, next?.[error.kind]);
    if (!(error instanceof ServiceFault)) return error;
    const setting = { endpoint: this.#url.host, identity, nowMs: clock.now() };
    return this.#errors.storeError(error, call, setting, explain?.(error, call));
  }

  /** The way to another endpoint of the same service, over the same connections; closing this one closes both. */
  at(url: string): ServiceClient {
    return this.with({ url });
  }

  /** The way by another interface of the service, over the same connections; closing this one closes both. */
  with(own: Partial<Pick<ServiceClientSetup, "url" | "dialect" | "errors">>): ServiceClient {
    const setup = this.#setup;
    return new ServiceClient({
      ...setup,
      ...own,
      // Who asks may be known later than now.
      get identity(): string {
        return setup.identity;
      },
      transport: this.#transport,
    });
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#transport.close();
  }
}
