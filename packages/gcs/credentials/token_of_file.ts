import { quote } from "@lade/core/text";
import { askForToken } from "@lade/service/credentials";
import { claimsOf, CredentialFault } from "@lade/service/tokens";
import { actedAsOf, basicOf, type CredentialFile, fieldOf, urlOf } from "./credential_file.ts";
import type { GcsToken } from "./gcs_credential.ts";
import { impersonate } from "./impersonate.ts";
import { tokenByKey } from "./token_by_key.ts";
import { CLOUD_SCOPE, type TokenSurroundings } from "./token_surroundings.ts";

type Load = (file: CredentialFile, scope: string, around: TokenSurroundings) => Promise<GcsToken>;

const KINDS: Readonly<Record<string, Load>> = {
  service_account: tokenByKey,
  authorized_user: tokenByLogin,
  external_account_authorized_user: tokenByLogin,
  impersonated_service_account: tokenByImpersonation,
  external_account: async (...asked) => (await import("./federated_token.ts")).federatedToken(...asked),
};
const LOGIN = "run gcloud auth application-default login";
/** The token of a file of credentials, for a scope where the file leaves that open. */
export async function tokenOfFile(
  file: CredentialFile,
  scope: string,
  around: TokenSurroundings,
): Promise<GcsToken> {
  const {
    fields: { project_id, quota_project_id, type, universe_domain: universe = "googleapis.com" },
    named,
  } = file;
  const load = typeof type === "string" && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (!load) {
    const found = type === undefined
      ? "holds no credentials of Google's"
      : `is of the type ${quote(String(type))}`;
    throw new CredentialFault(`${named} ${found}`, { advice: `known are ${Object.keys(KINDS).join(", ")}` });
  }
  if (universe !== "googleapis.com") {
    throw new CredentialFault(
      `${named} is for the universe ${quote(String(universe))}, which is not supported`,
    );
  }
  return {
    ...(typeof project_id === "string" && { project: project_id }),
    ...(typeof quota_project_id === "string" && { quotaProject: quota_project_id }),
    ...await load(file, scope, around),
  };
}

/** By the refresh token that a login left, of a user of Google's or of a workforce pool. */
async function tokenByLogin(
  file: CredentialFile,
  _scope: string,
  around: TokenSurroundings,
): Promise<GcsToken> {
  const { fields: { account, client_id: id, client_secret: secret }, named } = file;
  const form = { grant_type: "refresh_token", refresh_token: fieldOf(file, "refresh_token") };
  const isPool = file.fields["type"] !== "authorized_user";
  const client = { client_id: String(id ?? ""), client_secret: String(secret ?? "") };
  const { idToken = "", ...token } = await askForToken(
    around.web,
    {
      service: `Google (for ${named})`,
      method: "POST",
      url: isPool
        ? urlOf(file, "token_url", "https://sts.googleapis.com/v1/oauthtoken", around)
        : urlOf(file, "token_uri", "https://oauth2.googleapis.com/token", around),
      ...(isPool ? { headers: basicOf(file), form } : { form: { ...form, ...client } }),
    },
    () => around.clock.now(),
    ({ code }) => /^invalid_(?:grant|client)$|rapt/.test(code) ? LOGIN : undefined,
  );
  const email = claimsOf(idToken)["email"] ?? account;
  return { ...token, ...(typeof email === "string" && email !== "" && { email }) };
}

async function tokenByImpersonation(
  file: CredentialFile,
  _scope: string,
  around: TokenSurroundings,
): Promise<GcsToken> {
  const { fields: { source_credentials: source, delegates }, named } = file;
  const inner = { fields: { ...source as object }, named: `${named}, in its source_credentials,` };
  const given = Array.isArray(delegates)
    ? { delegates: delegates.map((each) => String(each).replace(/^.*\//, "")) }
    : {};
  return await impersonate(
    () => tokenOfFile(inner, CLOUD_SCOPE, around),
    { ...actedAsOf(file, around), ...given },
    around,
  );
}
