import { printable, quote, redactSecrets } from "@lade/core/text";

/** How a request or an answer failed on its way. */
export type TransportErrorKind =
  /** The host name does not resolve. */
  | "dns"
  /** Nothing listens at the port. */
  | "refused"
  /** The network has no way to the host. */
  | "unreachable"
  /** The process lacks the permission to connect. */
  | "permission"
  /** The TLS handshake failed. */
  | "tls"
  /** The certificate does not fit the host, has expired, or is of an unknown issuer. */
  | "certificate"
  /** No connection within the bound. */
  | "connect-timeout"
  /** No answer within the bound. */
  | "first-byte-timeout"
  /** No byte moved for as long as the bound. */
  | "stall"
  /** The other side broke the connection off. */
  | "reset"
  /** The other side closed the connection before the answer was complete. */
  | "closed-early"
  /** The answer is not HTTP/1.1 as RFC 9112 wants it, or breaks a limit. */
  | "protocol"
  /** The body has more bytes than the caller allows. */
  | "too-large"
  /** The proxy refused or failed. */
  | "proxy"
  /** This transport cannot send such a request. */
  | "unsupported"
  /** The transport was closed. */
  | "closed";

/** How much of a request was handed to the network: with `"none"`, the service cannot have seen it. */
export type SentState = "none" | "partial" | "all";

/** What a {@linkcode TransportError} holds. */
export interface TransportErrorOptions {
  /** How it failed. */
  readonly kind: TransportErrorKind;
  /** What is wrong, in words. */
  readonly detail: string;
  /** Scheme, host and port. */
  readonly endpoint: string;
  /** The method. */
  readonly method?: string;
  /** What the request was about. */
  readonly label?: string | undefined;
  /** How much of the request was handed to the network. */
  readonly sent?: SentState;
  /** Address and port of the other side, where a connection was there. */
  readonly remoteAddress?: string | undefined;
  /** Whether another try can succeed; by the kind when absent. */
  readonly retryable?: boolean;
  /** How long was waited in vain, in milliseconds. */
  readonly waitedMs?: number;
  /** The error below. */
  readonly cause?: unknown;
}

const FINAL: ReadonlySet<TransportErrorKind> = new Set([
  "dns",
  "permission",
  "certificate",
  "protocol",
  "too-large",
  "proxy",
  "unsupported",
  "closed",
]);

/**
 * A request that got no answer, or an answer that broke off. The message names the endpoint and never a query, where
 * signatures are; `***` stands for a password.
 */
export class TransportError extends Error {
  /** The class's name. */
  override readonly name: string = "TransportError";
  /** How it failed. */
  readonly kind: TransportErrorKind;
  /** What is wrong, without the rest of the message. */
  readonly detail: string;
  /** Scheme, host and port. */
  readonly endpoint: string;
  /** How much of the request was handed to the network. */
  readonly sent: SentState;
  /** Address and port of the other side, where a connection was there. */
  readonly remoteAddress: string | undefined;
  /** Whether another try can succeed, for a request that may be sent twice. */
  readonly retryable: boolean;
  /** Tries that were made when the request was given up. */
  attempts = 1;
  /** Whether any of those tries was answered 429 or 503. */
  throttled = false;
  /** How long was waited in vain, in milliseconds: over all tries of a request, or for the next byte of a body. */
  waitedMs: number;

  /** Describes one failure. */
  constructor(options: TransportErrorOptions) {
    const { cause, kind, label, method = "a request", sent = "none" } = options;
    const [detail, endpoint] = [redactSecrets(options.detail), redactSecrets(options.endpoint)];
    const subject = label === undefined ? "" : ` for ${quote(redactSecrets(label))}`;
    super(
      `Cannot send ${method}${subject} to "${endpoint}": ${printable(detail)}`,
      cause === undefined ? {} : { cause },
    );
    this.kind = kind;
    this.detail = detail;
    this.endpoint = endpoint;
    this.sent = sent;
    this.remoteAddress = options.remoteAddress;
    this.waitedMs = options.waitedMs ?? 0;
    this.retryable = options.retryable ?? !FINAL.has(kind);
  }
}
