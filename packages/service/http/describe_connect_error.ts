import { isDescriptorShortage } from "@lade/core/backend";
import { describeCertificate } from "./certificate_fault.ts";
import type { TransportErrorKind } from "./transport_error.ts";
import { WireError } from "./wire_error.ts";

/** Says what kept a connection from being opened; `inTls` when TCP had succeeded. */
export function describeConnectError(error: unknown, inTls: boolean): WireError {
  if (error instanceof WireError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const { kind, detail, retryable } = inTls ? describeTls(error, text) : describeTcp(error, text);
  return new WireError(kind, detail, { cause: error, ...(retryable !== undefined && { retryable }) });
}

interface Description {
  readonly kind: TransportErrorKind;
  readonly detail: string;
  readonly retryable?: boolean;
}

function describeTls(error: unknown, text: string): Description {
  if (/certificate|CertificateRequired|UnknownIssuer/i.test(text)) {
    return { kind: "certificate", detail: describeCertificate(text) };
  }
  const cut = error instanceof Deno.errors.UnexpectedEof || error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe;
  return { kind: "tls", detail: `the TLS handshake failed (${text})`, retryable: cut };
}

function describeTcp(error: unknown, text: string): Description {
  if (error instanceof Deno.errors.ConnectionRefused) {
    return { kind: "refused", detail: "the connection was refused" };
  }
  if (error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied) {
    return { kind: "permission", detail: "the process may not connect to this host" };
  }
  if (error instanceof Deno.errors.TimedOut) {
    return { kind: "connect-timeout", detail: "the connection timed out" };
  }
  if (error instanceof Deno.errors.ConnectionReset) {
    return { kind: "reset", detail: "the connection was reset" };
  }
  if (isDescriptorShortage(error)) {
    const detail = 'the system allows no more connections and open files (raise "ulimit -n")';
    return { kind: "unreachable", detail, retryable: true };
  }
  if (/lookup address|dns error/i.test(text)) {
    return { kind: "dns", detail: `the name does not resolve (${text})`, retryable: /temporary/i.test(text) };
  }
  return { kind: "unreachable", detail: text };
}
