import type { BearerToken } from "@lade/service/call";
import {
  askForToken,
  briefly,
  checkServiceUrl,
  CommandLimitError,
  readToken,
  runCommand,
} from "@lade/service/credentials";
import type { Sourced } from "@lade/core/settings";
import { whyUnread } from "@lade/service/environment";
import { CredentialFault, type LoadedToken } from "@lade/service/tokens";
import { type EntraSurroundings, STORAGE } from "./entra_surroundings.ts";
import { managedToken } from "./managed_token.ts";

/** A place where an identity may be: its token, or why there is none. One that is set up and fails is a `CredentialFault`. */
interface Place {
  /** As `AZURE_TOKEN_CREDENTIALS` calls it, and in a group with others. */
  readonly names: readonly string[];
  /** In messages. */
  readonly words: string;
  /** Looks there. */
  readonly find: (around: EntraSurroundings) => Promise<BearerToken | string>;
}

type Form = Readonly<Record<string, string>>;

/** In the order of `DefaultAzureCredential`. */
const PLACES: readonly Place[] = [
  { names: ["environmentcredential", "prod"], words: "an application", find: applicationToken },
  { names: ["workloadidentitycredential", "prod"], words: "a workload identity", find: workloadToken },
  { names: ["managedidentitycredential", "prod"], words: "a managed identity", find: managedToken },
  { names: ["azureclicredential", "dev"], words: "the Azure CLI", find: commandToken },
];
/** Where other clouds than the public one have Entra ID. */
const AUTHORITIES: readonly (readonly [suffix: string, authority: string])[] = [
  [".chinacloudapi.cn", "https://login.chinacloudapi.cn"],
  [".usgovcloudapi.net", "https://login.microsoftonline.us"],
];
const COMMAND_BOUNDS = { timeoutMs: 30_000, maxBytes: 2 ** 20 };

/**
 * Looks for an identity of Entra ID: an application (secret or certificate), a workload identity, a managed identity, the
 * login of the Azure CLI; `AZURE_TOKEN_CREDENTIALS` leaves out others. A place that is set up and fails ends the search
 * with a `CredentialFault`; no other identity is taken instead.
 */
export async function searchEntra(around: EntraSurroundings): Promise<LoadedToken<BearerToken>> {
  const wanted = around.env("AZURE_TOKEN_CREDENTIALS")?.trim().toLowerCase();
  const places = PLACES.filter(({ names }) => wanted === undefined || names.includes(wanted));
  if (places.length === 0) {
    const known = [
      "prod",
      "dev",
      "EnvironmentCredential",
      "WorkloadIdentityCredential",
      "ManagedIdentityCredential",
    ];
    throw new CredentialFault("AZURE_TOKEN_CREDENTIALS names no place that is known", {
      advice: `set it to ${known.join(", ")} or AzureCliCredential`,
    });
  }
  const reasons = around.passedOver === undefined ? [] : [around.passedOver];
  for (const { find, words } of places) {
    const found = await find(around);
    if (typeof found !== "string") return { value: found, source: words };
    reasons.push(`${words}: ${found}`);
  }
  throw new CredentialFault(`there is no key, no SAS and no identity of Entra ID (${reasons.join("; ")})`, {
    none: true,
    advice:
      "run az login, set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or use anonymous for a public container",
  });
}

async function applicationToken(around: EntraSurroundings): Promise<BearerToken | string> {
  const { entra: { clientSecret }, env } = around;
  const [name, path] = ["AZURE_CLIENT_CERTIFICATE_PATH", env("AZURE_CLIENT_CERTIFICATE_PATH")];
  const who = "the application";
  if (clientSecret) {
    return await requestToken(
      around,
      clientSecret.source,
      who,
      () => ({ client_secret: clientSecret.value }),
    );
  }
  if (path === undefined) return `neither AZURE_CLIENT_SECRET nor ${name} is set`;
  const what = "the certificate";
  const pem = await readSecret(around, what, { value: path, source: name });
  return await requestToken(around, name, who, async (audience, clientId) => {
    const { certificateAssertion } = await import("./certificate_assertion.ts");
    const assertion = await certificateAssertion({
      pem,
      password: env("AZURE_CLIENT_CERTIFICATE_PASSWORD"),
      sendsChain: /^(?:true|1)$/i.test(env("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN") ?? ""),
      clientId,
      audience,
      nowMs: around.clock.now(),
    }).catch((fault: CredentialFault) => {
      throw new CredentialFault(`${what} ${JSON.stringify(path)} (${name}) ${fault.detail}`, {
        cause: fault.cause,
      });
    });
    return asserted(assertion);
  });
}

async function workloadToken(around: EntraSurroundings): Promise<BearerToken | string> {
  const file = around.entra.federatedTokenFile;
  if (!file) return "AZURE_FEDERATED_TOKEN_FILE is not set";
  const assertion = await readSecret(around, "the token file", file);
  return await requestToken(around, file.source, "the workload identity", () => asserted(assertion));
}

function asserted(assertion: string): Form {
  return {
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
  };
}

/** The text of a file that is configured, and therefore has to be there. */
async function readSecret({ read }: EntraSurroundings, what: string, file: Sourced<string>): Promise<string> {
  const where = `${what} ${JSON.stringify(file.value)} (${file.source})`;
  const text = await read(file.value).catch((cause: unknown) => {
    throw new CredentialFault(`${where} cannot be read: ${whyUnread(cause)}`, { cause });
  });
  if (text?.trim()) return text.trim();
  const fault = text === undefined ? "is not there, or may not be read (--allow-read)" : "is empty";
  throw new CredentialFault(`${where} ${fault}`);
}

/** Asks Entra ID by the client credentials grant of OAuth 2.0, with what shows who asks. */
async function requestToken(
  around: EntraSurroundings,
  source: string,
  who: string,
  show: (url: string, clientId: string) => Form | Promise<Form>,
): Promise<BearerToken> {
  const { tenantId, clientId } = around.entra;
  if (!tenantId || !clientId) {
    throw new CredentialFault(
      `${tenantId ? "AZURE_CLIENT_ID" : "AZURE_TENANT_ID"} is missing beside ${source}`,
    );
  }
  const url = `${authorityOf(around)}/${encodeURIComponent(tenantId.value)}/oauth2/v2.0/token`;
  const form = {
    client_id: clientId.value,
    scope: `${STORAGE}/.default`,
    grant_type: "client_credentials",
    ...await show(url, clientId.value),
  };
  return await askForToken(around.web, {
    service: `Entra ID (for ${who} of ${source})`,
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  }, () => around.clock.now());
}

function authorityOf({ entra, host, allowHttp }: EntraSurroundings): string {
  const { authorityHost: said } = entra;
  const [, own = "https://login.microsoftonline.com"] =
    AUTHORITIES.find(([suffix]) => host.endsWith(suffix)) ?? [];
  const url = said ? checkServiceUrl("Entra ID", said.value, said.source, allowHttp).href : own;
  return url.replace(/\/+$/, "");
}

/** The token of whoever has logged in by `az login`. */
async function commandToken(
  { clock, entra: { tenantId } }: EntraSurroundings,
): Promise<BearerToken | string> {
  const tenant = tenantId && /^[\w.-]+$/.test(tenantId.value) ? ` --tenant ${tenantId.value}` : "";
  const command = `az account get-access-token --output json --resource ${STORAGE}${tenant}`;
  try {
    const { code, stdout, stderr } = await runCommand(command, clock, COMMAND_BOUNDS);
    const token = code === 0 ? readToken(stdout, clock.now()) : undefined;
    if (token) return token;
    if (code === 127 || /is not recognized/.test(stderr)) return "az is not installed";
    return /az login/.test(stderr)
      ? "nobody has logged in by az login"
      : briefly(stderr) || "az gives no token";
  } catch (error) {
    if (error instanceof CommandLimitError) return `az ${error.message}`;
    return "az may not be run (--allow-run)";
  }
}
