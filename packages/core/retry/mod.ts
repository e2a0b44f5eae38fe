/**
 * Trying again: policy, backoff with full jitter, a budget, and what a service asks for.
 *
 * @module
 */
export { retry, type RetryOptions } from "./retry.ts";
export { backoffDelayMs, completeRetryPolicy, defaultRetryPolicy, type RetryPolicy } from "./retry_policy.ts";
export { RETRY_COST, RetryBudget, THROTTLED_RETRY_COST } from "./retry_budget.ts";
export { parseRetryAfter, type RetryAfterHeaders } from "./parse_retry_after.ts";
