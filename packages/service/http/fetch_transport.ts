import { type HedgeBudget, LinkedList } from "@lade/core/concurrency";
import { startTicker, type StoreFigures } from "@lade/core/backend";
import { nameOfProxy } from "./describe_proxy_fault.ts";
import { type Fetch, FetchAttempt, type FetchShared } from "./fetch_attempt.ts";
import { parseTarget } from "./parse_target.ts";
import { type Hedger, hedgerOf } from "./hedger.ts";
import { type Attempt, sendWithRetry } from "./send_with_retry.ts";
import { Semaphore } from "./semaphore.ts";
import type { Transport, TransportRequest, TransportResponse } from "./transport.ts";
import { completeTransportOptions, type TransportConfig } from "./transport_config.ts";
import type { TransportOptions } from "./transport_options.ts";
import { toTransportError, WireError } from "./wire_error.ts";

/** Options of {@linkcode FetchTransport}. */
export interface FetchTransportOptions extends TransportOptions {
  /** URL of a proxy that every request goes through, with `user:password@` where it wants them. Deno only. */
  readonly proxyUrl?: string;
  /** Does the requests; the platform's `fetch` by default. Then `proxyUrl` and `caCerts` have no effect. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

const TICK_MS = 250;

/**
 * The transport over the platform's `fetch`: for proxies, and for runtimes other than Deno.
 *
 * It costs several times the CPU of {@linkcode TcpTransport}, holds a copied or streamed body in memory as a whole,
 * and distinguishes a connection's failures less well. `resolve`, `connectTimeoutMs`, `idleTimeoutMs`, `continueTimeoutMs`
 * and `limits` are the platform's own affair. What `fetch` would silently change is an error of kind
 * `"unsupported"`: paths with `.` or `..` segments, another `host`, bodies that the platform decodes.
 */
export class FetchTransport implements Transport {
  readonly #config: TransportConfig;
  readonly #shared: FetchShared;
  readonly #client: Deno.HttpClient | undefined;
  readonly #hedger: Hedger | undefined;
  readonly #semaphores = new Map<string, Semaphore>();
  readonly #active = new LinkedList<FetchAttempt>();
  #stopTicker: (() => void) | undefined;
  #closed = false;

  /** Opens no connection yet. */
  constructor(options: FetchTransportOptions = {}) {
    const { fetch, proxyUrl, ...others } = options;
    const config = this.#config = completeTransportOptions(others);
    if (!config.verifyCertificates && !fetch) {
      throw new TypeError(
        "Cannot leave certificates unverified by fetch: they are always verified there; " +
          (typeof Deno === "undefined"
            ? "name the authority's in NODE_EXTRA_CA_CERTS"
            : "give the authority's as CA bundle"),
      );
    }
    if (config.endpointAddresses && !fetch) {
      throw new TypeError(
        "Cannot reach an endpoint by addresses that are given: fetch goes where names lead",
      );
    }
    const deno = typeof Deno !== "undefined";
    if (!deno && !fetch && proxyUrl !== undefined) {
      throw new TypeError(
        "Cannot set a proxy for fetch: Node takes it from the environment (NODE_USE_ENV_PROXY)",
      );
    }
    if (!deno && !fetch && config.caCerts.length > 0) {
      throw new TypeError(
        "Cannot give fetch certificates to trust: Node takes their file from NODE_EXTRA_CA_CERTS",
      );
    }
    this.#client = deno && !fetch ? createClient(config, proxyUrl) : undefined;
    this.#hedger = hedgerOf(config);
    this.#shared = {
      config,
      fetch: fetch ?? platformFetch(this.#client),
      ...(proxyUrl !== undefined && { proxy: nameOfProxy(proxyUrl) }),
      decodes: !deno,
      active: this.#active,
    };
  }

  /** What it has done so far. */
  get figures(): StoreFigures {
    return this.#config.figures;
  }

  /** Bounds what is asked for a second time. */
  get hedges(): HedgeBudget | undefined {
    return this.#config.hedges;
  }

  /** Sends a request; see {@linkcode Transport.send}. */
  send(request: TransportRequest): Promise<TransportResponse> {
    return sendWithRetry(request, this.#config, this.#attempt, this.#hedger);
  }

  /** Ends every request and closes every connection. */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    this.#hedger?.close();
    this.#stopTicker?.();
    this.#stopTicker = undefined;
    for (const attempt of this.#active) attempt.end();
    this.#client?.close();
    return Promise.resolve();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #attempt = async (attempt: Attempt): Promise<TransportResponse> => {
    const target = parseTarget(attempt.url);
    if (this.#closed) {
      const error = new WireError("closed", "the transport was closed");
      throw toTransportError(error, attempt.request, target.endpoint, "none");
    }
    let semaphore = this.#semaphores.get(target.endpoint);
    if (!semaphore) {
      this.#semaphores.set(target.endpoint, semaphore = new Semaphore(this.#config.maxConnections));
    }
    this.#stopTicker ??= startTicker(this.#config.clock, TICK_MS, this.#tick);
    return await new FetchAttempt(attempt, target, semaphore, this.#shared).run();
  };

  readonly #tick = (): void => {
    const now = this.#config.clock.monotonicMs();
    for (const attempt of this.#active) attempt.checkDeadline(now);
    if (this.#active.size > 0) return;
    this.#stopTicker?.();
    this.#stopTicker = undefined;
  };
}

function createClient(config: TransportConfig, proxyUrl: string | undefined): Deno.HttpClient {
  return Deno.createHttpClient({
    // One connection with many HTTP/2 streams is slower than many connections.
    http2: false,
    poolMaxIdlePerHost: config.maxConnections,
    poolIdleTimeout: config.idleTimeoutMs,
    ...(config.caCerts.length > 0 && { caCerts: [...config.caCerts] }),
    ...(proxyUrl !== undefined && { proxy: describeProxy(proxyUrl) }),
  });
}

function describeProxy(proxyUrl: string): Deno.Proxy {
  const url = new URL(proxyUrl);
  const { password, username } = url;
  if (username === "") return { url: proxyUrl };
  url.username = url.password = "";
  return {
    url: url.href,
    basicAuth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
  };
}

function platformFetch(client: Deno.HttpClient | undefined): Fetch {
  return client ? (url, init) => fetch(url, { ...init, client }) : (url, init) => fetch(url, init);
}
