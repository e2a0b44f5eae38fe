import { type CallOptions, createStoreContext, type StoreContext } from "@lade/core/backend";
import {
  boundTransport,
  createTransport,
  type CreateTransportOptions,
  type EndpointHealths,
  isLoopback,
  type Transport,
} from "@lade/service/http";
import { S3Connection } from "../client/s3_connection.ts";
import { type Environment, systemEnvironment } from "../config/environment.ts";
import { readBundle } from "../config/read_bundle.ts";
import { type ReadTextFile, readTextFile } from "../config/read_text_file.ts";
import { resolveConfig, type S3Config } from "../config/s3_config.ts";
import type { S3Options } from "../config/s3_options.ts";
import type { S3Credentials } from "../config/s3_credentials.ts";
import { CredentialCache } from "../credentials/credential_cache.ts";
import { findCredentials } from "../credentials/find_credentials.ts";
import type { SharedTokens } from "@lade/service/tokens";
import { type BucketName, checkBucket } from "../endpoint/check_bucket.ts";
import { ServiceTraits } from "../service/service_traits.ts";
import { BucketStore } from "./bucket_store.ts";
import type { S3Store } from "./s3_store.ts";

/** How long a store that closes waits for a probe to be over. */
const PROBE_GRACE_MS = 3000;

/** What stores take from outside: everything here has a default. */
export interface S3Surroundings {
  /** Makes the transport of a store; `createTransport` by default. For observers, fault injection and tests. */
  readonly transport?: (options: CreateTransportOptions) => Transport;
  /** The environment; the process's by default. */
  readonly env?: Environment;
  /** Reads the shared AWS files and the CA bundle; from the disk by default. */
  readonly readFile?: ReadTextFile;
  /** Regions of buckets that are known; what is found out is added. Empty by default. */
  readonly regions?: Map<string, string>;
  /** What is known of services, by their endpoint; what is found out is added. Empty by default. */
  readonly traits?: Map<string, object>;
  /** What is known of endpoints, and found out: whether they have answered, and do now. Each store's own by default. */
  readonly health?: EndpointHealths;
  /** Searches for credentials that stores share; each store searches for itself by default. */
  readonly searches?: SharedTokens<S3Credentials>;
}

/** Options of {@linkcode openS3Store}. */
export interface S3StoreOptions extends CallOptions {
  /** Configuration; what is absent comes from the environment and the profile. */
  readonly config?: S3Options;
  /** The clock, random source, byte budget and buffers to use; a context of its own by default. */
  readonly context?: StoreContext;
  /** What stands around the store. */
  readonly surroundings?: S3Surroundings;
}

/** A way to a bucket or to an account, and what closes it. */
export interface OpenedConnection {
  /** The way. */
  readonly connection: S3Connection;
  /** What it shares with others. */
  readonly context: StoreContext;
  /** Closes its connections. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a bucket: `name`, or `name@host:port` for one at an endpoint of its own. No request is made: the first call
 * says whether the bucket is there. Disposing the store closes its connections.
 */
export async function openS3Store(container: string, options: S3StoreOptions = {}): Promise<S3Store> {
  const opened = await openConnection("open", container, checkBucket("open", container), options);
  return new BucketStore({ container, ...opened });
}

/** Opens the way to a bucket, or without one to the account. */
export async function openConnection(
  operation: string,
  container: string,
  name: BucketName | undefined,
  options: S3StoreOptions,
): Promise<OpenedConnection> {
  const { signal, surroundings = {}, context = createStoreContext() } = options;
  const { env = systemEnvironment, readFile = readTextFile, regions = new Map(), traits = new Map() } =
    surroundings;
  signal?.throwIfAborted();
  const config = await configure(name, options);
  const uri = `s3://${container}`;
  const plain = /^http:/i.test(config.endpoint?.value ?? "");
  const certificates = async () =>
    config.caBundle ? [await readBundle({ operation, uri }, config.caBundle, { env, read: readFile })] : [];
  const caCerts = plain ? [] : await certificates();
  signal?.throwIfAborted();
  const known = regions.get(`${config.endpoint?.value ?? ""} ${name?.bucket}`);
  const connection = new S3Connection({
    config,
    bucket: name?.bucket,
    region: known,
    onRegion: (region) => regions.set(`${config.endpoint?.value ?? ""} ${name?.bucket}`, region),
    transport: (surroundings.transport ?? createTransport)({
      ...transportOptions(config, context, caCerts),
      ...(surroundings.health && { health: surroundings.health }),
    }),
    credentials: config.anonymous ? undefined : new CredentialCache(
      findCredentials(config, {
        env,
        read: readFile,
        uri,
        clock: context.clock,
        shared: surroundings.searches,
        web: async (url) => credentialOptions(url, config, context, await certificates()),
      }),
      context.clock,
    ),
    clock: context.clock,
    traits: traitsOf(traits, config, name?.bucket),
    onTrait: (text) => context.onNotice?.({ uri, text }),
  });
  const close = async () => {
    const waiting = new AbortController();
    const grace = context.clock.sleep(PROBE_GRACE_MS, waiting.signal).catch(() => {});
    // A probe removes what it made, which takes the connections.
    await Promise.race([connection.traits.settled(), grace]);
    waiting.abort();
    await connection.transport.close();
  };
  return { connection, context, close };
}

/** One for all buckets of a service. Amazon's is known; only the policies of its buckets differ. */
function traitsOf(
  known: Map<string, object>,
  { endpoint }: S3Config,
  bucket: string | undefined,
): ServiceTraits {
  const key = endpoint?.value ?? ` ${bucket}`;
  const found = known.get(key);
  if (found instanceof ServiceTraits) return found;
  const traits = new ServiceTraits();
  known.set(key, traits);
  return traits;
}

/** The configuration of a bucket, or without one of the account. */
export async function configure(
  name: BucketName | undefined,
  { config = {}, surroundings = {} }: S3StoreOptions,
): Promise<S3Config> {
  const { env = systemEnvironment, readFile: read = readTextFile } = surroundings;
  const own = new Map(
    name?.host === undefined ? [] : [["endpoint", { value: ownEndpoint(name.host), source: "the URI" }]],
  );
  return await resolveConfig(config, { env, read }, own);
}

function ownEndpoint(host: string): string {
  const hostname = host.replace(/:\d+$/, "");
  return `${isLoopback(hostname) ? "http" : "https"}://${host}`;
}

/** Who trusts any certificate of a service does not show tokens and keys to whoever passes for another one. */
function credentialOptions(
  url: string,
  config: S3Config,
  context: StoreContext,
  caCerts: readonly string[],
): CreateTransportOptions {
  const { verifyCertificates = true, ...options } = transportOptions(config, context, caCerts);
  const own = URL.parse(config.endpoint?.value ?? "")?.host === new URL(url).host;
  return { ...options, ...(own && !verifyCertificates ? { verifyCertificates } : {}) };
}

function transportOptions(
  config: S3Config,
  context: StoreContext,
  caCerts: readonly string[],
): CreateTransportOptions {
  const { clock, descriptors, random } = context;
  const verifyCertificates = config.verifySsl || /^http:/i.test(config.endpoint?.value ?? "");
  return {
    kind: config.transport,
    clock,
    random,
    caCerts,
    onDescriptorShortage: () => descriptors.note(),
    ...(verifyCertificates ? {} : { verifyCertificates }),
    ...boundTransport(config.bounds),
  };
}
