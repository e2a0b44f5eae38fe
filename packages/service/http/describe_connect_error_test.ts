import { assertEquals, assertStrictEquals } from "@std/assert";
import { describeConnectError } from "./describe_connect_error.ts";
import { WireError } from "./wire_error.ts";

const {
  BrokenPipe,
  ConnectionRefused,
  ConnectionReset,
  NotCapable,
  PermissionDenied,
  TimedOut,
  UnexpectedEof,
} = Deno.errors;

for (
  const [error, kind, retryable] of [
    [new ConnectionRefused("Connection refused (os error 111)"), "refused", undefined],
    [new NotCapable('Requires net access to "a:1"'), "permission", undefined],
    [new PermissionDenied("Permission denied (os error 13)"), "permission", undefined],
    [new TimedOut("Connection timed out (os error 110)"), "connect-timeout", undefined],
    [new ConnectionReset("Connection reset by peer (os error 104)"), "reset", undefined],
    [new Error("failed to lookup address information: Name or service not known"), "dns", false],
    [new Error("failed to lookup address information: Temporary failure in name resolution"), "dns", true],
    [new Error("Network is unreachable (os error 101)"), "unreachable", undefined],
    ["no route", "unreachable", undefined],
  ] as const
) {
  Deno.test(`a connection that fails by "${error}" is ${kind}`, () => {
    const described = describeConnectError(error, false);
    assertEquals([described.kind, described.retryable], [kind, retryable]);
    assertStrictEquals(described.cause, error);
  });
}

for (
  const [error, kind, retryable] of [
    [new Error("invalid peer certificate: UnknownIssuer"), "certificate", undefined],
    [new Error("received corrupt message of type InvalidContentType"), "tls", false],
    [new UnexpectedEof("tls handshake eof"), "tls", true],
    [new ConnectionReset("Connection reset by peer (os error 104)"), "tls", true],
    [new BrokenPipe("Broken pipe (os error 32)"), "tls", true],
  ] as const
) {
  Deno.test(`a handshake that fails by "${error}" is ${kind}, ${retryable ? "for a while" : "for good"}`, () => {
    const described = describeConnectError(error, true);
    assertEquals([described.kind, described.retryable], [kind, retryable]);
  });
}

Deno.test("a connection that fails by what is described already keeps that", () => {
  const error = new WireError("proxy", "the proxy refused");
  assertStrictEquals(describeConnectError(error, true), error);
});
