import { describeCertificate } from "./certificate_fault.ts";
import type { TransportErrorKind } from "./transport_error.ts";
import { WireError } from "./wire_error.ts";

type Sign = readonly [pattern: RegExp, kind: TransportErrorKind, detail: string];

// What Deno's and Node's `fetch` say in the messages and codes of an error and its causes; the first match counts.
const SIGNS: readonly Sign[] = [
  [
    /requires net access|NotCapable|permission denied/i,
    "permission",
    "the process may not connect to the host",
  ],
  [/tunnel|proxy|socks/i, "proxy", "the proxy refused or failed"],
  [/dns error|lookup address|ENOTFOUND|EAI_AGAIN/i, "dns", "the name does not resolve"],
  [/connection refused|ECONNREFUSED/i, "refused", "the connection was refused"],
  [
    /certificate|UnknownIssuer|NotValidForName|CERT_|SELF_SIGNED/i,
    "certificate",
    "the certificate is not accepted",
  ],
  [/unreachable|no route|EHOSTUNREACH|ENETUNREACH/i, "unreachable", "the host cannot be reached"],
  [/handshake|received corrupt message|ERR_SSL|tls error/i, "tls", "the TLS handshake failed"],
  [/etimedout|timed out|UND_ERR_CONNECT_TIMEOUT/i, "connect-timeout", "the connection timed out"],
  [/invalid (?:http|content-length|header)|parse|HPE_/i, "protocol", "the answer is not HTTP"],
  [
    /closed before|incomplete|terminated|unexpected eof|UND_ERR_SOCKET/i,
    "closed-early",
    "the connection was closed",
  ],
];

const OTHERWISE: Sign = [/^/, "reset", "the connection broke off"];

/** Says what a failed `fetch`, or a failed read of its body, failed of. */
export function describeFetchError(error: unknown): WireError {
  if (error instanceof WireError) return error;
  const text = describeChain(error);
  const [, kind, detail] = SIGNS.find(([pattern]) => pattern.test(text)) ?? OTHERWISE;
  const retryable = kind === "dns" ? { retryable: /EAI_AGAIN|temporary/i.test(text) } : {};
  const words = kind === "certificate" ? describeCertificate(certificateWords(text)) : detail;
  return new WireError(kind, words, { cause: error, ...retryable });
}

/** Whether a failure of this kind came before anything of the request was sent. */
export function isBeforeSending(kind: TransportErrorKind): boolean {
  return BEFORE_SENDING.has(kind);
}

const BEFORE_SENDING: ReadonlySet<TransportErrorKind> = new Set([
  "certificate",
  "connect-timeout",
  "dns",
  "permission",
  "proxy",
  "refused",
  "tls",
  "unreachable",
]);

/** What is said of the certificate, without what is said around it. */
function certificateWords(text: string): string {
  return /invalid peer certificate: [^\n]{0,300}/.exec(text)?.[0].trim() ?? text.slice(0, 300);
}

function describeChain(error: unknown): string {
  const parts: string[] = [];
  for (let cause = error; cause instanceof Error && parts.length < 8; cause = cause.cause) {
    parts.push(cause.name, cause.message, "code" in cause ? String(cause.code) : "");
  }
  return parts.join(" ");
}
