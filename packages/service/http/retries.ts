import { backoffDelayMs, RETRY_COST, THROTTLED_RETRY_COST } from "@lade/core/retry";
import type { EndpointHealth } from "./endpoint_health.ts";
import type { TransportConfig } from "./transport_config.ts";
import type { TransportError } from "./transport_error.ts";

/** Why a try did not do. */
export interface FailedTry {
  /** The error, or the status of an answer that calls for another try. */
  readonly cause: TransportError | number;
  /** Scheme, host and port of the try. */
  readonly endpoint: string;
  /** How long the service asks to wait. */
  readonly askedMs: number;
}

// A try that begins when nearly all time is over still has this long to be answered in.
const LEAST_FIRST_BYTE_MS = 15_000;
// What a service that is not there, or has too much to do, is known by.
const AWAY_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Decides on the further tries of one request. */
export class Retries {
  /** Tries that were begun. */
  attempts = 0;
  /** Whether any of them was answered 429 or 503. */
  throttled = false;
  readonly startMs: number;
  readonly #config: TransportConfig;
  readonly #idempotent: boolean;
  #spent = 0;
  #firstFailureMs: number | undefined;

  constructor(config: TransportConfig, idempotent: boolean) {
    this.#config = config;
    this.#idempotent = idempotent;
    this.startMs = config.clock.monotonicMs();
  }

  /** How long the tries have taken so far. */
  get elapsedMs(): number {
    return this.#config.clock.monotonicMs() - this.startMs;
  }

  /** How long the next try may wait for its answer, where `boundMs` is what one alone may. */
  firstByteMs(boundMs: number): number {
    const { totalMs } = this.#config.retry;
    if (this.#firstFailureMs === undefined || boundMs > totalMs) return boundMs;
    const leftMs = totalMs - this.elapsedMs;
    return Math.min(boundMs, Math.max(LEAST_FIRST_BYTE_MS, leftMs));
  }

  /** How long to wait before the next try after `failed`; nothing when there is to be none. */
  nextDelayMs(failed: FailedTry, replayable: boolean): number | undefined {
    const { health: healths, random, retry, retryBudget } = this.#config;
    const { askedMs, cause, endpoint } = failed;
    const throttled = cause === 429 || cause === 503;
    this.throttled ||= throttled;
    const { elapsedMs } = this;
    this.#firstFailureMs ??= this.startMs + elapsedMs;
    const health = healths.of(endpoint);
    const away = this.#isAway(cause, health);
    if (!replayable || !this.#mayRepeat(cause, health)) return undefined;
    const leftMs = this.#bound(cause, health) - elapsedMs;
    const most = away ? retry.awayAttempts : retry.maxAttempts;
    // Another stall like the last one would be over too late.
    const stalledMs = typeof cause !== "number" && cause.kind === "stall" ? cause.waitedMs : 0;
    if (this.attempts >= most || leftMs <= stalledMs) {
      if (away) healths.lost(endpoint);
      return undefined;
    }
    if (askedMs > Math.min(retry.maxRetryAfterMs, leftMs)) return undefined;
    const cost = throttled ? THROTTLED_RETRY_COST : RETRY_COST;
    let delayMs = backoffDelayMs(retry, this.attempts, random);
    if (retryBudget.tryTake(cost)) this.#spent = cost;
    // Without a token, a service that is away is asked as rarely as can be, and any other no more.
    else if (away) delayMs = retry.maxDelayMs * (1 + random()) / 2;
    else return undefined;
    return Math.min(Math.max(delayMs, askedMs), leftMs);
  }

  /** Notes that the last try did. */
  succeed(): void {
    this.#config.retryBudget.succeed(this.#spent || 1);
  }

  /** No try begins later than this after the first. What never reached an endpoint that is not known has less time. */
  #bound(cause: TransportError | number, { state }: EndpointHealth): number {
    const { retry: { totalMs }, unreachableAfterMs } = this.#config;
    const unreached = typeof cause !== "number" && cause.sent === "none";
    return state === "lost" || (unreached && state === "new")
      ? Math.min(totalMs, unreachableAfterMs)
      : totalMs;
  }

  /**
   * Whether the failure says that the service, which was there before, is not there now. As long as others are answered
   * it is, unless it asks for fewer requests.
   */
  #isAway(cause: TransportError | number, health: EndpointHealth): boolean {
    if (health.state !== "known") return false;
    if (cause === 429 || cause === 503) return true;
    const away = typeof cause === "number" ? AWAY_STATUS.has(cause) : cause.retryable || cause.kind === "dns";
    return away && health.answeredMs <= (this.#firstFailureMs ?? Infinity);
  }

  /**
   * A request that the service answered may be sent again. One that may have been acted on unanswered only if it is
   * idempotent; a gateway that says it got no answer is no answer of the service's. A name that has resolved before
   * does so again.
   */
  #mayRepeat(cause: TransportError | number, { state }: EndpointHealth): boolean {
    if (typeof cause === "number") return this.#idempotent || (cause !== 502 && cause !== 504);
    if (cause.kind === "dns" && state === "known") return true;
    return cause.retryable && (this.#idempotent || cause.sent === "none");
  }
}
