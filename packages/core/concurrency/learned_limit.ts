/** What was learned of the requests that an endpoint bears. */
export interface LearnedLimit {
  /** Requests in flight that last paid. */
  readonly limit: number;
  /** Bytes a second that so many brought, each request counted as 64 KiB more; absent where more might have paid. */
  readonly rate?: number;
}

/** Where an `AdaptiveLimit` keeps what it learns, for others that come after it. */
export interface LimitMemory {
  /** What was learned before; never rejects. Asked for when more requests are wanted than are in flight at first. */
  recall(): Promise<LearnedLimit | undefined>;
  /** Keeps what large requests have shown. */
  learn(learned: LearnedLimit): void;
}
