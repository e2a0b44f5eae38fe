/** What a {@linkcode ServiceFault} is made of. */
export interface ServiceFaultOptions {
  /** The HTTP status. */
  status: number;
  /** The service's code; left to the service where absent. */
  code?: string | undefined;
  /** The message; left to the service where absent. */
  message?: string | undefined;
  /** Further members of the error's document. */
  details?: Readonly<Record<string, string>>;
  /** Header fields of the answer. */
  headers?: Readonly<Record<string, string>>;
  /** The URL to which the client is sent. */
  redirectTo?: string | undefined;
}

/** A refusal: a fake service throws it, and answers it in its own words (`FakeServer.refuse`). */
export class ServiceFault extends Error {
  /** The class, for messages. */
  override readonly name: string = "ServiceFault";
  /** The HTTP status. */
  readonly status: number;
  /** The service's code; undefined where an injected fault names none. */
  readonly code: string | undefined;
  /** Further members of the error's document. */
  readonly details: Readonly<Record<string, string>>;
  /** Header fields of the answer. */
  readonly headers: Record<string, string>;
  /** The URL to which the client is sent. */
  readonly redirectTo: string | undefined;

  /** Keeps what it is given. */
  constructor(options: ServiceFaultOptions) {
    super(options.message);
    this.status = options.status;
    this.code = options.code;
    this.details = options.details ?? {};
    this.headers = { ...options.headers };
    this.redirectTo = options.redirectTo;
  }
}
