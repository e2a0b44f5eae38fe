import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { PermissionDeniedError, ServiceError, UnavailableError, UnsupportedError } from "@lade/core/errors";
import { TransportError, type TransportErrorKind } from "./transport_error.ts";
import { transportErrorToStoreError } from "./transport_error_to_store_error.ts";

const endpoint = "https://s3.test:443";
const failed = { operation: "get", uri: "s3://b/k" };

Deno.test("transportErrorToStoreError() says what failed, where, and what to try next", () => {
  const cause = new TransportError({ kind: "refused", detail: "the connection was refused", endpoint });
  cause.attempts = 5;
  const error = transportErrorToStoreError(cause, failed);
  assertEquals(
    error.message,
    'Cannot get "s3://b/k": the connection was refused, at https://s3.test:443 (5 tries); ' +
      "check the endpoint and its port, and that the service runs",
  );
  assertEquals([error.cause, error.operation, error.uri], [cause, "get", "s3://b/k"]);
});

Deno.test("transportErrorToStoreError() gives each kind its class, and its own advice", () => {
  const kinds: [TransportErrorKind, new (...args: never[]) => Error, boolean][] = [
    ["dns", UnavailableError, false],
    ["refused", UnavailableError, true],
    ["unreachable", UnavailableError, true],
    ["permission", PermissionDeniedError, false],
    ["tls", UnavailableError, true],
    ["certificate", UnavailableError, false],
    ["connect-timeout", UnavailableError, true],
    ["first-byte-timeout", UnavailableError, true],
    ["stall", UnavailableError, true],
    ["reset", UnavailableError, true],
    ["closed-early", UnavailableError, true],
    ["protocol", ServiceError, false],
    ["too-large", ServiceError, false],
    ["proxy", UnavailableError, false],
    ["unsupported", UnsupportedError, false],
    ["closed", UnavailableError, false],
  ];
  const advice = new Set<string>();
  for (const [kind, kindOfError, retryable] of kinds) {
    const error = transportErrorToStoreError(
      new TransportError({ kind, detail: "it failed", endpoint }),
      failed,
    );
    assertInstanceOf(error, kindOfError);
    assertEquals([kind, error.retryable], [kind, retryable]);
    assertMatch(
      error.message,
      /^Cannot get "s3:\/\/b\/k": it failed, (?:at|on the way to) https:\/\/s3\.test:443/,
    );
    const { advice: next } = error;
    if (next === undefined) continue;
    assert(!advice.has(next), next);
    assert(error.message.endsWith(`; ${next}`), error.message);
    advice.add(next);
  }
  assertEquals(advice.size, 12);
});
