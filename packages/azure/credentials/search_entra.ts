import type { BearerToken } from "@lade/service/call";
import * as credentials from "@lade/service/credentials";
import { whyClosed } from "@lade/service/environment";
import { CredentialFault, type LoadedToken } from "@lade/service/tokens";
import { type EntraSurroundings, STORAGE } from "./entra_surroundings.ts";
import { managedToken } from "./managed_token.ts";

type Find = (around: EntraSurroundings) => Promise<BearerToken | string>;
type Form = Readonly<Record<string, string>>;

/** In the order of `DefaultAzureCredential`, by the names that `AZURE_TOKEN_CREDENTIALS` has for a place and its group. */
const PLACES: readonly (readonly [name: string, group: "prod" | "dev", words: string, find: Find])[] = [
  ["EnvironmentCredential", "prod", "an application", applicationToken],
  ["WorkloadIdentityCredential", "prod", "a workload identity", workloadToken],
  ["ManagedIdentityCredential", "prod", "a managed identity", managedToken],
  ["AzureCliCredential", "dev", "the Azure CLI", commandToken],
];
/** Where other clouds than the public one have Entra ID. */
const AUTHORITIES: readonly (readonly [suffix: string, authority: string])[] = [
  [".chinacloudapi.cn", "https://login.chinacloudapi.cn"],
  [".usgovcloudapi.net", "https://login.microsoftonline.us"],
];
const CERTIFICATES = /-----BEGIN CERTIFICATE-----([^]+?)-----END CERTIFICATE-----/g;

/**
 * Looks for an identity of Entra ID: an application (secret or certificate), a workload identity, a managed identity, the
 * login of the Azure CLI; `AZURE_TOKEN_CREDENTIALS` leaves out others. A place that is set up and fails ends the search
 * with a `CredentialFault`; no other identity is taken instead.
 */
export async function searchEntra(around: EntraSurroundings): Promise<LoadedToken<BearerToken>> {
  const wanted = around.env("AZURE_TOKEN_CREDENTIALS")?.trim().toLowerCase();
  const chosen = PLACES.filter(([name, group]) =>
    wanted === undefined || wanted === group || wanted === name.toLowerCase()
  );
  if (chosen.length === 0) {
    const known = ["prod", "dev", ...PLACES.map(([name]) => name)].join(", ");
    throw new CredentialFault("AZURE_TOKEN_CREDENTIALS names no place that is known", {
      advice: `set it to one of ${known}`,
    });
  }
  const closed = whyClosed(around.env, "AZURE_STORAGE_KEY");
  return await credentials.searchPlaces(
    chosen.map(([, , words, find]) => ({ words, find: () => find(around) })),
    {
      reasons: [around.passedOver, closed].filter((reason) => reason !== undefined),
      none: "there is no key, no SAS and no identity of Entra ID",
      advice:
        "run az login, set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or use anonymous (--no-sign-request) for a public container",
    },
  );
}

async function applicationToken(around: EntraSurroundings): Promise<BearerToken | string> {
  const { clock, entra: { clientSecret }, env } = around;
  if (clientSecret) {
    const form = { client_secret: clientSecret.value };
    return await requestToken(around, clientSecret.source, "the application", () => form);
  }
  const [name, path] = ["AZURE_CLIENT_CERTIFICATE_PATH", env("AZURE_CLIENT_CERTIFICATE_PATH")];
  if (path === undefined) return `neither AZURE_CLIENT_SECRET nor ${name} is set`;
  const pem = await credentials.readSecret(around.read, "the certificate", { value: path, source: name });
  const named = `the certificate ${JSON.stringify(path)} (${name})`;
  const password = env("AZURE_CLIENT_CERTIFICATE_PASSWORD");
  // "Microsoft identity platform application authentication certificate credentials".
  return await requestToken(around, name, "the application", async (aud, id) => {
    const certificates = Array.from(pem.matchAll(CERTIFICATES), ([, body = ""]) => body.replace(/\s+/g, ""));
    const [certificate] = certificates;
    if (certificate === undefined) throw new CredentialFault(`${named} holds no certificate in PEM form`);
    const der = Uint8Array.from(atob(certificate), (char) => char.charCodeAt(0));
    const thumbprint = credentials.base64url(await crypto.subtle.digest("SHA-256", der));
    const sendsChain = /^(?:true|1)$/i.test(env("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN") ?? "");
    return asserted(
      await credentials.signAssertion({
        algorithm: "PS256",
        header: { "x5t#S256": thumbprint, ...sendsChain && { x5c: certificates } },
        claims: { aud, iss: id, sub: id },
        key: { pem, password, named },
        nowMs: clock.now(),
      }),
    );
  });
}

async function workloadToken(around: EntraSurroundings): Promise<BearerToken | string> {
  const file = around.entra.federatedTokenFile;
  if (!file) return "AZURE_FEDERATED_TOKEN_FILE is not set";
  const assertion = await credentials.readSecret(around.read, "the token file", file);
  return await requestToken(around, file.source, "the workload identity", () => asserted(assertion));
}

/** The token of whoever has logged in by `az login`. */
async function commandToken(
  { clock, entra: { tenantId } }: EntraSurroundings,
): Promise<BearerToken | string> {
  // The command is read by a shell.
  if (tenantId && !/^[\w.-]+$/.test(tenantId.value)) {
    return `the tenant of ${tenantId.source} is no name or id`;
  }
  const tenant = tenantId ? ` --tenant ${tenantId.value}` : "";
  const command = `az account get-access-token --output json --resource ${STORAGE}${tenant}`;
  return await credentials.askCommandForToken(command, "az login", clock);
}

function asserted(assertion: string): Form {
  const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  return { client_assertion_type: type, client_assertion: assertion };
}

/** Asks Entra ID by the client credentials grant of OAuth 2.0, with what shows who asks. */
async function requestToken(
  around: EntraSurroundings,
  source: string,
  who: string,
  show: (url: string, clientId: string) => Form | Promise<Form>,
): Promise<BearerToken> {
  const { allowHttp, entra: { authorityHost: said, clientId, tenantId }, host } = around;
  if (!tenantId || !clientId) {
    throw new CredentialFault(
      `${tenantId ? "AZURE_CLIENT_ID" : "AZURE_TENANT_ID"} is missing beside ${source}`,
    );
  }
  const [, own = "https://login.microsoftonline.com"] =
    AUTHORITIES.find(([suffix]) => host.endsWith(suffix)) ?? [];
  const authority = said
    ? credentials.checkServiceUrl("Entra ID", said.value, said.source, allowHttp).href
    : own;
  const url = `${authority.replace(/\/+$/, "")}/${encodeURIComponent(tenantId.value)}/oauth2/v2.0/token`;
  const grant = { client_id: clientId.value, scope: `${STORAGE}/.default`, grant_type: "client_credentials" };
  return await credentials.askForToken(around.web, {
    service: `Entra ID (for ${who} of ${source})`,
    method: "POST",
    url,
    form: { ...grant, ...await show(url, clientId.value) },
  }, () => around.clock.now());
}
