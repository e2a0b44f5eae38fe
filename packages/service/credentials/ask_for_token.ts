import { printable, redactSecrets } from "@lade/core/text";
import type { BearerToken } from "../call/mod.ts";
import { CredentialFault } from "../tokens/mod.ts";
import { askService, jsonFields, type ServiceQuestion, type WebOptions } from "./ask_service.ts";

const SHOWN_CHARACTERS = 200;

/**
 * Asks a service for a bearer token (RFC 6749, section 5). An answer without one is a `CredentialFault` with the service's
 * own words, retryable where the service is busy.
 */
export async function askForToken(
  web: WebOptions,
  question: ServiceQuestion,
  nowMs: () => number,
): Promise<BearerToken> {
  const { status, text } = await askService(web, question);
  const token = status === 200 ? readToken(text, nowMs()) : undefined;
  if (token) return token;
  const { error_description: described, message, error } = jsonFields(text);
  const [said] = [described, message, error].filter((each) => typeof each === "string");
  throw new CredentialFault(
    `${question.service} gives no token: ${status}, ${briefly(said ?? "its answer holds none")}`,
    {
      retryable: status >= 500 || status === 429,
    },
  );
}

/**
 * The token of a JSON text, whose end is told by `expires_on` or `expiresOn` (seconds since 1970, or a date) or by
 * `expires_in` (seconds from now); `undefined` where it holds none.
 */
export function readToken(text: string, nowMs: number): BearerToken | undefined {
  const fields = jsonFields(text);
  const token = fields["access_token"] ?? fields["accessToken"];
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  const [on, within] = [fields["expires_on"] ?? fields["expiresOn"], Number(fields["expires_in"])];
  const ends = on === undefined
    ? nowMs + within * 1000
    : /^\d+$/.test(String(on))
    ? Number(on) * 1000
    : Date.parse(String(on));
  return Number.isNaN(ends) ? { token } : { token, expiration: new Date(ends) };
}

/** What somebody else says, fit for a message: its first line, without secrets and without what names the request. */
export function briefly(text: string): string {
  const [line = ""] = printable(redactSecrets(text.trim().split(/\r?\n/)[0] ?? "")).split(
    / (?:Trace ID|Correlation ID):/,
  );
  const words = line.trim().replace(/\.$/, "");
  return words.length > SHOWN_CHARACTERS ? `${words.slice(0, SHOWN_CHARACTERS)}…` : words;
}
