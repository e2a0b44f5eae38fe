/**
 * The bounds on waits and repetitions that users may set.
 *
 * @module
 */
import { defaultRetryPolicy } from "./retry_policy.ts";

/** The bounds that a user may set, for all that is sent to one service. */
export interface Bounds {
  /** Tries of one request in all, the first included. When given, it also bounds the tries of a service that is away. */
  readonly maxAttempts?: number;
  /** Bound of one connection's opening, TLS included. */
  readonly connectTimeoutMs: number;
  /** Bound of the wait for the first byte of an answer once the request is sent. */
  readonly firstByteTimeoutMs: number;
  /** The same for calls that a service answers when all is done: to copy, to complete an upload, to delete many. */
  readonly slowAnswerTimeoutMs: number;
  /** Longest time without a byte moving within one body. */
  readonly stallTimeoutMs: number;
  /** How long a call or a read goes on without an answer or a byte, over all its tries. */
  readonly patienceMs: number;
  /** The longest wait before another try that a service may ask for. */
  readonly maxRetryAfterMs: number;
}

/** The bounds where nothing is set. */
export const defaultBounds: Bounds = {
  connectTimeoutMs: 3_100,
  firstByteTimeoutMs: 60_000,
  slowAnswerTimeoutMs: 900_000,
  stallTimeoutMs: 30_000,
  patienceMs: defaultRetryPolicy.totalMs,
  maxRetryAfterMs: defaultRetryPolicy.maxRetryAfterMs,
};
