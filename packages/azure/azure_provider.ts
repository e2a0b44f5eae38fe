import type { Provider } from "@lade/core/backend";
import type { BackendConfig } from "@lade/core/settings";
import { systemEnvironment } from "@lade/service/environment";
import { EndpointHealths } from "@lade/service/http";
import { serviceProvider } from "@lade/service/store";
import { SharedTokens } from "@lade/service/tokens";
import { AzureAccounts, checkOptions } from "./config/azure_config.ts";
import type { AzureOptions } from "./config/azure_options.ts";
import { AZURE_SETTINGS } from "./config/azure_settings.ts";
import type { AuthorizedTarget } from "./credentials/authorized_target.ts";
import { azureTargetOf } from "./store/azure_target_of.ts";
import { type AzureSurroundings, openAccount, openContainer } from "./store/open_azure_store.ts";
import { accountOfUri, parseAzureUri, spellingsOf, splitContainer } from "./uris/azure_location.ts";
import { azureUrls } from "./uris/azure_urls.ts";

const NOTHING: BackendConfig = {};

/**
 * Makes the provider of `az://HOST/container/key` and of the other forms of it. It remembers which endpoints have answered,
 * and what searches for an identity have found; two providers share nothing.
 */
export function azureProvider(given: AzureSurroundings = {}): Provider {
  const surroundings: AzureSurroundings = {
    health: new EndpointHealths(),
    searches: new SharedTokens(),
    ...given,
  };
  /** What each configuration says of accounts, with the environment as it was when it was first used. */
  const known = new WeakMap<BackendConfig, AzureAccounts>();
  const accountsOf = (config: BackendConfig) => {
    const found = known.get(config) ??
      new AzureAccounts(checkOptions(config), surroundings.env ?? systemEnvironment);
    known.set(config, found);
    return found;
  };
  return serviceProvider<AuthorizedTarget, AzureOptions, AzureSurroundings>({
    schemes: ["az", "abfs", "abfss"],
    settingTable: AZURE_SETTINGS,
    urls: azureUrls(surroundings),
    surroundings,
    check: checkOptions,
    parse: (uri, config = NOTHING) => parseAzureUri(uri, config, accountsOf(config)),
    format({ container, key }) {
      splitContainer("format", container);
      return key === "" ? `az://${container}` : `az://${container}/${key}`;
    },
    spellings: spellingsOf,
    accountOf: (uri, config = NOTHING) => accountOfUri(uri, config, accountsOf(config)),
    open: openContainer,
    async connect(operation, name, options, account) {
      const { host = account, container = "" } = name === undefined ? {} : splitContainer(operation, name);
      const opened = await openAccount(operation, host, options);
      const target = azureTargetOf(container, { endpoint: opened.config.endpoint, ...opened });
      return { target, close: opened.close };
    },
    async containers() {
      const { createContainer, deleteContainer, listContainers } = await import("./containers/containers.ts");
      return {
        create: createContainer,
        delete: deleteContainer,
        async *list(target, signal) {
          const host = target.uri.slice("az://".length);
          for await (const name of listContainers(target, signal)) yield `${host}/${name}`;
        },
      };
    },
    diagnosis: async () => (await import("./doctor/diagnose.ts")).diagnose,
  });
}
