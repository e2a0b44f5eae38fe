import type { BearerToken } from "@lade/service/call";
import type { CredentialSurroundings } from "@lade/service/session";
import { bearerTokens, CredentialFault, type LoadedToken, type SharedTokens } from "@lade/service/tokens";
import type { AzureConfig } from "../config/azure_config.ts";
import type { AzureTokenSource } from "../config/azure_options.ts";
import type { AzureCredential } from "./azure_credential.ts";
import { STORAGE } from "./entra_surroundings.ts";

/** What {@linkcode findCredential} looks in. */
export interface CredentialSearch extends CredentialSurroundings {
  /** What others have found, and shall find. */
  readonly shared?: SharedTokens<BearerToken> | undefined;
}

/**
 * What an account's requests are authorized with: the key or signature that is configured, tokens of the function that is
 * given, nothing where that is said, and else tokens of the identity that is found in Entra ID once one is needed.
 */
export function findCredential(config: AzureConfig, around: CredentialSearch): AzureCredential {
  const { endpoint: { account }, identity } = config;
  const kind = "bearer";
  switch (identity?.kind) {
    case "sharedKey":
      return { kind: "sharedKey", account, key: identity.key, source: identity.source };
    case "sas":
      return { kind: "sas", token: identity.token, source: identity.source };
    case "anonymous":
      return { kind: "anonymous" };
    case "credential":
      return { kind, tokens: bearerTokens({ ...around, search: () => askProgram(identity.credential) }) };
    case undefined: {
      const key = JSON.stringify([config.entra, new URL(config.endpoint.url).hostname.replace(/^[^.]+/, "")]);
      return { kind, tokens: bearerTokens({ ...around, search: () => search(config, around), key }) };
    }
  }
}

async function askProgram(credential: AzureTokenSource): Promise<LoadedToken<BearerToken>> {
  const given = await credential.getToken(`${STORAGE}/.default`);
  if (!given?.token) throw new CredentialFault("the credential in the options gave no token");
  const expiration = new Date(given.expiresOnTimestamp);
  return { value: { token: given.token, expiration }, source: "the credential in the options" };
}

async function search(
  { allowHttp, endpoint, entra, passedOver }: AzureConfig,
  around: CredentialSearch,
): Promise<LoadedToken<BearerToken>> {
  const { searchEntra } = await import("./search_entra.ts");
  const { hostname } = new URL(endpoint.url);
  return await searchEntra({ ...around, allowHttp, entra, host: hostname, passedOver });
}
