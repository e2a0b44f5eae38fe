/** How often and how patiently something is tried again. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly maxAttempts: number;
  /** Upper bound of the wait before the second try; it doubles with every further one. */
  readonly baseDelayMs: number;
  /** Upper bound of every wait, before what a service asks for is considered. */
  readonly maxDelayMs: number;
  /** No try begins later than this after the first one began. */
  readonly totalMs: number;
}

/** Eight tries: six seconds of waiting on average, twice that at most. */
export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 8,
  baseDelayMs: 100,
  maxDelayMs: 10_000,
  totalMs: 60_000,
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
  const policy = { ...defaultRetryPolicy, ...changes };
  for (const [name, value] of Object.entries(policy)) {
    if (!(name in defaultRetryPolicy)) throw new TypeError(`Cannot retry: there is no setting "${name}"`);
    const least = name === "maxAttempts" ? 1 : 0;
    if (value >= least && (name !== "maxAttempts" || Number.isSafeInteger(value))) continue;
    throw new RangeError(`Cannot retry with ${name} ${value}: a number from ${least} up is needed`);
  }
  return policy;
}
