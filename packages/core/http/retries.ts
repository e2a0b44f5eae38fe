import { RETRY_COST, THROTTLED_RETRY_COST } from "../retry/retry_budget.ts";
import { backoffDelayMs } from "../retry/retry_policy.ts";
import type { TransportConfig } from "./transport_config.ts";
import type { TransportError } from "./transport_error.ts";

/** Why a try did not do. */
export interface FailedTry {
  /** The error, or the status of an answer that calls for another try. */
  readonly cause: TransportError | number;
  /** How long the service asks to wait. */
  readonly askedMs: number;
}

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

  constructor(config: TransportConfig, idempotent: boolean) {
    this.#config = config;
    this.#idempotent = idempotent;
    this.startMs = config.clock.monotonicMs();
  }

  /** How long to wait before the next try after `failed`; nothing when there is to be none. */
  nextDelayMs(failed: FailedTry, replayable: boolean): number | undefined {
    const { clock, random, retry, retryBudget, unreachableAfterMs } = this.#config;
    const { askedMs, cause } = failed;
    const throttled = cause === 429 || cause === 503;
    this.throttled ||= throttled;
    if (!replayable || this.attempts >= retry.maxAttempts || !this.#mayRepeat(cause)) return undefined;
    const delayMs = Math.max(backoffDelayMs(retry, this.attempts, random), askedMs);
    const elapsedMs = clock.monotonicMs() - this.startMs;
    if (elapsedMs + delayMs > retry.totalMs) return undefined;
    const unreached = typeof cause !== "number" && cause.sent === "none";
    const leftMs = unreached ? unreachableAfterMs - elapsedMs : Infinity;
    if (leftMs <= 0) return undefined;
    const cost = throttled ? THROTTLED_RETRY_COST : RETRY_COST;
    if (!retryBudget.tryTake(cost)) return undefined;
    this.#spent = cost;
    return Math.min(delayMs, leftMs);
  }

  /** Notes that the last try did. */
  succeed(): void {
    this.#config.retryBudget.succeed(this.#spent || 1);
  }

  /**
   * A request that the service answered may be sent again. One that may have been acted on unanswered only if it is
   * idempotent; a gateway that says it got no answer is no answer of the service's.
   */
  #mayRepeat(cause: TransportError | number): boolean {
    if (typeof cause === "number") return this.#idempotent || (cause !== 502 && cause !== 504);
    return cause.retryable && (this.#idempotent || cause.sent === "none");
  }
}
