import { createStoreContext, type ObjectStore, type StoreContext } from "@lade/core/backend";
import type { ShownSetting } from "@lade/core/settings";
import { systemEnvironment } from "@lade/service/environment";
import type { CreateTransportOptions, Transport } from "@lade/service/http";
import { type OpenOptions, openSession, type ServiceSurroundings } from "@lade/service/session";
import type { GcsTraits } from "../client/gcs_target.ts";
import { type GcsConfig, resolveGcsConfig } from "../config/gcs_config.ts";
import type { GcsOptions } from "../config/gcs_options.ts";
import { findCredential } from "../credentials/find_credential.ts";
import { type GcsCredential, type GcsToken, shownIdentity } from "../credentials/gcs_credential.ts";
import { checkBucket } from "../uris/gcs_location.ts";
import { GcsStore } from "./gcs_store.ts";
import type { GcsTargetSetup } from "./gcs_target_of.ts";

/** What stores take from outside: everything here has a default. */
export type GcsSurroundings = ServiceSurroundings<GcsToken>;

/**
 * Options of {@linkcode openGcsStore}: `config` is who asks whom ({@linkcode GcsOptions}), the rest is for stores that share
 * connections or a clock.
 */
export type GcsStoreOptions = OpenOptions<GcsOptions, GcsSurroundings>;

/** The service: what is configured for it, and what its stores share. */
export interface OpenedService {
  /** The configuration. */
  readonly config: GcsConfig;
  /** Whether the service is Google's own. */
  readonly isGoogle: boolean;
  /** Base URL. */
  readonly url: string;
  /** Connections. */
  readonly transport: Transport;
  /** What requests are authorized with. */
  readonly credential: GcsCredential;
  /** What was found of the endpoint. */
  readonly traits: GcsTraits;
  /** Time and chance. */
  readonly context: StoreContext;
  /** What holds and where it came from, who asks among it. */
  readonly settings: () => Promise<readonly ShownSetting[]>;
  /** Gives the share in the session back. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a bucket. No request is made: the first call says whether the bucket is there. Disposing the store closes its
 * connections, unless others share in its session.
 *
 * ```ts
 * import { openGcsStore } from "@lade/gcs";
 *
 * await using store = await openGcsStore("photos");
 * for await (const { key, size } of store.list("2026/")) console.log(key, size);
 * ```
 */
export async function openGcsStore(bucket: string, options: GcsStoreOptions = {}): Promise<ObjectStore> {
  return await openBucket(bucket, options);
}

/** Opens a bucket as a provider knows it again. */
export async function openBucket(bucket: string, options: GcsStoreOptions): Promise<GcsStore> {
  checkBucket("open", bucket);
  const { config, ...opened } = await openService("open", bucket, options);
  return new GcsStore(bucket, { ...opened, config: setupOf(config) });
}

/** How objects are written and read, of what is configured. */
export function setupOf(
  { project, userProject, ...config }: GcsConfig,
): NonNullable<GcsTargetSetup["config"]> {
  return {
    ...config,
    ...(project && { project: project.value }),
    ...(userProject && { userProject: userProject.value }),
  };
}

/** Opens the way to the service; `own` makes a transport of the caller's own. */
export async function openService(
  operation: string,
  bucket: string,
  { config: given = {}, context = createStoreContext(), surroundings = {}, sessions, signal }:
    GcsStoreOptions,
  own?: (options: CreateTransportOptions) => Transport,
): Promise<OpenedService> {
  signal?.throwIfAborted();
  const config = resolveGcsConfig(given, surroundings.env ?? systemEnvironment);
  const { anonymous, accessToken, credentialsFile, endpoint, impersonateServiceAccount } = config;
  const { session, transportOptions, close } = await openSession({
    ...{ config, context, operation, sessions, signal, surroundings },
    uri: `gs://${bucket}`,
    url: endpoint.url,
    key: [JSON.stringify([anonymous, accessToken, credentialsFile, impersonateServiceAccount])],
    find: (around) => ({
      credential: findCredential(config, { ...around, shared: surroundings.searches }),
      traits: {
        ...(endpoint.isGoogle && { givesXml: true, takesParts: true, takesBatches: true, moves: true }),
      } as GcsTraits,
    }),
  });
  const { transport, credential: { credential, traits } } = session;
  const settings = async () => {
    // What fails is an error of the first call.
    if (credential.kind === "bearer") await Promise.resolve(credential.tokens.get()).catch(() => {});
    return [...config.shown, shownIdentity(credential, config.shown)];
  };
  const carried = own?.(transportOptions) ?? transport;
  const { isGoogle, url } = endpoint;
  return { config, isGoogle, url, transport: carried, credential, traits, context, settings, close };
}
