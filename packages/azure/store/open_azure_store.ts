import { type CallOptions, createStoreContext, Sessions, type StoreContext } from "@lade/core/backend";
import { readBundle, readTextFile, systemEnvironment } from "@lade/service/environment";
import { type AzureConfig, resolveAzureConfig } from "../config/azure_config.ts";
import type { AzureOptions } from "../config/azure_options.ts";
import { splitContainer } from "../uris/azure_location.ts";
import { type AzureSession, type AzureSurroundings, leaseSession, showAccount } from "./azure_session.ts";
import { AzureStore } from "./azure_store.ts";

/** Options of {@linkcode openAzureStore}. */
export interface AzureStoreOptions extends CallOptions {
  /** Configuration; what is absent comes from the environment. */
  readonly config?: AzureOptions;
  /** The clock, random source, byte budget and buffers to use; a context of its own by default. */
  readonly context?: StoreContext;
  /** What stands around the store. */
  readonly surroundings?: AzureSurroundings;
  /** The sessions that the store shares in; one of its own by default. */
  readonly sessions?: Sessions;
}

/** An account: what is configured for it, and what its stores share. */
export interface OpenedAccount {
  /** The configuration. */
  readonly config: AzureConfig;
  /** What the stores of the account share. */
  readonly session: AzureSession;
  /** Time and chance. */
  readonly context: StoreContext;
  /** Gives the share back. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a container: `name` in the configured account, or `HOST/name`. No request is made: the first call says whether the
 * container is there. Disposing the store closes its connections, unless others share in its session.
 */
export async function openAzureStore(
  container: string,
  options: AzureStoreOptions = {},
): Promise<AzureStore> {
  const { host, container: name } = splitContainer("open", container);
  const { config, session, context, close } = await openAccount("open", host, options);
  const settings = () => showAccount(config, session);
  return new AzureStore(name, { endpoint: config.endpoint, ...session, config, context, settings, close });
}

/** Opens the account at `HOST` or `HOST/ACCOUNT`, else the configured one. */
export async function openAccount(
  operation: string,
  host: string | undefined,
  { config: given = {}, context = createStoreContext(), surroundings = {}, sessions, signal }:
    AzureStoreOptions,
): Promise<OpenedAccount> {
  signal?.throwIfAborted();
  const { env = systemEnvironment, readFile: read = readTextFile } = surroundings;
  const config = resolveAzureConfig(given, env, host);
  const uri = `az://${config.endpoint.name}`;
  const isPlain = config.endpoint.url.startsWith("http:");
  const { caBundle } = config;
  const certificates = async () =>
    caBundle ? [await readBundle({ operation, uri }, caBundle, { env, read })] : [];
  const caCerts = isPlain ? [] : await certificates();
  signal?.throwIfAborted();
  const own = sessions ?? new Sessions();
  const setup = { config, context, surroundings, env, read, certificates, caCerts, uri };
  const { session, release } = leaseSession(own, setup);
  const close = async () => {
    await release();
    if (!sessions) await own[Symbol.asyncDispose]();
  };
  return { config, session, context, close };
}
