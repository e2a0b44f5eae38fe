import { redactSecrets } from "@lade/core/text";
import type { TransportErrorKind } from "./transport_error.ts";
import { WireError } from "./wire_error.ts";

/** What keeps from the proxy itself, since all others speak of what lies behind it. */
const ON_THE_WAY: ReadonlySet<TransportErrorKind> = new Set([
  "dns",
  "refused",
  "unreachable",
  "connect-timeout",
]);

/** How messages name a proxy: without user and password. */
export function nameOfProxy(proxyUrl: string): string {
  const [, scheme = "", rest = ""] = /^([^:]*:\/\/)(.*)$/s.exec(redactSecrets(proxyUrl)) ?? [];
  return scheme + rest.replace(/^[^@]*@/, "").replace(/\/$/, "");
}

/** Says of a request through a proxy what failed of the proxy; of what failed behind it, that it went through one. */
export function describeProxyFault(error: WireError, proxy: string): WireError {
  const { cause, message, kind, retryable } = error;
  if (ON_THE_WAY.has(kind)) {
    const again = retryable ?? kind !== "dns";
    return new WireError("proxy", `the proxy ${proxy} cannot be used: ${message}`, {
      cause: error,
      retryable: again,
    });
  }
  if (kind === "permission") return error;
  if (kind !== "proxy") {
    return new WireError(kind, `${message}, through the proxy ${proxy}`, {
      cause,
      ...(retryable !== undefined && { retryable }),
    });
  }
  const text = textOf(cause);
  if (/authentication required/i.test(text)) return proxyWantsLogin(proxy, cause);
  return new WireError("proxy", `the proxy ${proxy} made no connection to the endpoint`, { cause });
}

/** The proxy's own answer 407, which nobody else gives. */
export function proxyWantsLogin(proxy: string, cause?: unknown): WireError {
  const detail = `the proxy ${proxy} wants a user and a password, or other ones (status 407)`;
  return new WireError("proxy", detail, cause === undefined ? {} : { cause });
}

function textOf(error: unknown): string {
  let text = "";
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    text += ` ${cause.message}`;
  }
  return text;
}
