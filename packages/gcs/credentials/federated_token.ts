import { askForToken } from "@lade/service/credentials";
import { actedAsOf, basicOf, type CredentialFile, fieldOf, urlOf } from "./credential_file.ts";
import type { GcsToken } from "./gcs_credential.ts";
import { impersonate } from "./impersonate.ts";
import { subjectToken } from "./subject_token.ts";
import { CLOUD_SCOPE, type TokenSurroundings } from "./token_surroundings.ts";

/**
 * The token for an identity of another provider (workload and workforce identity federation, RFC 8693): what that provider
 * says of it is exchanged for a token, by which that of a service account is asked for where the file names one.
 */
export async function federatedToken(
  file: CredentialFile,
  _scope: string,
  around: TokenSurroundings,
): Promise<GcsToken> {
  const { fields } = file;
  const pays = fields["client_id"] === undefined ? fields["workforce_pool_user_project"] : undefined;
  const exchange = async () => {
    const { token, expiration } = await askForToken(around.web, {
      service: `Google's token exchange (for ${file.named})`,
      method: "POST",
      url: urlOf(file, "token_url", "https://sts.googleapis.com/v1/token", around),
      headers: basicOf(file),
      form: {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
        audience: fieldOf(file, "audience"),
        scope: CLOUD_SCOPE,
        subject_token_type: fieldOf(file, "subject_token_type"),
        subject_token: await subjectToken(file, around),
        ...(pays !== undefined && { options: JSON.stringify({ userProject: pays }) }),
      },
    }, () => around.clock.now());
    return { token, ...(expiration && { expiration }) };
  };
  if (fields["service_account_impersonation_url"] === undefined) return await exchange();
  const { token_lifetime_seconds: lifetimeS } = { ...fields["service_account_impersonation"] as object } as {
    readonly token_lifetime_seconds?: number;
  };
  return await impersonate(exchange, { ...actedAsOf(file, around), ...(lifetimeS && { lifetimeS }) }, around);
}
