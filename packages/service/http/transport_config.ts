import { type Bandwidth, systemClock } from "@lade/core/backend";
import type { HedgeBudget } from "@lade/core/concurrency";
import { completeRetryPolicy, RetryBudget, type RetryPolicy } from "@lade/core/retry";
import { EndpointHealths } from "./endpoint_health.ts";
import { type ResponseLimits, responseLimits } from "./response_limits.ts";
import { systemResolve } from "./system_resolve.ts";
import { bothObservers, TransportFigures } from "./transport_figures.ts";
import type { TransportObserver } from "./transport_observer.ts";
import type { EndpointAddresses, Interceptor, TransportOptions } from "./transport_options.ts";

/** {@linkcode TransportOptions} after defaults. */
export interface TransportConfig extends
  Required<
    Omit<
      TransportOptions,
      "bandwidth" | "endpointAddresses" | "hedges" | "interceptor" | "lanes" | "limits" | "observer" | "retry"
    >
  > {
  /** Bounds how fast bodies are sent and read. */
  readonly bandwidth: Bandwidth | undefined;
  /** Bounds the requests that are sent a second time. */
  readonly hedges: HedgeBudget | undefined;
  /** Machines to connect to in place of those that the name of an endpoint leads to. */
  readonly endpointAddresses: EndpointAddresses | undefined;
  /** Is told of everything, the figures among it. */
  readonly observer: Required<TransportObserver>;
  /** How often and how patiently requests are tried again. */
  readonly retry: RetryPolicy;
  /** Threads that bodies are moved by which are poured, at most. */
  readonly lanes: number;
  /** Bounds on heads and framing. */
  readonly limits: ResponseLimits;
  /** Stands around every try. */
  readonly interceptor: Interceptor | undefined;
}

/** Fills in what `options` leaves out. An unknown option is a `TypeError`, a number that makes no sense a `RangeError`. */
export function completeTransportOptions(options: TransportOptions = {}): TransportConfig {
  const { figures = new TransportFigures(), observer } = options;
  const config: TransportConfig = {
    bandwidth: undefined,
    clock: systemClock,
    random: Math.random,
    maxConnections: 256,
    idleTimeoutMs: 20_000,
    connectTimeoutMs: 3_100,
    unreachableAfterMs: 6_000,
    firstByteTimeoutMs: 60_000,
    stallTimeoutMs: 30_000,
    minBytesPerSecond: 32,
    expectContinueBytes: 2 * 2 ** 20,
    continueTimeoutMs: 1_000,
    retryBudget: new RetryBudget(),
    health: new EndpointHealths(),
    hedges: undefined,
    caCerts: [],
    verifyCertificates: true,
    endpointAddresses: undefined,
    onDescriptorShortage: () => {},
    resolve: systemResolve,
    interceptor: undefined,
    ...options,
    figures,
    observer: observer ? bothObservers(figures, observer) : figures,
    retry: completeRetryPolicy(options.retry),
    lanes: countLanes(options.lanes),
    limits: { ...responseLimits, ...options.limits },
  };
  if (config.hedges) figures.hedges = config.hedges;
  for (const [name, value] of Object.entries(config)) {
    if (!KNOWN.has(name)) throw new TypeError(`Cannot make a transport: there is no option "${name}"`);
    if (typeof value === "number" && name !== "lanes") check(name, value, name === "maxConnections");
  }
  for (const [name, value] of Object.entries(config.limits)) {
    if (!(name in responseLimits)) {
      throw new TypeError(`Cannot make a transport: there is no limit "${name}"`);
    }
    check(name, value, true);
  }
  return config;
}

const KNOWN: ReadonlySet<string> = new Set<keyof TransportConfig>([
  "bandwidth",
  "caCerts",
  "clock",
  "connectTimeoutMs",
  "continueTimeoutMs",
  "endpointAddresses",
  "expectContinueBytes",
  "firstByteTimeoutMs",
  "figures",
  "health",
  "hedges",
  "idleTimeoutMs",
  "interceptor",
  "lanes",
  "limits",
  "maxConnections",
  "minBytesPerSecond",
  "observer",
  "onDescriptorShortage",
  "random",
  "resolve",
  "retry",
  "retryBudget",
  "stallTimeoutMs",
  "unreachableAfterMs",
  "verifyCertificates",
]);

function check(name: string, value: number, whole: boolean): void {
  if (value > 0 && (!whole || Number.isSafeInteger(value))) return;
  throw new RangeError(
    `Cannot make a transport with ${name} ${value}: a positive ${whole ? "whole " : ""}number is needed`,
  );
}

const MOST_LANES = 16;

function countLanes(lanes: TransportOptions["lanes"] = "auto"): number {
  if (lanes === "auto") {
    const cores = navigator.hardwareConcurrency;
    return Math.min(cores - 1, MOST_LANES);
  }
  if (Number.isSafeInteger(lanes) && lanes >= 0) return lanes;
  throw new RangeError(`Cannot make a transport with lanes ${lanes}: a whole number from 0 up is needed`);
}
