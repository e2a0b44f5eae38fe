import type { Sourced } from "@lade/core/settings";
import type { CredentialSurroundings } from "@lade/service/session";
import { CredentialFault, searchedTokens, type SharedTokens, TokenCache } from "@lade/service/tokens";
import type { GcsCredential, GcsToken } from "./gcs_credential.ts";

/** What is configured of who asks. */
export interface IdentityConfig {
  /** Whether nothing is signed; also where an emulator is asked and nobody is named. */
  readonly anonymous: boolean;
  /** An access token; a secret. */
  readonly accessToken?: Sourced<string>;
  /** A file of credentials in JSON. */
  readonly credentialsFile?: Sourced<string>;
  /** Address of the service account in whose name requests are made. */
  readonly impersonateServiceAccount?: Sourced<string>;
  /** Whether plain HTTP to other machines is allowed. */
  readonly allowHttp: boolean;
}

/** What {@linkcode findCredential} looks in. */
export interface CredentialSearch extends CredentialSurroundings {
  /** What others have found, and shall find. */
  readonly shared?: SharedTokens<GcsToken> | undefined;
}

/** What requests are authorized with, by what is configured; no I/O. */
export function findCredential(config: IdentityConfig, around: CredentialSearch): GcsCredential {
  const { accessToken, anonymous } = config;
  if (anonymous) return { kind: "anonymous" };
  const search = () =>
    accessToken
      ? Promise.resolve({ value: { token: accessToken.value }, source: accessToken.source })
      : Promise.reject(new CredentialFault("there are no credentials", { none: true }));
  const isSame = (one: GcsToken, other: GcsToken) => one.token === other.token;
  return {
    kind: "bearer",
    tokens: new TokenCache(searchedTokens<GcsToken>({ ...around, search }), around.clock, isSame),
  };
}
