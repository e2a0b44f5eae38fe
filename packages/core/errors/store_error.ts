import { printable, quote } from "../text/printable.ts";
import { redactSecrets } from "../text/redact_secrets.ts";

/** What kind of failure a {@linkcode StoreError} is, stable across releases. */
export type StoreErrorCode =
  | "not-found"
  | "already-exists"
  | "precondition-failed"
  | "range-not-satisfiable"
  | "permission-denied"
  | "unauthenticated"
  | "invalid-name"
  | "not-empty"
  | "quota-exceeded"
  | "unsupported"
  | "checksum-mismatch"
  | "invalid-format"
  | "fenced"
  | "incomplete"
  | "uncertain"
  | "throttled"
  | "unavailable"
  | "service";

/** What errors say of a call. */
export interface CallName {
  /** What is done, as a verb phrase that reads before the URI: `get`, `list`, `write to`. */
  readonly operation: string;
  /** The object, prefix or container it is done to. */
  readonly uri: string;
}

/** What an error says about the call that failed. */
export interface StoreErrorOptions extends CallName {
  /** What is wrong: `no such object`. */
  readonly detail: string;
  /** What to try next, when there is something: `check its name`. */
  readonly advice?: string | undefined;
  /** The error below. */
  readonly cause?: unknown;
  /** Overrides whether the same call can succeed when it is made again. */
  readonly retryable?: boolean;
  /** How long the service asks to wait before the next try, in milliseconds. */
  readonly retryAfterMs?: number;
  /** How long the service was waited for in vain, over all tries, in milliseconds. */
  readonly waitedMs?: number;
}

/**
 * A failure of a store. The message reads `Cannot get "s3://b/k": no such object`; programs act on the class or on
 * `code`, not on the message. `***` stands for passwords and signatures, in the URI too, and the message writes what
 * could deceive a terminal as escapes. Where there is advice, it follows the detail after a semicolon.
 */
export abstract class StoreError extends Error {
  /** The kind of failure. */
  abstract readonly code: StoreErrorCode;
  /** What was being done. */
  readonly operation: string;
  /** What it was done to. */
  readonly uri: string;
  /** What is wrong, without the operation and the URI. */
  readonly detail: string;
  /** What to try next, when there is something. */
  readonly advice?: string;
  /** Whether the same call may succeed when it is made again, with nothing changed by the caller. */
  readonly retryable: boolean;
  /** How long the service asks to wait before the next try, in milliseconds. */
  readonly retryAfterMs?: number;
  /** How long the service was waited for in vain, over all tries, in milliseconds. */
  readonly waitedMs?: number;

  /** Builds the message from its parts; `retryable` is the default of the subclass. */
  constructor(options: StoreErrorOptions, retryable: boolean) {
    const uri = redactSecrets(options.uri);
    const detail = redactSecrets(options.detail);
    const advice = options.advice === undefined ? undefined : redactSecrets(options.advice);
    const told = advice === undefined ? detail : `${detail}; ${advice}`;
    super(
      `Cannot ${options.operation} ${quote(uri)}: ${printable(told)}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.operation = options.operation;
    this.uri = uri;
    this.detail = detail;
    if (advice !== undefined) this.advice = advice;
    this.retryable = options.retryable ?? retryable;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.waitedMs !== undefined) this.waitedMs = options.waitedMs;
  }

  /** The same failure in other words: an error of the same class, in which all that `changes` does not name stays. */
  restated(changes: Partial<StoreErrorOptions>): StoreError {
    const { operation, uri, detail, advice, cause, retryable, retryAfterMs, waitedMs } = this;
    const Same = this.constructor as new (options: StoreErrorOptions) => StoreError;
    return new Same({
      operation,
      uri,
      detail,
      advice,
      cause,
      retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(waitedMs !== undefined && { waitedMs }),
      ...changes,
    });
  }
}
