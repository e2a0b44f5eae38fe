import { type GivenSettings, resolveWithoutProfile, type Sourced } from "@lade/core/settings";
import type { Environment } from "@lade/service/environment";
import { accountHost } from "./account_host.ts";
import type { AzureTokenSource } from "./azure_options.ts";
import { AZURE_SETTINGS } from "./azure_settings.ts";
import { parseConnectionString } from "./connection_string.ts";
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

/** What makes an identity of each setting, of which a place says one at most. */
const IDENTITIES: Readonly<Record<string, (value: never, source: string) => AzureIdentity | undefined>> = {
  accountKey: (key: string, source) => ({ kind: "sharedKey", key, source }),
  sasToken: (token: string, source) => ({ kind: "sas", token, source }),
  credential: (credential: AzureTokenSource, source) => ({ kind: "credential", credential, source }),
  anonymous: (isSo: boolean, source) => isSo ? { kind: "anonymous", source } : undefined,
};

/** What the options say of an account, and what the environment does. Contradictions are a `TypeError`. */
export function accountSettings(
  given: GivenSettings,
  env: Environment,
): readonly [options: AccountSettings, environment: AccountSettings] {
  const fromEnvironment = resolveWithoutProfile(AZURE_SETTINGS, { given: [], env }, SUBJECT);
  return [
    readPlace(given),
    readPlace(new Map([...fromEnvironment].filter(([, { source }]) => source !== "default"))),
  ];
}

function readPlace(settings: GivenSettings): AccountSettings {
  const connection = readConnection(settings.get("connectionString"));
  const said = <T>(name: string): Sourced<T> | undefined => {
    const [own, other] = [settings.get(name), connection.get(name)].map((found) => {
      return name === "sasToken" && found
        ? { ...found, value: String(found.value).replace(/^\?/, "") }
        : found;
    });
    if (own && other && own.value !== other.value) {
      throw contradiction([name, own], ["connectionString", other]);
    }
    return (own ?? other) as Sourced<T> | undefined;
  };
  const identities = Object.entries(IDENTITIES).flatMap(([name, make]) => {
    const found = said<never>(name);
    const identity = found && make(found.value, found.source);
    return identity ? [[name, identity] as const] : [];
  });
  const [first, second] = identities;
  if (first && second) throw contradiction(first, second);
  const [account, endpoint] = [said<string>("account"), endpointOf(said("endpoint"))];
  const inUrl = endpoint && accountHost(endpoint.value.host, pathOfUrl(endpoint.value)).account;
  if (account && endpoint && inUrl !== undefined && account.value !== inUrl) {
    throw contradiction(["account", account], ["endpoint", endpoint]);
  }
  const named = account ?? (endpoint && inUrl !== undefined ? { ...endpoint, value: inUrl } : undefined);
  const found = {
    ...(named && { account: named }),
    ...(endpoint && { endpoint }),
    ...(first && { identity: first[1] }),
  };
  const emulator = settings.get("useEmulator");
  return emulator?.value === true ? { ...emulated(found, emulator.source), ...found } : found;
}

/** What the emulator has where nothing else is said: an account and a key that everybody knows. */
function emulated({ account, endpoint }: AccountSettings, source: string): AccountSettings {
  const own = { value: DEVELOPMENT_ACCOUNT, source };
  const { value: name } = account ?? own;
  const url = new URL(`http://127.0.0.1:10000/${name}`);
  return {
    ...(!account && !endpoint && { account: own }),
    endpoint: { value: url, source },
    ...(name === DEVELOPMENT_ACCOUNT && { identity: { kind: "sharedKey", key: DEVELOPMENT_KEY, source } }),
  };
}

/** What a connection string says, by the names of the settings. */
function readConnection(said: Sourced<unknown> | undefined): GivenSettings {
  if (!said) return new Map();
  try {
    const found = Object.entries(parseConnectionString(String(said.value)));
    return new Map(found.map(([name, value]) => [name, { value, source: said.source }]));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new TypeError(`${SUBJECT}: the connection string${by(said)} ${error.message}`);
  }
}

/** The base URL of an account's blobs, with the account in its path where the host is that of many. */
function endpointOf(found: Sourced<string> | undefined): Sourced<URL> | undefined {
  if (!found) return undefined;
  const url = new URL(found.value);
  if (!pathOfUrl(url).slice(1).includes("/")) return { value: url, source: found.source };
  const detail = "its path may hold the name of the account and no more";
  throw new TypeError(`${SUBJECT}: endpoint${by(found)} cannot be used: ${detail}`);
}

/** The path of a base URL, without slashes at its end. */
export function pathOfUrl({ pathname }: URL): string {
  return pathname.replace(/\/+$/, "");
}

function contradiction(
  ...said: readonly (readonly [name: string, found: { readonly source: string }])[]
): TypeError {
  const named = said.map(([name, found]) => `${name}${by(found)}`);
  return new TypeError(`${SUBJECT}: ${named.join(" and ")} exclude each other`);
}

/** Where something was said, in brackets; nothing for options. */
export function by({ source }: { readonly source: string }): string {
  return source === "option" ? "" : ` (${source})`;
}
