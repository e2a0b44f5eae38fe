import { printable, quote } from "@lade/core/text";
import type { S3Credentials } from "../config/s3_credentials.ts";
import { encodeQuery } from "@lade/service/http";
import { askService, checkServiceUrl, jsonFields } from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import type { CredentialReader } from "./credential_reader.ts";
import { serviceHost } from "./service_host.ts";
import { type SsoToken, SsoTokenFile } from "./sso_token_file.ts";

/** Renewed so long before a token ends. */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * The keys of a role by single sign-on: the token that `aws sso login` left is shown, and renewed where it may be
 * ("Configuring IAM Identity Center authentication" of the AWS CLI).
 */
export async function ssoCredentials(reader: CredentialReader): Promise<S3Credentials> {
  const { profile, context } = reader;
  const session = await reader.find("sso.session");
  const section = session && reader.files.section("sso-session", session.value);
  if (session && !section) {
    throw new CredentialFault(
      `there is no section [sso-session ${session.value}], which ${session.source} names as its sso_session`,
    );
  }
  const need = async (name: string, key: string) => {
    const found = await reader.find(name, {}, section);
    if (found) return found.value;
    const where = session && /^sso_(start_url|region)$/.test(key)
      ? `[sso-session ${session.value}]`
      : words(reader);
    throw new CredentialFault(`${key} is missing in ${where}, which needs it for single sign-on`);
  };
  const startUrl = await need("sso.startUrl", "sso_start_url");
  const region = await need("sso.region", "sso_region");
  const accountId = await need("sso.accountId", "sso_account_id");
  const roleName = await need("sso.roleName", "sso_role_name");
  const advice = `run \`aws sso login --profile ${
    /^[\w.@-]+$/.test(profile.name) ? profile.name : quote(profile.name)
  }\``;
  const file = new SsoTokenFile(session?.value ?? startUrl, context, reader.files.home);
  let token = await file.read();
  if (!token) throw new CredentialFault(`nobody has signed on for ${words(reader)}`, { advice });
  if (token.expiresMs - context.clock.now() < RENEW_BEFORE_MS && session) {
    token = await renew(reader, region, token, file) ?? token;
  }
  if (token.expiresMs <= context.clock.now()) {
    throw new CredentialFault(`the single sign-on of ${words(reader)} has expired`, { advice });
  }
  const query = encodeQuery({ account_id: accountId, role_name: roleName });
  const { status, text, header } = await askService(context.web, {
    service: "single sign-on",
    method: "GET",
    url: `${await endpoint(reader, "sso", "portal.sso", region)}/federation/credentials?${query}`,
    headers: { "x-amz-sso_bearer_token": token.accessToken },
  });
  if (status === 401) {
    throw new CredentialFault(`the single sign-on of ${words(reader)} has expired`, { advice });
  }
  const keys = jsonFields(text)["roleCredentials"];
  if (status !== 200 || typeof keys !== "object" || keys === null) {
    const said = jsonFields(text)["message"] ?? header("x-amzn-errortype") ?? "no reason is given";
    throw new CredentialFault(
      `single sign-on gives no keys of role ${quote(roleName)} in account ${quote(accountId)}: ${status}, ${
        printable(String(said))
      }`,
      { retryable: status >= 500 || status === 429 },
    );
  }
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = keys as Record<string, unknown>;
  if (!accessKeyId || !secretAccessKey || !sessionToken) {
    throw new CredentialFault("what single sign-on answers holds no keys");
  }
  return {
    accessKeyId: String(accessKeyId),
    secretAccessKey: String(secretAccessKey),
    sessionToken: String(sessionToken),
    ...(Number(expiration) > 0 ? { expiration: dateAt(Number(expiration)) } : {}),
  };
}

async function renew(
  reader: CredentialReader,
  region: string,
  token: SsoToken,
  file: SsoTokenFile,
): Promise<SsoToken | undefined> {
  const { clientId, clientSecret, refreshToken } = token.fields;
  if (!clientId || !clientSecret || !refreshToken) return undefined;
  const { context } = reader;
  const answer = await askService(context.web, {
    service: "single sign-on",
    method: "POST",
    url: `${await endpoint(reader, "ssoOidc", "oidc", region)}/token`,
    json: { clientId, clientSecret, refreshToken, grantType: "refresh_token" },
  }).catch((error: unknown) => {
    // The token that is there may still do.
    if (error instanceof CredentialFault) return undefined;
    throw error;
  });
  const fields = jsonFields(answer?.text ?? "");
  const { accessToken, expiresIn } = fields;
  if (answer?.status !== 200 || typeof accessToken !== "string" || !(Number(expiresIn) > 0)) return undefined;
  return await file.write(token, {
    accessToken,
    expiresAt: dateAt(context.clock.now() + Number(expiresIn) * 1000).toISOString().replace(/\.\d+/, ""),
    ...(typeof fields["refreshToken"] === "string" ? { refreshToken: fields["refreshToken"] } : {}),
  });
}

/** The date of a time in milliseconds since 1970; the last one of all where there is none so late. */
function dateAt(timeMs: number): Date {
  return new Date(Math.min(timeMs, 8.64e15));
}

async function endpoint(
  reader: CredentialReader,
  row: string,
  host: string,
  region: string,
): Promise<string> {
  const { config } = reader.context;
  const given = config.ignoresEndpoints ? undefined : await reader.findOfService(`${row}.endpoint`);
  if (!given) return `https://${serviceHost(host, region, { ...config, fips: false })}`;
  return checkServiceUrl("single sign-on", given.value, given.source, config.allowHttp).href.replace(
    /\/$/,
    "",
  );
}

function words({ profile }: CredentialReader): string {
  return `profile ${quote(profile.name)}`;
}
