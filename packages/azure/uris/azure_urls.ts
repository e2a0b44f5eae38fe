import {
  type ClaimedUrl,
  decodeUrlPath,
  type ServiceUrl,
  type UrlClaims,
  urlFault,
} from "@lade/core/backend";
import { type Environment, systemEnvironment } from "@lade/service/environment";
import { isLoopback } from "@lade/service/http";
import { type AccountHost, accountHost } from "../config/account_host.ts";
import { AzureAccounts, checkOptions } from "../config/azure_config.ts";
import { AZURE_SETTINGS } from "../config/azure_settings.ts";
import { DEVELOPMENT_ACCOUNT } from "../config/development_account.ts";

/** The parameters of a shared access signature ("Create a service SAS", "… an account SAS", "… a user delegation SAS"). */
const SAS =
  /^(?:s(?:v|s|rt|p|e|t|pr|ip|r|ig|i|koid|ktid|kt|ke|ks|kv|aoid|uoid|cid|dd|es|duoid|kdutid|rh|rq)|rsc[cdelt])$/;

/**
 * The URLs of Azure Blob Storage in every cloud, of the accounts that are configured, and of Azurite's account on this
 * machine. A shared access signature in a URL authorizes what is asked by it.
 */
export function azureUrls(
  { env = systemEnvironment }: { readonly env?: Environment | undefined } = {},
): UrlClaims {
  return {
    forms: [
      "https://ACCOUNT.blob.core.windows.net/CONTAINER/KEY",
      "the URL of an endpoint that is configured for az://",
    ],
    async claim(url, configOf) {
      const found = accountHost(url.host);
      const host = found.isAzure ? found : configuredHost(url, (uri) => configOf(uri, AZURE_SETTINGS), env);
      if (!host) return undefined;
      const rest = decodeUrlPath(url).slice(host.path.length + 1);
      // A blob without a container is one of the container "$root"; its name has what a container's has not.
      const uri = `az://${host.name}/${
        /^[^/]*[^a-z0-9/-][^/]*$/.test(rest) && !rest.startsWith("$") ? "$root/" : ""
      }${rest}`;
      return { uri, ...byQuery(url, host) };
    },
  };
}

/** The account at a host that is configured, or Azurite's on this machine. */
function configuredHost(
  { secure, host, path }: ServiceUrl,
  configOf: (uri: string) => object | undefined,
  env: Environment,
): AccountHost | undefined {
  const [, first = ""] = path.split("/");
  for (const uri of [`az://${host}/`, `az://${host}/${first}/`, `az://${first}/`]) {
    const { hosts } = new AzureAccounts(checkOptions(configOf(uri) ?? {}), env);
    const found = hosts.find((known) =>
      known.host === host && known.url.startsWith(secure ? "https:" : "http:") &&
      `${path}/`.startsWith(`${known.path}/`)
    );
    if (found) return found;
  }
  const isAzurite = first === DEVELOPMENT_ACCOUNT && !secure && isLoopback(host.replace(/:\d+$/, ""));
  return isAzurite ? accountHost(host, `/${first}`) : undefined;
}

/** A signature is what is asked with; of any other query nothing is honoured. */
function byQuery(url: ServiceUrl, host: AccountHost): Pick<ClaimedUrl, "config"> {
  const { query = "" } = url;
  if (query === "") return {};
  const names = query.split("&").map((each) => each.replace(/=.*/s, "").toLowerCase());
  const foreign = names.filter((name) => !SAS.test(name));
  if (foreign.length > 0 || !names.includes("sig")) {
    const listed = (foreign.length > 0 ? foreign : names).map((name) => JSON.stringify(name)).join(", ");
    throw urlFault(
      url,
      `of the URL of an object only a shared access signature is taken, and it has ${listed}`,
      foreign.includes("versionid") ? "name a version by --version" : 'write %3F for a "?" in a key',
    );
  }
  const endpoint = host.isAzure ? {} : { endpoint: `${url.secure ? "https" : "http"}://${host.name}` };
  return { config: { sasToken: query, ...endpoint } };
}
