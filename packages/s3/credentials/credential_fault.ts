/** A source of credentials that is there and gives none. The message says which, and why; no secret. */
export class CredentialFault extends Error {
  /** The class's name. */
  override readonly name: string = "CredentialFault";
  /** Whether another try can succeed: the source could not be reached. */
  readonly retryable: boolean;

  /** Whether there is no source at all, rather than one that gives none. */
  readonly none: boolean;

  /** Describes one failure. */
  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean; readonly none?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.retryable = options.retryable ?? false;
    this.none = options.none ?? false;
  }
}
