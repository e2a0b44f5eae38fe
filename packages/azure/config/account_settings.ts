import { type GivenSettings, resolveWithoutProfile, type Sourced } from "@lade/core/settings";
import type { Environment } from "@lade/service/environment";
import { accountHost } from "./account_host.ts";
import { AZURE_SETTINGS } from "./azure_settings.ts";
import type { AzureTokenSource } from "./azure_options.ts";
import { type ConnectionString, parseConnectionString } from "./connection_string.ts";
import { DEVELOPMENT_ACCOUNT, DEVELOPMENT_KEY } from "./development_account.ts";

/** What every message about the configuration begins with. */
export const SUBJECT = "Cannot configure az";

/** Who asks, where that is said; a search in Entra ID where it is not. */
export type AzureIdentity =
  & (
    | { readonly kind: "sharedKey"; readonly key: string }
    | { readonly kind: "sas"; readonly token: string }
    | { readonly kind: "credential"; readonly credential: AzureTokenSource }
    | { readonly kind: "anonymous" }
  )
  & { readonly source: string };

/** What one place, the options or the environment, says of an account. */
export interface AccountSettings {
  /** Its name. */
  readonly account?: Sourced<string>;
  /** Where its blobs are. */
  readonly endpoint?: Sourced<URL>;
  /** Who asks. */
  readonly identity?: AzureIdentity;
}

/** The settings of which a place says one at most. */
const EXCLUSIVE = ["connectionString", "accountKey", "sasToken", "credential", "anonymous"] as const;

/** What the options say of an account, and what the environment does. Contradictions are a `TypeError`. */
export function accountSettings(given: GivenSettings, env: Environment): readonly AccountSettings[] {
  const fromEnvironment = resolveWithoutProfile(AZURE_SETTINGS, { given: [], env }, SUBJECT);
  const said = new Map([...fromEnvironment].filter(([, { source }]) => source !== "default"));
  return [readPlace(given), readPlace(said)];
}

function readPlace(settings: GivenSettings): AccountSettings {
  const text = (name: string) => settings.get(name) as Sourced<string> | undefined;
  const connection = connectionOf(text("connectionString"));
  const [first, second] = EXCLUSIVE.filter((name) => isSaid(settings, name, connection?.value));
  if (first && second) throw contradiction([first, text(first)], [second, text(second)]);
  const isEmulator = settings.get("useEmulator");
  const own = text("account");
  const inConnection = connection?.value.account !== undefined
    ? { value: connection.value.account, source: connection.source }
    : undefined;
  if (own && inConnection && own.value !== inConnection.value) {
    throw contradiction(["account", own], ["connectionString", inConnection]);
  }
  const url = endpointOf(text("endpoint"), connection);
  const inUrl = url && accountHost(url.value.host, url.value.pathname.replace(/\/+$/, "")).account;
  const named = own ?? inConnection;
  if (named && inUrl !== undefined && url && named.value !== inUrl) {
    throw contradiction(["account", named], ["endpoint", { source: url.source }]);
  }
  const emulated = isEmulator?.value === true
    ? { value: DEVELOPMENT_ACCOUNT, source: isEmulator.source }
    : undefined;
  const account = named ?? (inUrl === undefined ? emulated : { value: inUrl, source: url?.source ?? "" });
  const endpoint = url ?? (emulated && account && {
    value: new URL(`http://127.0.0.1:10000/${account.value}`),
    source: emulated.source,
  });
  const identity = identityOf(settings, connection) ??
    (emulated && account?.value === DEVELOPMENT_ACCOUNT
      ? { kind: "sharedKey" as const, key: DEVELOPMENT_KEY, source: emulated.source }
      : undefined);
  return { ...(account && { account }), ...(endpoint && { endpoint }), ...(identity && { identity }) };
}

/** Whether a place says a setting beyond what its connection string says too. */
function isSaid(
  settings: GivenSettings,
  name: typeof EXCLUSIVE[number],
  connection?: ConnectionString,
): boolean {
  const found = settings.get(name)?.value;
  if (found === undefined || found === false) return false;
  if (name === "connectionString") {
    return connection?.accountKey !== undefined || connection?.sasToken !== undefined;
  }
  if (name !== "accountKey" && name !== "sasToken") return true;
  return connection?.[name] === undefined || connection[name] !== String(found).replace(/^\?/, "");
}

function identityOf(
  settings: GivenSettings,
  connection?: Sourced<ConnectionString>,
): AzureIdentity | undefined {
  const [key, sas, credential, anonymous] = ["accountKey", "sasToken", "credential", "anonymous"]
    .map((name) => settings.get(name));
  const { accountKey = key?.value, sasToken = sas?.value } = connection?.value ?? {};
  const by = (own: Sourced<unknown> | undefined) => own?.source ?? connection?.source ?? "";
  if (typeof accountKey === "string") return { kind: "sharedKey", key: accountKey, source: by(key) };
  if (typeof sasToken === "string") {
    return { kind: "sas", token: sasToken.replace(/^\?/, ""), source: by(sas) };
  }
  if (credential) {
    return {
      kind: "credential",
      credential: credential.value as AzureTokenSource,
      source: credential.source,
    };
  }
  return anonymous?.value === true ? { kind: "anonymous", source: anonymous.source } : undefined;
}

function connectionOf(said: Sourced<string> | undefined): Sourced<ConnectionString> | undefined {
  if (!said) return undefined;
  try {
    return { value: parseConnectionString(said.value), source: said.source };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new TypeError(`${SUBJECT}: the connection string${by(said)} ${error.message}`);
  }
}

/** The base URL of an account's blobs, with the account in its path where the host is that of many. */
function endpointOf(
  said: Sourced<string> | undefined,
  connection: Sourced<ConnectionString> | undefined,
): Sourced<URL> | undefined {
  const found = said ??
    (connection?.value.endpoint === undefined
      ? undefined
      : { value: connection.value.endpoint, source: connection.source });
  if (!found) return undefined;
  const url = URL.parse(found.value);
  const detail =
    !url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password
      ? "a URL such as https://account.blob.core.windows.net is needed"
      : /^\/[^/]+\/+[^/]/.test(url.pathname)
      ? "its path may hold the name of the account and no more"
      : undefined;
  if (detail || !url) throw new TypeError(`${SUBJECT}: endpoint${by(found)} cannot be used: ${detail}`);
  return { value: url, source: found.source };
}

function contradiction(
  ...said: readonly (readonly [name: string, found: { readonly source: string } | undefined])[]
): TypeError {
  const named = said.map(([name, found]) => `${name}${by(found)}`);
  return new TypeError(`${SUBJECT}: ${named.join(" and ")} exclude each other`);
}

/** Where something was said, in brackets; nothing for options. */
export function by(found: { readonly source: string } | undefined): string {
  return !found || found.source === "option" ? "" : ` (${found.source})`;
}
