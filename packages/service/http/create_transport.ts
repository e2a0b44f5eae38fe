import type { HedgeBudget } from "@lade/core/concurrency";
import type { StoreFigures } from "@lade/core/backend";
import { RetryBudget } from "@lade/core/retry";
import { systemEnvironment } from "../environment/environment.ts";
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
  const hasSockets = typeof Deno !== "undefined";
  if (kind === "tcp" && !hasSockets) {
    throw new TypeError("Cannot use the transport tcp, which has the sockets of Deno; fetch goes everywhere");
  }
  if (kind === "tcp") return new TcpTransport(others);
  const proxies = env ?? readEnvironment();
  const proxied = PROXY_VARIABLES.some((name) => proxies[name] && name.toLowerCase() !== "no_proxy");
  const plain = kind === "fetch" || !hasSockets ? "fetch" : kind;
  if (!proxied || (!hasSockets && isProxiedByNode())) {
    return plain === "fetch" ? new FetchTransport(others) : new TcpTransport(others);
  }
  const shared = { retryBudget: new RetryBudget(), figures: new TransportFigures() };
  return new RoutedTransport({ ...shared, ...others }, proxies, plain);
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
    if (proxyUrl !== undefined && typeof Deno === "undefined") {
      const { endpoint } = parseTarget(request.url);
      const detail = "the environment names a proxy for it, which Node goes through where " +
        "NODE_USE_ENV_PROXY=1 is set; set that, or go round the proxy (NO_PROXY)";
      throw toTransportError(new WireError("unsupported", detail), request, endpoint, "none");
    }
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

/** Whether Node goes through the proxies that the environment names, which it does where it is told to. */
function isProxiedByNode(): boolean {
  const { process } = globalThis as { process?: { execArgv?: readonly string[] } };
  const options = [...process?.execArgv ?? [], ...(systemEnvironment("NODE_OPTIONS") ?? "").split(/\s+/)];
  return systemEnvironment("NODE_USE_ENV_PROXY") === "1" || options.includes("--use-env-proxy");
}

function readEnvironment(): ProxyEnvironment {
  const env: Record<string, string | undefined> = {};
  for (const variable of PROXY_VARIABLES) {
    env[variable] = systemEnvironment(variable);
  }
  return env;
}
