import { InvalidNameError, type Location, parseUri, splitLocation } from "@lade/core/backend";
import { type BackendConfig, type SettingTable, SourcedSetting } from "@lade/core/settings";
import { accountHost, isHost, isPathStyle } from "../config/account_host.ts";
import type { AzureAccounts } from "../config/azure_config.ts";
import { AZURE_SETTINGS } from "../config/azure_settings.ts";
import { azureKeyFault } from "../names/azure_key_fault.ts";

/** A container: whose it is, as `HOST` or `HOST/ACCOUNT`, and its name. */
export interface ContainerName {
  /** What stands between `az://` and the container; absent for one of the configured account. */
  readonly host?: string;
  /** Its name. */
  readonly container: string;
}

const CONTAINER = /^(?:\$(?:root|logs|web|blobchangefeed)|[a-z0-9](?:-?[a-z0-9])+)$/;
const ACCOUNT = /^[a-z0-9]{3,24}$/;

/** Cuts the container of a location in two. A name that no container can have is an `InvalidNameError`. */
export function splitContainer(operation: string, container: string): ContainerName {
  const slash = container.lastIndexOf("/");
  const name = container.slice(slash + 1);
  if (slash !== 0 && isContainer(name)) {
    return { container: name, ...(slash > 0 && { host: container.slice(0, slash) }) };
  }
  throw new InvalidNameError({
    operation,
    uri: `az://${container}`,
    detail: name === "" ? "the URI names no container" : "not a valid name of a container",
    advice: "use 3 to 63 lower-case letters, digits and single hyphens",
  });
}

function isContainer(name: string): boolean {
  return CONTAINER.test(name) && name.length >= 3 && name.length <= 63;
}

/**
 * Finds account, container and key of a URI, by what is configured for it. One that names no container, and one that can be
 * read in two ways, is an `InvalidNameError` that says how to write it.
 */
export function parseAzureUri(uri: string, config: BackendConfig, accounts: AzureAccounts): Location {
  const { host, rest } = cutAccount(uri, config, accounts);
  const { container, key } = splitLocation(rest);
  splitContainer("parse", `${host}/${container}`);
  const fault = key === "" ? undefined : azureKeyFault(key);
  if (fault !== undefined) throw invalid(uri, fault);
  return { container: `${host}/${container}`, key };
}

/** The account that a URI names without a container, as `HOST` or `HOST/ACCOUNT`; `undefined` for any other URI. */
export function accountOfUri(
  uri: string,
  config: BackendConfig,
  accounts: AzureAccounts,
): string | undefined {
  const { host, rest } = cutAccount(uri, config, accounts);
  return rest === "" ? host : undefined;
}

/** The URIs of a location: as messages have it, and as else it may be written. */
export function spellingsOf({ container, key }: Location): readonly string[] {
  const { host = "", container: name } = splitContainer("format", container);
  const [authority = "", inPath] = host.split("/");
  const account = inPath ?? accountHost(authority).account;
  return [
    `az://${container}/${key}`,
    ...(account === undefined ? [] : [`az://${account}/${name}/${key}`]),
    `abfss://${name}@${authority.replace(".blob.", ".dfs.")}/${key}`,
  ];
}

interface Cut {
  /** `HOST` or `HOST/ACCOUNT`. */
  readonly host: string;
  /** Container and key. */
  readonly rest: string;
}

function cutAccount(uri: string, config: BackendConfig, accounts: AzureAccounts): Cut {
  if (/\?(?=.*\bsv=\d{4}-)(?=.*\bsig=)/s.test(uri)) {
    const [shown = ""] = uri.split("?");
    throw invalid(shown, "it ends in a signature, which only an https:// URL may; give it as sasToken");
  }
  const { scheme, rest } = parseUri(uri);
  if (scheme === "abfs" || scheme === "abfss") {
    const [, container, authority, path = ""] = /^([^@/]*)@([^/]*)(?:\/(.*))?$/s.exec(rest) ?? [];
    if (container !== undefined && authority !== undefined) {
      if (!isHost(authority)) {
        throw invalid(uri, "what follows @ is no host such as account.dfs.core.windows.net");
      }
      const { host, rest: key } = behindHost(uri, authority, path, accounts);
      return { host, rest: `${container}/${key}` };
    }
    const host = accounts.preferred;
    if (host) return { host: host.name, rest };
    const fault = "no account is configured, write abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/…";
    throw invalid(uri, accounts.fault ?? fault);
  }
  if (scheme !== "az") throw invalid(uri, `the scheme is ${JSON.stringify(scheme)}, not "az"`);
  const { container: first, key: behind } = splitLocation(rest);
  if (isHost(first)) return behindHost(uri, first, behind, accounts);
  if (first === "") throw invalid(uri, "the URI names no container");
  return byShortName(uri, rest, { config, accounts });
}

/** Takes the account out of the path, where the host is that of many. */
function behindHost(uri: string, authority: string, rest: string, accounts: AzureAccounts): Cut {
  const { host } = accountHost(authority);
  const configured = accounts.hosts.find((known) => {
    return known.host === host && known.path !== "" && `/${rest}/`.startsWith(`${known.path}/`);
  });
  if (configured) return { host: configured.name, rest: rest.slice(configured.path.length) };
  const isGiven = accounts.hosts.some((known) => known.host === host && known.path === "");
  if (isGiven || !isPathStyle(host)) return { host, rest };
  const { container: account, key } = splitLocation(rest);
  if (ACCOUNT.test(account)) return { host: `${host}/${account}`, rest: key };
  throw invalid(uri, `at ${host} the account stands in the path, write az://${host}/ACCOUNT/CONTAINER/…`);
}

/** A first part without a dot is an account that is configured by this name, a container, or an account. */
function byShortName(
  uri: string,
  rest: string,
  { config, accounts }: { readonly config: BackendConfig; readonly accounts: AzureAccounts },
): Cut {
  const { container: first, key: behind } = splitLocation(rest);
  const said = Object.entries(config).filter(([, value]) =>
    value instanceof SourcedSetting && value.layer === `az://${first}/`
  );
  const preferred = accounts.preferred;
  const named = `${first}.blob.core.windows.net`;
  if (said.some(([name]) => isOfAccount(name))) {
    const own = accounts.hosts.find(({ account }) => account === first);
    return { host: own?.name ?? named, rest: behind };
  }
  if (preferred && (said.length > 0 || preferred.account === first)) {
    throw invalid(
      uri,
      `${JSON.stringify(first)} may be an account or a container of ${JSON.stringify(preferred.account)}, ` +
        `write az://${
          preferred.account === first ? preferred.name : named
        }/${behind} or az://${preferred.name}/${rest}`,
    );
  }
  if (preferred) return { host: preferred.name, rest };
  if (accounts.fault !== undefined) throw invalid(uri, accounts.fault);
  const { container } = splitLocation(behind);
  const isAccount = ACCOUNT.test(first);
  if (isAccount && (behind === "" || isContainer(container))) return { host: named, rest: behind };
  throw invalid(
    uri,
    `no account is configured, and ${JSON.stringify(isAccount ? container : first)} is no name of ` +
      `${isAccount ? `a container of ${JSON.stringify(first)}` : "one"}; ` +
      "set AZURE_STORAGE_ACCOUNT, or write az://ACCOUNT.blob.core.windows.net/CONTAINER/…",
  );
}

const OF_ACCOUNT: SettingTable = AZURE_SETTINGS.filter(({ group }) => group === "identity");

function isOfAccount(name: string): boolean {
  return OF_ACCOUNT.some((row) => row.name === name);
}

function invalid(uri: string, detail: string): InvalidNameError {
  return new InvalidNameError({ operation: "parse", uri, detail });
}
