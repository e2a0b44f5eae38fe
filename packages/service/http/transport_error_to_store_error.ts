import {
  type CallName,
  PermissionDeniedError,
  ServiceError,
  type StoreError,
  type StoreErrorOptions,
  UnavailableError,
  UnsupportedError,
} from "@lade/core/errors";
import { certificateFault } from "./certificate_fault.ts";
import type { TransportError, TransportErrorKind } from "./transport_error.ts";

const NEXT: { readonly [kind in TransportErrorKind]?: string } = {
  "dns": "check the spelling of the endpoint and the region, and the name server",
  "refused": "check the endpoint and its port, and that the service runs",
  "unreachable": "check the network and the endpoint",
  "permission": "run again with --allow-net for this host",
  "tls": "check that the endpoint speaks https, and not http, at this port",
  "connect-timeout": "check the endpoint, the network and its firewalls",
  "first-byte-timeout": "the service may be overloaded: try again later or with less concurrency",
  "stall": "check the network, or try again with less concurrency",
  "reset": "try again later, or check what lies between here and the service",
  "protocol": "check that the endpoint is that of the service, and what lies between",
  "proxy": "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and the user and password in the proxy's URL",
};

/**
 * Makes of a transport's failure the error that a store rejects with: what failed, what it failed of (DNS, TLS, a
 * refused connection and the timeouts distinguished) and what to try next, which is `next` where that is given.
 */
export function transportErrorToStoreError(
  error: TransportError,
  failed: CallName,
  next?: string,
): StoreError {
  const advice = next ??
    (error.kind === "certificate"
      ? certificateFault(error.detail).next(URL.parse(error.endpoint)?.hostname ?? "HOST")
      : NEXT[error.kind]);
  const { attempts, waitedMs } = error;
  const waited = waitedMs >= 1_000 ? ` in ${Math.round(waitedMs / 1_000)} s` : "";
  const tries = attempts > 1 ? ` (${attempts} tries${waited})` : "";
  const way = error.kind === "proxy" ? "on the way to" : "at";
  const options: StoreErrorOptions = {
    ...failed,
    detail: `${error.detail}, ${way} ${error.endpoint}${tries}`,
    advice,
    cause: error,
    ...(waitedMs > 0 && { waitedMs }),
  };
  switch (error.kind) {
    case "permission":
      return new PermissionDeniedError(options);
    case "unsupported":
      return new UnsupportedError(options);
    case "protocol":
    case "too-large":
      return new ServiceError(options);
    default:
      return new UnavailableError({ ...options, retryable: error.retryable });
  }
}
