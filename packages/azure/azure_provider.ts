import type {
  Check,
  DiagnoseOptions,
  ListContainersOptions,
  Location,
  ObjectStore,
  Provider,
  ProviderOptions,
  UrlClaims,
} from "@lade/core/backend";
import type { BackendConfig, SettingTable, ShownSetting } from "@lade/core/settings";
import { systemEnvironment } from "@lade/service/environment";
import { EndpointHealths } from "@lade/service/http";
import { SharedTokens } from "@lade/service/tokens";
import { accountUri } from "./config/account_host.ts";
import { AzureAccounts, checkOptions } from "./config/azure_config.ts";
import { AZURE_SETTINGS } from "./config/azure_settings.ts";
import type { AzureAccount } from "./control/control_plane.ts";
import type { ContainerTarget } from "./containers/containers.ts";
import { azureClient } from "./store/azure_client.ts";
import { AzureStore } from "./store/azure_store.ts";
import {
  type AzureStoreOptions,
  type AzureSurroundings,
  openAccount,
  openAzureStore,
} from "./store/open_azure_store.ts";
import { accountOfUri, parseAzureUri, spellingsOf, splitContainer } from "./uris/azure_location.ts";
import { azureUrls } from "./uris/azure_urls.ts";

/**
 * Makes the provider of `az://HOST/container/key` and of the other forms of it. It remembers which endpoints have answered,
 * and what searches for an identity have found; two providers share nothing.
 */
export function azureProvider(surroundings: AzureSurroundings = {}): Provider {
  return new AzureProvider({ health: new EndpointHealths(), searches: new SharedTokens(), ...surroundings });
}

const NOTHING: BackendConfig = {};

class AzureProvider implements Provider {
  readonly schemes: readonly string[] = ["az", "abfs", "abfss"];
  readonly settingTable: SettingTable = AZURE_SETTINGS;
  readonly urls: UrlClaims;
  readonly #surroundings: AzureSurroundings;
  /** What each configuration says of accounts, with the environment as it was when it was first used. */
  readonly #accounts = new WeakMap<BackendConfig, AzureAccounts>();

  constructor(surroundings: AzureSurroundings) {
    this.#surroundings = surroundings;
    this.urls = azureUrls(surroundings);
  }

  parse(uri: string, config: BackendConfig = NOTHING): Location {
    return parseAzureUri(uri, config, this.#accountsOf(config));
  }

  format({ container, key }: Location): string {
    splitContainer("format", container);
    return key === "" ? `az://${container}` : `az://${container}/${key}`;
  }

  spellings(location: Location): readonly string[] {
    return spellingsOf(location);
  }

  accountOf(uri: string, config: BackendConfig = NOTHING): string | undefined {
    return accountOfUri(uri, config, this.#accountsOf(config));
  }

  async open(container: string, options: ProviderOptions = {}): Promise<ObjectStore> {
    return await openAzureStore(container, this.#options(options));
  }

  async createContainer(container: string, options: ProviderOptions = {}): Promise<void> {
    const { createContainer } = await import("./containers/containers.ts");
    await this.#inContainer("create", container, options, createContainer);
  }

  async deleteContainer(container: string, options: ProviderOptions = {}): Promise<void> {
    const { deleteContainer } = await import("./containers/containers.ts");
    await this.#inContainer("delete", container, options, deleteContainer);
  }

  async *listContainers(options: ListContainersOptions = {}): AsyncGenerator<string, void, void> {
    const { listContainers } = await import("./containers/containers.ts");
    await using account = await this.#account("list", options.account, options);
    const host = account.uri.slice("az://".length);
    for await (const name of listContainers(account, options.signal)) yield `${host}/${name}`;
  }

  async settings(store: ObjectStore): Promise<readonly ShownSetting[]> {
    return store instanceof AzureStore ? await store.settings() : [];
  }

  async *diagnose({ container, key }: Location, options: DiagnoseOptions = {}): AsyncGenerator<Check> {
    const { diagnose } = await import("./doctor/diagnose.ts");
    const { write = false } = options;
    yield* diagnose(container, { ...this.#options(options), prefix: key, write });
  }

  #accountsOf(config: BackendConfig): AzureAccounts {
    const known = this.#accounts.get(config) ??
      new AzureAccounts(checkOptions(config), this.#surroundings.env ?? systemEnvironment);
    this.#accounts.set(config, known);
    return known;
  }

  async #inContainer(
    operation: string,
    name: string,
    options: ProviderOptions,
    act: (target: ContainerTarget, signal?: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { host, container } = splitContainer(operation, name);
    await using account = await this.#account(operation, host, options);
    await act({ ...account, uri: `${account.uri}/${container}`, container }, options.signal);
  }

  async #account(
    operation: string,
    host: string | undefined,
    options: ProviderOptions,
  ): Promise<AzureAccount & AsyncDisposable> {
    const opened = await openAccount(operation, host, this.#options(options));
    options.onSettings?.(await opened.settings());
    const { close, config: { bounds, endpoint }, context } = opened;
    const client = azureClient({ ...opened, endpoint });
    return { client, endpoint, context, bounds, uri: accountUri(endpoint), [Symbol.asyncDispose]: close };
  }

  #options({ signal, config = {}, context, sessions }: ProviderOptions): AzureStoreOptions {
    checkOptions(config);
    return {
      config,
      surroundings: this.#surroundings,
      ...(signal && { signal }),
      ...(context && { context }),
      ...(sessions && { sessions }),
    };
  }
}
