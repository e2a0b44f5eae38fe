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
  [/bad port/i, "unsupported", "fetch of this platform goes to no such port"],
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
  return new WireError(kind, words, { cause: withoutPaths(error), ...retryable });
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

/** The words of an error and its causes, without the URL, whose names are the user's. */
function describeChain(error: unknown): string {
  const parts: string[] = [];
  for (let cause = error; cause instanceof Error && parts.length < MOST_WORDS; cause = cause.cause) {
    parts.push(cause.name, cause.message.replaceAll(URLS, ""), "code" in cause ? String(cause.code) : "");
  }
  return parts.join(" ");
}

const MOST_WORDS = 24;
const URLS = /(https?:\/\/[^\s/?#]*)\S*?(?=\)?:?(?:\s|$))/gi;

/** A copy of an error and its causes, of whose URLs nothing but the origin is left: queries hold signatures. */
function withoutPaths(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth >= 8) return undefined;
  const cause = withoutPaths(error.cause, depth + 1);
  const copy = new Error(error.message.replaceAll(URLS, "$1"), cause === undefined ? {} : { cause });
  return Object.assign(copy, { name: error.name }, "code" in error && { code: error.code });
}
