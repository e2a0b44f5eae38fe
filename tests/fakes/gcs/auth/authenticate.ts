import type { RequestHead } from "@lade/testing/http";
import { GcsError } from "../gcs_error.ts";
import type { Principal, Tokens } from "./tokens.ts";

/** The sender of a request. */
export type Identity =
  | { readonly kind: "anonymous" }
  | { readonly kind: "bearer" | "signed"; readonly principal: Principal };

/** Says who sent a request; a token that the service does not know, or no longer, is refused. */
export function authenticate(
  { headers }: Pick<RequestHead, "headers">,
  tokens: Tokens,
  now: number,
): Identity {
  const given = headers.get("authorization");
  if (given === undefined) return { kind: "anonymous" };
  const [, token] = /^Bearer (\S+)$/.exec(given) ?? [];
  const principal = token === undefined ? undefined : tokens.find(token, now);
  if (!principal) {
    throw new GcsError("AuthenticationRequired", undefined, {
      details: { locationType: "header", location: "Authorization" },
    });
  }
  return { kind: "bearer", principal };
}
