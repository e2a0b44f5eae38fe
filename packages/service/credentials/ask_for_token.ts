import { printable, redactSecrets } from "@lade/core/text";
import type { BearerToken } from "../call/mod.ts";
import { CredentialFault } from "../tokens/mod.ts";
import {
  askService,
  jsonFields,
  type ServiceAnswer,
  type ServiceQuestion,
  type WebOptions,
} from "./ask_service.ts";

const SHOWN_CHARACTERS = 200;

/** A token, and what else its giver says. */
export interface GivenToken extends BearerToken {
  /** Who has signed in, as a signed statement (JSON Web Token; OpenID Connect); a secret. */
  readonly idToken?: string;
}

/** An answer that gives nothing. */
export interface Refusal {
  /** Status of the answer. */
  readonly status: number;
  /** The name of the failure, such as `invalid_grant`; empty where the answer has none. */
  readonly code: string;
  /** What the service says. */
  readonly message: string;
  /** The service's clock, in milliseconds since 1970. */
  readonly serverTimeMs: number | undefined;
}

/**
 * Asks a service for a bearer token (RFC 6749, section 5). An answer without one is a `CredentialFault` with the service's
 * own words, and what `advise` makes of them; retryable where the service is busy.
 */
export async function askForToken(
  web: WebOptions,
  question: ServiceQuestion,
  nowMs: () => number,
  advise?: (refusal: Refusal) => string | undefined,
): Promise<GivenToken> {
  const answer = await askService(web, question);
  const token = answer.status === 200 ? readToken(answer.text, nowMs()) : undefined;
  if (token) return token;
  throw refused(`${question.service} gives no token`, answer, advise);
}

/** The fault of an answer that does not give what was asked for, in the service's own words. */
export function refused(
  what: string,
  { header, secrets = [], status, text }: ServiceAnswer,
  advise: (refusal: Refusal) => string | undefined = () => undefined,
): CredentialFault {
  const { error_description: described, message, error } = jsonFields(text);
  const inner = typeof error === "object" && error !== null ? { ...error } as Record<string, unknown> : {};
  const first = (...all: unknown[]) => all.find((each) => typeof each === "string");
  const told = String(first(described, message, inner["message"], error) ?? "its answer holds none");
  const said = secrets.reduce((words, secret) => words.replaceAll(secret, "***"), told);
  const serverTimeMs = Date.parse(header("date") ?? "") || undefined;
  const advice = advise({
    status,
    code: String(first(error, inner["status"]) ?? ""),
    message: said,
    serverTimeMs,
  });
  return new CredentialFault(`${what}: ${status}, ${briefly(said)}`, {
    retryable: status >= 500 || status === 429,
    ...(advice !== undefined && { advice }),
  });
}

/**
 * The token of a JSON text, whose end is told by `expires_on`, `expiresOn` or `expireTime` (seconds since 1970, or a date) or
 * by `expires_in` (seconds from now); `undefined` where it holds none.
 */
export function readToken(text: string, nowMs: number): GivenToken | undefined {
  const fields = jsonFields(text);
  const token = fields["access_token"] ?? fields["accessToken"];
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  const on = fields["expires_on"] ?? fields["expiresOn"] ?? fields["expireTime"];
  const within = Number(fields["expires_in"] ?? NaN);
  const ends = on === undefined
    ? nowMs + within * 1000
    : /^\d+$/.test(String(on))
    ? Number(on) * 1000
    : Date.parse(String(on));
  const { id_token: idToken } = fields;
  // No date is one that lies beyond those that there are.
  const expiration = new Date(ends);
  return {
    token,
    ...(!Number.isNaN(expiration.getTime()) && { expiration }),
    ...(typeof idToken === "string" && { idToken }),
  };
}

/** What somebody else says, fit for a message: its first line, without secrets and without what names the request. */
export function briefly(text: string): string {
  const [line = ""] = printable(redactSecrets(text.trim().split(/\r?\n/)[0] ?? "")).split(
    / (?:Trace ID|Correlation ID):/,
  );
  const words = line.trim().replace(/\.$/, "");
  return words.length > SHOWN_CHARACTERS ? `${words.slice(0, SHOWN_CHARACTERS)}…` : words;
}
