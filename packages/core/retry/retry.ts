import { type Clock, systemClock } from "../time/clock.ts";
import { backoffDelayMs, completeRetryPolicy, type RetryPolicy } from "./retry_policy.ts";

/** Options of {@linkcode retry}. */
export interface RetryOptions {
  /** How often and how patiently; what is left out has its default. */
  readonly policy?: Partial<RetryPolicy>;
  /** Time; the system's by default. */
  readonly clock?: Clock;
  /** Random numbers in [0, 1); `Math.random` by default. */
  readonly random?: () => number;
  /** Ends a wait, and allows no further try. */
  readonly signal?: AbortSignal;
  /** Whether a further try can help; by default, when the error's `retryable` is `true`. */
  readonly isRetryable?: (error: unknown) => boolean;
}

/**
 * Runs `operation` until it succeeds, a failure is final, or the policy is exhausted; then rejects with the last
 * failure. The number of the try is passed, from 1. A failure's `retryAfterMs` makes the wait at least so long; one
 * above the policy's `maxRetryAfterMs` is final.
 */
export async function retry<T>(
  operation: (attempt: number) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { clock = systemClock, random = Math.random, signal, isRetryable = saysRetryable } = options;
  const policy = completeRetryPolicy(options.policy);
  const startMs = clock.monotonicMs();
  for (let attempt = 1;; attempt++) {
    signal?.throwIfAborted();
    try {
      return await operation(attempt);
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt >= policy.maxAttempts || !isRetryable(error)) throw error;
      const askedMs = asksToWaitMs(error);
      if (askedMs > policy.maxRetryAfterMs) throw error;
      const delayMs = Math.max(backoffDelayMs(policy, attempt, random), askedMs);
      if (clock.monotonicMs() - startMs + delayMs > policy.totalMs) throw error;
      await clock.sleep(delayMs, signal);
    }
  }
}

function saysRetryable(error: unknown): boolean {
  return error instanceof Error && "retryable" in error && error.retryable === true;
}

function asksToWaitMs(error: unknown): number {
  if (!(error instanceof Error) || !("retryAfterMs" in error)) return 0;
  return typeof error.retryAfterMs === "number" ? error.retryAfterMs : 0;
}
