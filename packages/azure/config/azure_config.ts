import {
  checkSettings,
  describeSettings,
  type GivenSettings,
  type ResolvedSettings,
  resolveWithoutProfile,
  type ShownSetting,
  type Sourced,
} from "@lade/core/settings";
import type { Environment } from "@lade/service/environment";
import { givenAddresses, isLoopback, plainHttpFault } from "@lade/service/http";
import { type ConnectionConfig, connectionConfig } from "@lade/service/settings";
import { type AccountHost, accountHost, type AzureEndpoint, isPathStyle, urlOf } from "./account_host.ts";
import {
  type AccountSettings,
  accountSettings,
  type AzureIdentity,
  by,
  pathOfUrl,
  SUBJECT,
} from "./account_settings.ts";
import type { AzureBlobOptions, AzureEntraOptions, AzureOptions } from "./azure_options.ts";
import { AZURE_SETTINGS } from "./azure_settings.ts";
import { DEVELOPMENT_ACCOUNT, DEVELOPMENT_KEY } from "./development_account.ts";

type BlobConfig =
  & Required<Omit<AzureBlobOptions, "accessTier" | "encryptionScope">>
  & Pick<AzureBlobOptions, "accessTier" | "encryptionScope">;

/** Everything that a store needs to know, after options, environment and defaults. */
export interface AzureConfig extends ConnectionConfig, BlobConfig {
  /** Where the account answers. */
  readonly endpoint: AzureEndpoint;
  /** Who asks, where that is said; else one is looked for in Entra ID. */
  readonly identity?: AzureIdentity;
  /** What is said for that search. */
  readonly entra: { readonly [name in keyof AzureEntraOptions]?: Sourced<string> };
  /** Why a key or signature that is configured does not serve, in words for an advice. */
  readonly passedOver?: string;
  /** What was said of the settings, fit to be shown. */
  readonly shown: readonly ShownSetting[];
}

const ENTRA = ["tenantId", "clientId", "clientSecret", "federatedTokenFile", "authorityHost"] as const;
/** By what an account is said. */
const ACCOUNTS = ["account", "endpoint", "connectionString", "useEmulator"];
const BLOBS = [
  "blockSize",
  "uploadConcurrency",
  "accessTier",
  "encryptionScope",
  "tags",
  "storedChecksum",
  "verifyDownloads",
] as const;

/** An account, where it answers, and where that was said. */
export interface ConfiguredHost extends AccountHost {
  /** URL of the host, without a path. */
  readonly url: string;
  /** Where it was said. */
  readonly source: string;
}

/** What is configured of accounts, by options and environment; what cannot be is a `TypeError`. */
export class AzureAccounts {
  /** The accounts of the options and of the environment. */
  readonly hosts: readonly ConfiguredHost[];
  readonly #places: readonly AccountSettings[];

  /** Reads options that are checked, and the environment. */
  constructor(given: GivenSettings, env: Environment) {
    const [options, environment] = accountSettings(given, env);
    const { identity, ...others } = environment;
    // Who is to be looked for in Entra ID is not the key that the environment has.
    const isLookedFor = ENTRA.some((name) => name !== "authorityHost" && given.has(name));
    this.#places = [options, isLookedFor || !identity ? others : environment];
    this.hosts = this.#findHosts();
  }

  /** The account of URIs that name none. */
  get preferred(): ConfiguredHost | undefined {
    return this.hosts[0];
  }

  /** Why no account is known though an endpoint is; `undefined` where that is not so. */
  get fault(): string | undefined {
    const [lacking] = this.preferred ? [] : this.#places.flatMap(({ endpoint }) => endpoint ?? []);
    if (!lacking) return undefined;
    const { source, value: { origin } } = lacking;
    return `endpoint${
      by({ source })
    } names no account, write ${origin}/ACCOUNT, or set AZURE_STORAGE_ACCOUNT`;
  }

  #findHosts(): ConfiguredHost[] {
    return this.#places.flatMap(({ account, endpoint: own }) => {
      if (!account && !own) return [];
      const isGeneral = ({ endpoint, account: other }: AccountSettings) =>
        endpoint !== undefined && (!account || !other || other.value === account.value);
      const endpoint = own ?? this.#places.find(isGeneral)?.endpoint;
      const source = account?.source ?? endpoint?.source ?? "";
      if (!endpoint) {
        if (!account) return [];
        const host = `${account.value}.blob.core.windows.net`;
        return [{ ...accountHost(host), url: urlOf(host), source }];
      }
      const { host, protocol } = endpoint.value;
      const isMissing = pathOfUrl(endpoint.value) === "" && isPathStyle(host);
      if (isMissing && !account) return [];
      const path = isMissing ? `/${account?.value}` : pathOfUrl(endpoint.value);
      const found = accountHost(host, path);
      return [{
        ...found,
        ...(account && { account: account.value }),
        url: `${protocol}//${found.isAzure ? found.host : host}`,
        source,
      }];
    });
  }

  /** The first key, signature or other identity that is one of this account, and why others are not. */
  identityOf(
    account: string | undefined,
  ): { readonly identity?: AzureIdentity; readonly passedOver?: string } {
    let passedOver: string | undefined;
    for (const { account: owner, identity } of this.#places) {
      if (!identity) continue;
      const isOwn = owner === undefined || owner.value === account || identity.kind === "anonymous" ||
        identity.kind === "credential";
      if (isOwn) return { identity };
      passedOver ??= `what ${identity.source} gives is of the account ${JSON.stringify(owner.value)}`;
    }
    return passedOver === undefined ? {} : { passedOver };
  }
}

/** Checks options. A name that is no option, and a value that the option cannot have, is a `TypeError`. */
export function checkOptions(config: object): GivenSettings {
  return checkSettings(AZURE_SETTINGS, { ...config }, SUBJECT);
}

/**
 * Completes options from the environment and defaults. `name` is what follows `az://`: `HOST`, or `HOST/ACCOUNT`; without
 * it the account is the configured one.
 */
export function resolveAzureConfig(options: AzureOptions, env: Environment, name?: string): AzureConfig {
  const given = checkOptions(options);
  const accounts = new AzureAccounts(given, env);
  const host = name === undefined ? accounts.preferred : hostNamed(name, accounts);
  if (!host) {
    const fault =
      "no account is known; set AZURE_STORAGE_ACCOUNT, or name it: az://ACCOUNT.blob.core.windows.net/…";
    throw new TypeError(`${SUBJECT}: ${accounts.fault ?? fault}`);
  }
  const resolved = resolveWithoutProfile(AZURE_SETTINGS, { given: [given], env }, SUBJECT);
  const { identity, passedOver } = chooseIdentity(host, accounts);
  checkPlainHttp(host, resolved);
  const { account = "", url, path } = host;
  const addresses = givenAddresses(SUBJECT, resolved, { url, isAnother: isAnother(host, accounts, given) });
  const found = (names: readonly string[]) => names.filter((name) => resolved.has(name));
  const blobs = found(BLOBS).map((name) => [name, resolved.get(name)?.value]);
  const { blockSize, tags = {}, ...others }: AzureBlobOptions = Object.fromEntries(blobs);
  return {
    ...connectionConfig(resolved),
    ...addresses,
    ...others as BlobConfig,
    blockSize: Number(blockSize),
    threshold: Number(resolved.get("threshold")?.value ?? blockSize),
    tags,
    endpoint: { url, account, path },
    ...(identity && { identity }),
    entra: Object.fromEntries(found(ENTRA).map((name) => [name, resolved.get(name) as Sourced<string>])),
    ...(passedOver !== undefined && { passedOver }),
    shown: show(host, resolved, identity, passedOver)
      .filter(({ name }) => name !== "endpointAddresses" || addresses.endpointAddresses),
  };
}

/** Whether addresses that are configured are not those of this account: options speak of theirs, as does the environment. */
function isAnother(host: ConfiguredHost, accounts: AzureAccounts, given: GivenSettings): boolean {
  if (!accounts.hosts.includes(host)) return true;
  const isOfOptions = ACCOUNTS.some((name) => given.has(name)) && host === accounts.preferred;
  return given.has("endpointAddresses") ? host !== accounts.preferred : isOfOptions;
}

/** The account that a URI names, with what is configured of its host. */
function hostNamed(name: string, accounts: AzureAccounts): ConfiguredHost {
  const configured = accounts.hosts.find((host) => host.name === name);
  if (configured) return configured;
  const slash = name.indexOf("/");
  const [host, path] = slash < 0 ? [name, ""] : [name.slice(0, slash), name.slice(slash)];
  return { ...accountHost(host, path), url: urlOf(host), source: "the URI" };
}

/** Who asks an account. Nobody, where the host is neither Azure's own nor configured: it could be anyone's. */
function chooseIdentity(
  host: ConfiguredHost,
  accounts: AzureAccounts,
): { readonly identity?: AzureIdentity; readonly passedOver?: string } {
  const found = accounts.identityOf(host.account);
  const { identity } = found;
  const isKnown = host.isAzure || accounts.hosts.some(({ name }) => name === host.name);
  if (!isKnown && identity?.kind !== "anonymous") {
    if (host.account === DEVELOPMENT_ACCOUNT && isLoopback(new URL(host.url).hostname)) {
      return { identity: { kind: "sharedKey", key: DEVELOPMENT_KEY, source: "the emulator's own account" } };
    }
    const [named, trusted] = [JSON.stringify(host.host), `endpoint=${host.url}${host.path}`];
    throw new TypeError(
      `${SUBJECT}: no credentials go to ${named}, which is no host of Azure's; where it is to be trusted say so for ` +
        `az://${host.name}/: ${trusted}, or anonymous=true`,
    );
  }
  if (identity?.kind === "sharedKey" && host.account === undefined) {
    throw new TypeError(`${SUBJECT}: the key${by(identity)} needs the name of its account, as account`);
  }
  return found;
}

function checkPlainHttp({ url, source }: ConfiguredHost, resolved: ResolvedSettings): void {
  const fault = plainHttpFault(new URL(url), resolved.get("allowHttp")?.value === true);
  if (fault) throw new TypeError(`${SUBJECT}: endpoint ${url} (${source}) cannot be used: ${fault}`);
}

/** What was said, with the account that is asked, and of keys and signatures only the one that serves. */
function show(
  { account, url, path, source }: ConfiguredHost,
  resolved: ResolvedSettings,
  identity: AzureIdentity | undefined,
  passedOver: string | undefined,
): ShownSetting[] {
  const others = new Map(resolved);
  for (const name of ["account", "endpoint"]) others.delete(name);
  for (const { name, group, secret } of AZURE_SETTINGS) {
    const isServing = others.get(name)?.source === identity?.source;
    if (group === "identity" && secret && name !== "clientSecret" && !isServing) others.delete(name);
  }
  return [
    ...(account === undefined ? [] : [{ name: "account", value: account, source }]),
    { name: "endpoint", value: url + path, source },
    ...describeSettings(AZURE_SETTINGS, others),
    ...(passedOver === undefined ? [] : [{ name: "not used", value: passedOver, source: "" }]),
  ];
}
