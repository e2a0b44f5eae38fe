import type { TransportRequest } from "@lade/service/http";
import type { FailedCall } from "../errors/to_store_error.ts";

/** A request to S3, still unsigned. */
export interface S3Request {
  /** The method. */
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** The key; absent for a request about the bucket. */
  readonly key?: string;
  /** The query in its plain form; absent values are left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Headers by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body. */
  readonly body?: Uint8Array | readonly Uint8Array[];
  /** SHA-256 of the body in hexadecimal, to be signed; without it the signature does not cover the body. */
  readonly payloadHash?: string;
  /** Whether the service may see it twice; by default so for all but POST. */
  readonly idempotent?: boolean;
  /** Looks at answers that call for another try beyond their status. */
  readonly retryable?: TransportRequest["retryable"];
  /** Bound of the wait for the answer, where it is not that of the transport. */
  readonly firstByteTimeoutMs?: number;
  /** See `TransportRequest.pours`. */
  readonly pours?: number | undefined;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
  /** What is being done, for errors. */
  readonly call: FailedCall;
}
