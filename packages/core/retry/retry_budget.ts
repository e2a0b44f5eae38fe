/**
 * Keeps retries from making an outage worse: a bucket of tokens that retries take from and successes refill. One
 * budget is shared by all requests to a service. The figures are those of the standard retry mode of the AWS SDKs.
 */
export class RetryBudget {
  /** Tokens at the start, and at most. */
  readonly capacity: number;
  #tokens: number;

  /** Starts full. */
  constructor(capacity = 500) {
    if (!(capacity >= 0)) {
      throw new RangeError(`Cannot make a retry budget of ${capacity}: a number from 0 up is needed`);
    }
    this.capacity = capacity;
    this.#tokens = capacity;
  }

  /** Tokens left. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Takes `cost` tokens for a retry; `false` where there are not enough, and none is taken. */
  tryTake(cost: number = RETRY_COST): boolean {
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }

  /** Notes a success: what its last retry cost comes back, or one token when the first try succeeded. */
  succeed(cost = 1): void {
    this.#tokens = Math.min(this.capacity, this.#tokens + cost);
  }
}

/** What a retry costs after a failure of the service or the connection. */
export const RETRY_COST = 5;

/** What a retry costs when the service is well enough to ask for fewer requests. */
export const THROTTLED_RETRY_COST = 1;
