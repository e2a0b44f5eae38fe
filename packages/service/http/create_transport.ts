import type { HedgeBudget } from "@lade/core/concurrency";
import { readVariable, type StoreFigures } from "@lade/core/backend";
import { RetryBudget } from "@lade/core/retry";
import { FetchTransport } from "./fetch_transport.ts";
import { isReachedBy } from "./address_source.ts";
import { parseTarget } from "./parse_target.ts";
import { PROXY_VARIABLES, type ProxyEnvironment, proxyForUrl } from "./proxy_for_url.ts";
import { TcpTransport } from "./tcp_transport.ts";
import type { Transport, TransportRequest, TransportResponse } from "./transport.ts";
import { TransportFigures } from "./transport_figures.ts";
import type { TransportOptions } from "./transport_options.ts";
import { toTransportError, WireError } from "./wire_error.ts";

/** Options of {@linkcode createTransport}. */
export interface CreateTransportOptions extends TransportOptions {
  /**
   * `"tcp"` or `"fetch"`; `"auto"` by default: TCP under Deno, but `fetch` for what goes through a proxy, and
   * `fetch` on other platforms.
   */
  readonly kind?: "auto" | "tcp" | "fetch";
}

/**
 * Makes the transport that fits the platform and `env`, from which only the proxy variables are read. Without `env`
 * they are read from the process's environment where that is permitted.
 */
export function createTransport(options: CreateTransportOptions = {}, env?: ProxyEnvironment): Transport {
  const { kind = "auto", ...others } = options;
  if (kind === "tcp") return new TcpTransport(others);
  if (typeof Deno === "undefined") return new FetchTransport(others);
  const proxies = env ?? readEnvironment();
  const proxied = PROXY_VARIABLES.some((name) => proxies[name] && name.toLowerCase() !== "no_proxy");
  if (!proxied) return kind === "fetch" ? new FetchTransport(others) : new TcpTransport(others);
  const shared = { retryBudget: new RetryBudget(), figures: new TransportFigures() };
  return new RoutedTransport({ ...shared, ...others }, proxies, kind);
}

/** Sends each request through the proxy that its URL calls for, or straight. */
class RoutedTransport implements Transport {
  readonly figures: StoreFigures;
  readonly hedges: HedgeBudget | undefined;
  readonly #options: TransportOptions;
  readonly #env: ProxyEnvironment;
  readonly #kind: "auto" | "fetch";
  readonly #routes = new Map<string | undefined, Transport>();

  constructor(
    options: TransportOptions & { readonly figures: TransportFigures },
    env: ProxyEnvironment,
    kind: "auto" | "fetch",
  ) {
    this.figures = options.figures;
    this.hedges = options.hedges;
    this.#options = options;
    this.#env = env;
    this.#kind = kind;
    // Wrong options are refused now rather than by the first request.
    this.#route(undefined);
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const proxyUrl = proxyForUrl(request.url, this.#env);
    return await this.#routeOf(proxyUrl, request).send(request);
  }

  openAhead(url: string, connections: number): void {
    const proxyUrl = proxyForUrl(url, this.#env);
    if (proxyUrl === undefined) this.#route(proxyUrl).openAhead?.(url, connections);
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#routes.values(), (transport) => transport.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The URL of a proxy comes from the environment: one that is none is a failure of the request. */
  #routeOf(proxyUrl: string | undefined, request: TransportRequest): Transport {
    if (
      proxyUrl !== undefined && this.#options.verifyCertificates === false && /^https:/i.test(request.url)
    ) {
      const { endpoint } = parseTarget(request.url);
      const detail = "what goes through a proxy is never without a look at certificates; " +
        "give the authority's as CA bundle, or go round the proxy (NO_PROXY)";
      throw toTransportError(new WireError("unsupported", detail), request, endpoint, "none");
    }
    const { endpointAddresses } = this.#options;
    if (
      proxyUrl !== undefined && endpointAddresses && isReachedBy(parseTarget(request.url), endpointAddresses)
    ) {
      const { endpoint } = parseTarget(request.url);
      const detail = "the endpoint is to be reached by its addresses, and a proxy goes where names lead; " +
        "give no addresses, or go round the proxy (NO_PROXY)";
      throw toTransportError(new WireError("unsupported", detail), request, endpoint, "none");
    }
    try {
      return this.#route(proxyUrl);
    } catch (cause) {
      if (proxyUrl === undefined) throw cause;
      const { endpoint } = parseTarget(request.url);
      const detail = `the proxy ${JSON.stringify(proxyUrl)} is not a URL such as http://host:3128`;
      throw toTransportError(new WireError("proxy", detail, { cause }), request, endpoint, "none");
    }
  }

  #route(proxyUrl: string | undefined): Transport {
    let transport = this.#routes.get(proxyUrl);
    if (!transport) {
      if (proxyUrl !== undefined) {
        const options = { ...this.#options, endpointAddresses: undefined, verifyCertificates: true };
        transport = new FetchTransport({ ...options, proxyUrl });
      } else {transport = this.#kind === "fetch"
          ? new FetchTransport(this.#options)
          : new TcpTransport(this.#options);}
      this.#routes.set(proxyUrl, transport);
    }
    return transport;
  }
}

function readEnvironment(): ProxyEnvironment {
  const env: Record<string, string | undefined> = {};
  for (const variable of PROXY_VARIABLES) {
    const { state } = Deno.permissions.querySync({ name: "env", variable });
    if (state === "granted") env[variable] = readVariable(variable);
  }
  return env;
}
