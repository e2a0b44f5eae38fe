import { createStoreContext, type ObjectStore, type StoreContext } from "@lade/core/backend";
import type { ShownSetting } from "@lade/core/settings";
import type { BearerToken } from "@lade/service/call";
import { systemEnvironment } from "@lade/service/environment";
import type { CreateTransportOptions, Transport } from "@lade/service/http";
import { type OpenOptions, openSession, type ServiceSurroundings } from "@lade/service/session";
import type { AccountTraits } from "../client/azure_target.ts";
import { accountUri } from "../config/account_host.ts";
import { type AzureConfig, resolveAzureConfig } from "../config/azure_config.ts";
import type { AzureOptions } from "../config/azure_options.ts";
import { type AzureCredential, nameOfIdentity } from "../credentials/azure_credential.ts";
import { findCredential } from "../credentials/find_credential.ts";
import { splitContainer } from "../uris/azure_location.ts";
import { AzureStore } from "./azure_store.ts";

/** What stores take from outside: everything here has a default. */
export type AzureSurroundings = ServiceSurroundings<BearerToken>;

/**
 * Options of {@linkcode openAzureStore}: `config` is who asks whom ({@linkcode AzureOptions}), the rest is for stores that
 * share connections or a clock.
 */
export type AzureStoreOptions = OpenOptions<AzureOptions, AzureSurroundings>;

/** An account: what is configured for it, and what its stores share. */
export interface OpenedAccount {
  /** The configuration. */
  readonly config: AzureConfig;
  /** Connections. */
  readonly transport: Transport;
  /** What requests are authorized with. */
  readonly credential: AzureCredential;
  /** What was found of the account. */
  readonly traits: AccountTraits;
  /** Time and chance. */
  readonly context: StoreContext;
  /** What holds and where it came from, who asks among it. */
  readonly settings: () => Promise<readonly ShownSetting[]>;
  /** Gives the share in the account back. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a container: `name` in the configured account, or `HOST/name`. No request is made: the first call says whether the
 * container is there. Disposing the store closes its connections, unless others share in its session.
 *
 * ```ts
 * import { openAzureStore } from "@lade/azure";
 *
 * await using store = await openAzureStore("photos", { config: { account: "myaccount" } });
 * for await (const { key, size } of store.list("2026/")) console.log(key, size);
 * ```
 */
export async function openAzureStore(
  container: string,
  options: AzureStoreOptions = {},
): Promise<ObjectStore> {
  return await openContainer(container, options);
}

/** Opens a container as a provider knows it again. */
export async function openContainer(container: string, options: AzureStoreOptions): Promise<AzureStore> {
  const { host, container: name } = splitContainer("open", container);
  const opened = await openAccount("open", host, options);
  return new AzureStore(name, { endpoint: opened.config.endpoint, ...opened });
}

/** Opens the account at `HOST` or `HOST/ACCOUNT`, else the configured one; `own` makes a transport of the caller's own. */
export async function openAccount(
  operation: string,
  host: string | undefined,
  { config: given = {}, context = createStoreContext(), surroundings = {}, sessions, signal }:
    AzureStoreOptions,
  own?: (options: CreateTransportOptions) => Transport,
): Promise<OpenedAccount> {
  signal?.throwIfAborted();
  const config = resolveAzureConfig(given, surroundings.env ?? systemEnvironment, host);
  const { endpoint, entra, identity } = config;
  const { session, transportOptions, close } = await openSession({
    ...{ config, context, operation, sessions, signal, surroundings },
    uri: accountUri(endpoint),
    url: endpoint.url,
    key: [
      endpoint.path,
      JSON.stringify([entra, identity]),
      identity?.kind === "credential" && identity.credential,
    ],
    find: (around) => ({
      credential: findCredential(config, { ...around, shared: surroundings.searches }),
      traits: {} as AccountTraits,
    }),
  });
  const { transport, credential: { credential, traits } } = session;
  const settings = async () => {
    // What fails is an error of the first call.
    if (credential.kind === "bearer") await Promise.resolve(credential.tokens.get()).catch(() => {});
    const source = credential.kind === "bearer" ? credential.tokens.current?.source : identity?.source;
    return [...config.shown, { name: "identity", value: nameOfIdentity(credential), source: source ?? "" }];
  };
  const carried = own?.(transportOptions) ?? transport;
  return { config, transport: carried, credential, traits, context, settings, close };
}
