import type { ServiceFault } from "../errors/mod.ts";
import type { HeaderList } from "../http/mod.ts";

/** A request that is yet to be authorized. */
export interface UnauthorizedRequest {
  /** The method. */
  readonly method: string;
  /** Host, with its port where it is not that of the scheme. */
  readonly host: string;
  /** Path, encoded. */
  readonly path: string;
  /** Query, encoded; empty for none. */
  readonly query: string;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body; absent for none. */
  readonly body?: Uint8Array | readonly Uint8Array[] | undefined;
  /** SHA-256 of the body in hexadecimal, where a signature is to cover it. */
  readonly payloadHash?: string | undefined;
}

/** Authorizes the requests of one call. It is made for the call, and remembers what it has put right in it. */
export interface Authorizer<F extends ServiceFault = ServiceFault> {
  /** The headers of a request with those that authorize it. Called for each try, so that a signature is never old. */
  authorize(request: UnauthorizedRequest): HeaderList | Promise<HeaderList>;
  /**
   * The query of a request, encoded, with the token that authorizes it, for services that take one there; as it is where
   * the token is in it. Such a token is a secret: it goes to the service's own host alone.
   */
  readonly authorizeQuery?: (query: string) => string;
  /**
   * Corrects what a fault names as wrong (a region, a clock, an expired token), each thing once, and returns whether to
   * send the request again.
   */
  correct(fault: F): Promise<boolean>;
}

/** Adds nothing to a request: what its headers have is all. */
export const NO_AUTHORIZER: Authorizer = {
  authorize: ({ headers }) => Object.entries(headers),
  correct: () => Promise.resolve(false),
};
