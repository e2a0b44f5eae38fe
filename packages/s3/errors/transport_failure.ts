import {
  PermissionDeniedError,
  ServiceError,
  type StoreError,
  type StoreErrorOptions,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import type { TransportError, TransportErrorKind } from "@lade/core/http";

/** What the library makes of one way in which a request gets no answer. */
export interface TransportRow {
  /** What the caller catches. */
  readonly error: new (options: StoreErrorOptions) => StoreError;
  /** What to try next. */
  readonly next?: string;
}

/** Every way in which a request gets no answer, in the order of the documentation. */
export const TRANSPORT_TABLE: Readonly<Record<TransportErrorKind, TransportRow>> = {
  dns: { error: UnavailableError, next: "check the endpoint, the region and the name service" },
  refused: { error: UnavailableError, next: "check that the service runs and that the port is right" },
  unreachable: { error: UnavailableError, next: "check the network" },
  permission: { error: PermissionDeniedError, next: "allow the host by --allow-net" },
  tls: { error: UnavailableError, next: "check that the endpoint speaks https" },
  certificate: { error: UnavailableError, next: "check the host name, or name the issuer by caBundle" },
  "connect-timeout": { error: UnavailableError, next: "check the endpoint and the firewall" },
  "first-byte-timeout": { error: UnavailableError, next: "try again later" },
  stall: { error: UnavailableError, next: "try again, with a lower concurrency on a slow line" },
  reset: { error: UnavailableError, next: "try again" },
  "closed-early": { error: UnavailableError, next: "try again" },
  protocol: { error: ServiceError, next: "check that the endpoint is an S3 service" },
  "too-large": { error: ServiceError },
  proxy: { error: UnavailableError, next: "check HTTPS_PROXY and NO_PROXY" },
  unsupported: { error: UnsupportedError },
  closed: { error: UnavailableError, next: "open the store again" },
};

/** Turns a request that got no answer into the error that a caller catches. */
export function fromTransportError(
  error: TransportError,
  call: { readonly operation: string; readonly uri: string },
): StoreError {
  const row = TRANSPORT_TABLE[error.kind];
  const next = row.next === undefined ? "" : `; ${row.next}`;
  return new row.error({
    operation: call.operation,
    uri: call.uri,
    detail: `${error.detail} (${error.endpoint})${next}`,
    cause: error,
    retryable: error.retryable,
  });
}
