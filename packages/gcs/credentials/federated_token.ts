import { askForToken, type CredentialFile } from "@lade/service/credentials";
import type { GcsToken } from "./gcs_credential.ts";
import { actedAsOf, impersonate } from "./impersonate.ts";
import { subjectToken } from "./subject_token.ts";
import { CLOUD_SCOPE, type TokenSurroundings } from "./token_surroundings.ts";

/**
 * The token for an identity of another provider (workload and workforce identity federation, RFC 8693): what that provider
 * says of it is exchanged for a token, by which that of a service account is asked for where the file names one.
 */
export async function federatedToken(file: CredentialFile, around: TokenSurroundings): Promise<GcsToken> {
  const pays = file.text("client_id") === undefined ? file.text("workforce_pool_user_project") : undefined;
  const exchange = async () =>
    await askForToken(around.web, {
      service: `Google's token exchange (for ${file.named})`,
      method: "POST",
      url: file.url("token_url", "https://sts.googleapis.com/v1/token", around.allowHttp),
      headers: file.basic,
      form: {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
        audience: file.need("audience"),
        scope: CLOUD_SCOPE,
        subject_token_type: file.need("subject_token_type"),
        subject_token: await subjectToken(file, around),
        ...(pays !== undefined && { options: JSON.stringify({ userProject: pays }) }),
      },
    }, () => around.clock.now());
  if (file.text("service_account_impersonation_url") === undefined) return await exchange();
  const lifetimeS = Number(
    file.part("service_account_impersonation").fields["token_lifetime_seconds"] ?? 3600,
  );
  return await impersonate(exchange, { ...actedAsOf(file, around), lifetimeS }, around);
}
