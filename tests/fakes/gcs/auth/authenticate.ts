import type { RequestHead } from "@lade/testing/http";
import { GcsError } from "../gcs_error.ts";
import { checkSignedUrl, type Signer } from "./signed_url.ts";
import type { Principal, Tokens } from "./tokens.ts";

/** The sender of a request. */
export type Identity =
  | { readonly kind: "anonymous" }
  | { readonly kind: "bearer" | "signed"; readonly principal: Principal };

/** Says who sent a request; a token that the service does not know, or no longer, is refused. */
export function authenticate(
  head: Pick<RequestHead, "method" | "rawPath" | "rawQuery" | "headers">,
  { tokens, signers, now }: {
    readonly tokens: Tokens;
    readonly signers: ReadonlyMap<string, Signer>;
    readonly now: number;
  },
): Identity {
  const given = head.headers.get("authorization");
  if (given === undefined) {
    if (!/(?:^|&)X-Goog-Signature=/.test(head.rawQuery)) return { kind: "anonymous" };
    return { kind: "signed", principal: checkSignedUrl(head, signers, now) };
  }
  const [, token] = /^Bearer (\S+)$/.exec(given) ?? [];
  const principal = token === undefined ? undefined : tokens.find(token, now);
  if (!principal) {
    throw new GcsError("AuthenticationRequired", undefined, {
      details: { locationType: "header", location: "Authorization" },
    });
  }
  return { kind: "bearer", principal };
}
