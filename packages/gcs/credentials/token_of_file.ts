import { quote } from "@lade/core/text";
import { askForToken, CredentialFile } from "@lade/service/credentials";
import { claimsOf, CredentialFault } from "@lade/service/tokens";
import type { GcsToken } from "./gcs_credential.ts";
import { actedAsOf, impersonate } from "./impersonate.ts";
import { tokenByKey } from "./token_by_key.ts";
import { CLOUD_SCOPE, type TokenSurroundings } from "./token_surroundings.ts";

type Load = (file: CredentialFile, around: TokenSurroundings, scope: string) => Promise<GcsToken>;

/** By the refresh token that a login left, of a user of Google's or of a workforce pool. */
const tokenByLogin: Load = async (file, around) => {
  const isPool = file.text("type") !== "authorized_user";
  const form = { grant_type: "refresh_token", refresh_token: file.need("refresh_token") };
  const client = { client_id: file.text("client_id") ?? "", client_secret: file.text("client_secret") ?? "" };
  const { idToken = "", ...token } = await askForToken(
    around.web,
    {
      service: `Google (for ${file.named})`,
      method: "POST",
      url: isPool
        ? file.url("token_url", "https://sts.googleapis.com/v1/oauthtoken", around.allowHttp)
        : file.url("token_uri", "https://oauth2.googleapis.com/token", around.allowHttp),
      ...(isPool ? { headers: file.basic, form } : { form: { ...form, ...client } }),
    },
    () => around.clock.now(),
    ({ code }) =>
      /^invalid_(?:grant|client)$/.test(code) ? "run gcloud auth application-default login" : undefined,
  );
  const { email } = claimsOf(idToken);
  return { ...token, email: typeof email === "string" ? email : file.text("account") };
};

const tokenByImpersonation: Load = async (file, around) => {
  const { fields: { source_credentials: source, delegates }, named } = file;
  const inner = new CredentialFile(source, `${named}, in its source_credentials,`);
  const by = Array.isArray(delegates) &&
    { delegates: delegates.map((each) => String(each).replace(/^.*\//, "")) };
  return await impersonate(() => tokenOfFile(inner, around, CLOUD_SCOPE), {
    ...actedAsOf(file, around),
    ...by,
  }, around);
};

const KINDS: Readonly<Record<string, Load>> = {
  service_account: tokenByKey,
  authorized_user: tokenByLogin,
  external_account_authorized_user: tokenByLogin,
  impersonated_service_account: tokenByImpersonation,
  external_account: async (file, around) =>
    (await import("./federated_token.ts")).federatedToken(file, around),
};

function isUnencodable(error: unknown): boolean {
  return error instanceof DOMException && error.name === "InvalidCharacterError";
}

/** The token of a file of credentials, for a scope where the file leaves that open. */
export const tokenOfFile: Load = async (file, around, scope): Promise<GcsToken> => {
  const { fields: { type, universe_domain: universe = "googleapis.com" }, named } = file;
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
  const [project, quotaProject] = [file.text("project_id"), file.text("quota_project_id")];
  if (quotaProject !== undefined && !/^[\w.:-]+$/.test(quotaProject)) {
    throw new CredentialFault(`${named} has a quota_project_id that is no id or number of a project`);
  }
  const token = await load(file, around, scope).catch((error) => {
    // What cannot be sent or decoded is told by the runtime, in words that may hold it.
    if (!(error instanceof TypeError || error instanceof URIError || isUnencodable(error))) throw error;
    const detail = `${named} has an address, a header or a name of a client that cannot be used`;
    throw new CredentialFault(detail, { advice: "check it, or have it written anew by the tool it is from" });
  });
  return { ...token, project: project ?? token.project, quotaProject: quotaProject ?? token.quotaProject };
};
