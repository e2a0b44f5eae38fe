/**
 * A source of credentials that is there and gives none. The message says which, and why, and after a semicolon what to
 * do about it; no secret.
 */
export class CredentialFault extends Error {
  /** The class's name. */
  override readonly name: string = "CredentialFault";
  /** Which source gives none, and why. */
  readonly detail: string;
  /** What to do about it, when there is something. */
  readonly advice: string | undefined;
  /** Whether another try can succeed: the source could not be reached. */
  readonly retryable: boolean;
  /** Whether there is no source at all, rather than one that gives none. */
  readonly none: boolean;

  /** Describes one failure. */
  constructor(
    detail: string,
    options: {
      readonly advice?: string;
      readonly cause?: unknown;
      readonly retryable?: boolean;
      readonly none?: boolean;
    } = {},
  ) {
    super(
      options.advice === undefined ? detail : `${detail}; ${options.advice}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.detail = detail;
    this.advice = options.advice;
    this.retryable = options.retryable ?? false;
    this.none = options.none ?? false;
  }
}
