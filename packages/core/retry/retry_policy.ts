/** How often and how patiently something is tried again. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly maxAttempts: number;
  /**
   * Tries in all while a service is away: one that answered before and then refuses connections, breaks them off or
   * answers 429, 502, 503 or 504. `maxAttempts` where only that is given.
   */
  readonly awayAttempts: number;
  /** Upper bound of the wait before the second try; it doubles with every further one. */
  readonly baseDelayMs: number;
  /** Upper bound of every wait, before what a service asks for is considered. */
  readonly maxDelayMs: number;
  /** The longest wait that a service may ask for. A failure that asks for more is final. */
  readonly maxRetryAfterMs: number;
  /** No try begins later than this after the first one began. */
  readonly totalMs: number;
}

/** Eight tries, six seconds of waiting on average; with a service that is away as many as 75 seconds have room for. */
export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 8,
  awayAttempts: 64,
  baseDelayMs: 100,
  maxDelayMs: 5_000,
  maxRetryAfterMs: 60_000,
  totalMs: 75_000,
};

/**
 * How long to wait after try number `attempt` (from 1) has failed: exponential backoff with full jitter, that is,
 * anything from nothing to the bound (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function backoffDelayMs(policy: RetryPolicy, attempt: number, random: () => number): number {
  return random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
}

/** Fills in what `changes` leaves out. A number that makes no sense is a `RangeError`, an unknown name a `TypeError`. */
export function completeRetryPolicy(changes: Partial<RetryPolicy> = {}): RetryPolicy {
  const { maxAttempts, awayAttempts = maxAttempts } = changes;
  const policy = {
    ...defaultRetryPolicy,
    ...changes,
    ...(awayAttempts !== undefined && { awayAttempts }),
  };
  for (const [name, value] of Object.entries(policy)) {
    if (!(name in defaultRetryPolicy)) throw new TypeError(`Cannot retry: there is no setting "${name}"`);
    const counts = name.endsWith("Attempts");
    const least = counts ? 1 : 0;
    if (value >= least && (!counts || Number.isSafeInteger(value))) continue;
    throw new RangeError(`Cannot retry with ${name} ${value}: a number from ${least} up is needed`);
  }
  return policy;
}
