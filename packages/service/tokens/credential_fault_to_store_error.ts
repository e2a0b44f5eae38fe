import {
  PermissionDeniedError,
  type StoreError,
  UnauthenticatedError,
  UnavailableError,
} from "@lade/core/errors";
import { TransportError } from "../http/transport_error.ts";
import { transportErrorToStoreError } from "../http/transport_error_to_store_error.ts";
import type { CredentialFault } from "./credential_fault.ts";

/** The error of a store that has no credentials. A service that could not be reached is reported like any other. */
export function credentialFaultToStoreError(
  fault: CredentialFault,
  about: { readonly operation: string; readonly uri: string },
): StoreError {
  const { advice, detail } = fault;
  if (fault.none) return new UnauthenticatedError({ ...about, detail, advice, cause: fault.cause });
  const options = { ...about, detail: `no credentials: ${detail}`, advice, cause: fault };
  if (!(fault.cause instanceof TransportError)) {
    return fault.retryable ? new UnavailableError(options) : new UnauthenticatedError(options);
  }
  const told = transportErrorToStoreError(fault.cause, about);
  return told instanceof PermissionDeniedError
    ? new PermissionDeniedError({ ...options, advice: told.advice })
    : new UnavailableError({ ...options, advice: told.advice, retryable: told.retryable });
}
