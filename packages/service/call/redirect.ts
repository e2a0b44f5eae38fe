/** Where an answer sends a request on to. */
export interface Redirect {
  /** Whether by TLS. */
  readonly secure: boolean;
  /** The `Host` header. */
  readonly host: string;
  /** Path, encoded. */
  readonly path: string;
  /** Query, encoded and in canonical order; empty for none. */
  readonly query: string;
  /** The URL carries a signature of its own, so that none is to be added. */
  readonly presigned: boolean;
}
