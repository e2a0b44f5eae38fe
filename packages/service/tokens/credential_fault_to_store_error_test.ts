import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { PermissionDeniedError, UnauthenticatedError, UnavailableError } from "@lade/core/errors";
import { TransportError, type TransportErrorKind } from "../http/mod.ts";
import { CredentialFault } from "./credential_fault.ts";
import { credentialFaultToStoreError } from "./credential_fault_to_store_error.ts";

const ABOUT = { operation: "open", uri: "toy://a" };

Deno.test("credentialFaultToStoreError() says which source gives none, and what to do", () => {
  const fault = new CredentialFault("the login of u has expired", { advice: "log in" });
  const error = credentialFaultToStoreError(fault, ABOUT);
  assertInstanceOf(error, UnauthenticatedError);
  assertEquals(
    error.message,
    'Cannot open "toy://a": no credentials: the login of u has expired; log in',
  );
  assertStrictEquals(error.cause, fault);
  const busy = new CredentialFault("the service is busy", { retryable: true });
  assertInstanceOf(credentialFaultToStoreError(busy, ABOUT), UnavailableError);
});

Deno.test("credentialFaultToStoreError() tells that there is no source, by what was looked at", () => {
  const cause = new CredentialFault("no variable, no file");
  const error = credentialFaultToStoreError(
    new CredentialFault("no credentials", { none: true, cause }),
    ABOUT,
  );
  assertInstanceOf(error, UnauthenticatedError);
  assertEquals(error.message, 'Cannot open "toy://a": no credentials');
  assertStrictEquals(error.cause, cause);
});

Deno.test("credentialFaultToStoreError() tells of a service out of reach what to try about that", () => {
  const unreached = (kind: TransportErrorKind) => {
    const cause = new TransportError({ kind, detail: "it failed", endpoint: "https://login.test:443" });
    return credentialFaultToStoreError(new CredentialFault("the login cannot be asked", { cause }), ABOUT);
  };
  const refused = unreached("refused");
  assertInstanceOf(refused, UnavailableError);
  assertEquals([refused.retryable, refused.advice], [
    true,
    "check the endpoint and its port, and that the service runs",
  ]);
  assertEquals(unreached("dns").retryable, false);
  assertInstanceOf(unreached("permission"), PermissionDeniedError);
});
