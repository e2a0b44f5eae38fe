import {
  askForToken,
  askService,
  checkServiceUrl,
  type CredentialFile,
  jsonFields,
  refused,
} from "@lade/service/credentials";
import { CredentialFault, TokenCache } from "@lade/service/tokens";
import type { GcsToken } from "./gcs_credential.ts";
import { STORAGE_SCOPE, type TokenSurroundings } from "./token_surroundings.ts";

/** A service account that somebody else acts as. */
export interface ActedAs {
  /** Its address. */
  readonly email: string;
  /** Addresses of the accounts on the way to it, each of which may ask for tokens of the next. */
  readonly delegates?: readonly string[];
  /** Where it is asked for; the service of Google's by default. */
  readonly url?: string;
  /** How long its tokens live, in seconds; an hour by default. */
  readonly lifetimeS?: number;
}

type Around = Pick<TokenSurroundings, "clock" | "env" | "web">;

/** The service's own keys serve so long after a signature at the least ("Method: serviceAccounts.signBlob"). */
export const SIGNED_MS: number = 12 * 60 * 60 * 1000;

/** The service account that a file names by the URL of its tokens. */
export function actedAsOf(file: CredentialFile, around: TokenSurroundings): ActedAs {
  const name = "service_account_impersonation_url";
  const [, url, email] =
    /^(.*\/serviceAccounts\/([^/:]+)):generateAccessToken$/.exec(file.url(name, "", around.allowHttp)) ?? [];
  if (url !== undefined && email !== undefined) return { email: decodeURIComponent(email), url };
  throw new CredentialFault(`${file.named} names no service account in its ${name}`);
}

/**
 * The token of a service account that those of `source` may act as ("Create short-lived credentials for a service account").
 * It signs by the service, as that account.
 */
export async function impersonate(
  source: () => Promise<GcsToken>,
  as: ActedAs,
  around: Around,
): Promise<GcsToken> {
  const load = async () => ({ value: await source(), source: "" });
  const isSame = (one: GcsToken, other: GcsToken) => one.token === other.token;
  const sources = new TokenCache({ load, renewable: true }, around.clock, isSame);
  const { project, quotaProject, token: by } = await sources.get();
  const asked = { scope: [STORAGE_SCOPE], lifetime: `${as.lifetimeS ?? 3600}s` };
  const question = questionOf(around, by, as, "generateAccessToken", asked);
  const given = await askForToken(
    around.web,
    question,
    () => around.clock.now(),
    ({ status }) => adviceOf(status, as),
  );
  const sign = async (bytes: Uint8Array) => await signBlob(around, (await sources.get()).token, as, bytes);
  return { ...given, email: as.email, project, quotaProject, sign, signedMs: SIGNED_MS };
}

/** Has the service sign bytes as an account, by a token of who may act as it, or of itself. */
export async function signBlob(
  around: Around,
  by: string,
  as: ActedAs,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const question = questionOf(around, by, as, "signBlob", { payload: btoa(String.fromCharCode(...bytes)) });
  const answer = await askService(around.web, question);
  const { signedBlob } = jsonFields(answer.text);
  if (answer.status !== 200 || typeof signedBlob !== "string" || !/^[A-Za-z0-9+/]+=*$/.test(signedBlob)) {
    throw refused(`${question.service} signs nothing`, answer, ({ status }) => adviceOf(status, as));
  }
  return Uint8Array.from(atob(signedBlob), (char) => char.charCodeAt(0));
}

function questionOf(
  { env }: Around,
  by: string,
  { delegates, email, url }: ActedAs,
  method: string,
  fields: object,
) {
  const name = "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS";
  const host =
    checkServiceUrl("IAM", env(name) ?? "https://iamcredentials.googleapis.com", name, false).origin;
  const known = url ?? `${host}/v1/${resourceOf(email)}`;
  return {
    service: `IAM (for ${JSON.stringify(email)})`,
    method: "POST",
    url: `${known}:${method}`,
    headers: { authorization: `Bearer ${by}` },
    json: { ...(delegates && { delegates: delegates.map(resourceOf) }), ...fields },
  } as const;
}

function resourceOf(email: string): string {
  return `projects/-/serviceAccounts/${email}`;
}

function adviceOf(status: number, { email }: ActedAs): string | undefined {
  if (status === 404) return `check the address ${email}`;
  const role = "Service Account Token Creator (roles/iam.serviceAccountTokenCreator)";
  return status === 403 ? `grant the caller ${role} on ${email}` : undefined;
}
