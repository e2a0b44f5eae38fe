import type { CredentialSurroundings } from "@lade/service/session";
import { bearerTokens, type SharedTokens } from "@lade/service/tokens";
import type { GcsCredential, GcsToken } from "./gcs_credential.ts";
import type { IdentityConfig } from "./token_surroundings.ts";

/** What {@linkcode findCredential} looks in. */
export interface CredentialSearch extends CredentialSurroundings {
  /** What others have found, and shall find. */
  readonly shared?: SharedTokens<GcsToken> | undefined;
}

/**
 * What requests are authorized with: nothing where that is said, else tokens of whom the configuration names or the
 * application default credentials are for, which are looked for once a token is needed. No I/O.
 */
export function findCredential(config: IdentityConfig, around: CredentialSearch): GcsCredential {
  const { accessToken, anonymous, credentialsFile, impersonateServiceAccount } = config;
  if (anonymous) return { kind: "anonymous" };
  const search = async () => {
    const { searchTokens } = await import("./search_tokens.ts");
    return await searchTokens(config, { ...around, allowHttp: config.allowHttp });
  };
  const key = JSON.stringify([accessToken, credentialsFile, impersonateServiceAccount]);
  const tokens = bearerTokens<GcsToken>({ ...around, search, key });
  const findProject = async () => {
    const token = await tokens.get();
    const { findProject } = await import("./find_project.ts");
    return await findProject(around, token, tokens.current?.source);
  };
  return { kind: "bearer", tokens, findProject };
}
