import { askForToken, askService, checkServiceUrl, jsonFields, refused } from "@lade/service/credentials";
import { TokenCache } from "@lade/service/tokens";
import type { GcsToken } from "./gcs_credential.ts";
import { STORAGE_SCOPE, type TokenSurroundings } from "./token_surroundings.ts";

/** A service account that somebody else acts as. */
export interface ActedAs {
  /** Its address. */
  readonly email: string;
  /** Addresses of the accounts on the way to it, each of which may ask for tokens of the next. */
  readonly delegates?: readonly string[];
  /** Where its tokens are asked for; the service of Google's that gives them by default. */
  readonly url?: string | undefined;
  /** How long its tokens live, in seconds; an hour by default. */
  readonly lifetimeS?: number;
}

/** The service's own keys serve so long after a signature at the least ("Method: serviceAccounts.signBlob"). */
export const SIGNED_MS: number = 12 * 60 * 60 * 1000;

type Around = Omit<TokenSurroundings, "allowHttp" | "read">;

/**
 * The token of a service account that those of `source` may act as ("Create short-lived credentials for a service account").
 * It signs by the service, as that account.
 */
export async function impersonate(
  source: () => Promise<GcsToken>,
  as: ActedAs,
  around: Around,
): Promise<GcsToken> {
  const { clock, web } = around;
  const load = async () => ({ value: await source(), source: "" });
  const sources = new TokenCache({ load, renewable: true }, clock, (one, other) => one.token === other.token);
  const { project, quotaProject, token: by } = await sources.get();
  const { delegates, lifetimeS = 3600 } = as;
  const asked = questionOf(around, by, as, "generateAccessToken", {
    ...delegates && { delegates: delegates.map(resourceOf) },
    scope: [STORAGE_SCOPE],
    lifetime: `${lifetimeS}s`,
  });
  const { token, expiration } = await askForToken(
    web,
    asked,
    () => clock.now(),
    ({ status }) => adviceOf(status, as),
  );
  const sign = async (bytes: Uint8Array) => await signBlob(around, (await sources.get()).token, as, bytes);
  return {
    ...{ token, email: as.email, sign, signedMs: SIGNED_MS },
    ...(expiration && { expiration }),
    ...(project !== undefined && { project }),
    ...(quotaProject !== undefined && { quotaProject }),
  };
}

/** Has the service sign bytes as an account, by a token of who may act as it, or of itself. */
export async function signBlob(
  around: Around,
  by: string,
  as: ActedAs,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const payload = btoa(String.fromCharCode(...bytes));
  const delegates = as.delegates && { delegates: as.delegates.map(resourceOf) };
  const question = questionOf(around, by, as, "signBlob", { ...delegates, payload });
  const answer = await askService(around.web, question);
  const { signedBlob } = jsonFields(answer.text);
  if (answer.status !== 200 || typeof signedBlob !== "string") {
    throw refused(`${question.service} signs nothing`, answer, ({ status }) => adviceOf(status, as));
  }
  return Uint8Array.from(atob(signedBlob), (char) => char.charCodeAt(0));
}

function questionOf({ env }: Around, by: string, { email, url }: ActedAs, method: string, json: object) {
  const name = "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS";
  const base = env(name) ?? "https://iamcredentials.googleapis.com/";
  const known = url?.replace(/:\w+$/, "") ?? `${base.replace(/\/*$/, "/v1/")}${resourceOf(email)}`;
  return {
    service: `IAM (for ${JSON.stringify(email)})`,
    method: "POST",
    url:
      checkServiceUrl("IAM", `${known}:${method}`, url === undefined ? name : "the credentials", false).href,
    headers: { authorization: `Bearer ${by}` },
    json,
  } as const;
}

function resourceOf(email: string): string {
  return `projects/-/serviceAccounts/${email}`;
}

function adviceOf(status: number, { email }: ActedAs): string | undefined {
  if (status === 403) {
    return `grant the caller Service Account Token Creator (roles/iam.serviceAccountTokenCreator) on ${email}`;
  }
  return status === 404 ? `check the address ${email}` : undefined;
}
