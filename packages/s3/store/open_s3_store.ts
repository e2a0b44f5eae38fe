import { createStoreContext } from "@lade/core/backend";
import { type CreateTransportOptions, isLoopback, type Transport, TransportShare } from "@lade/service/http";
import { readTextFile, systemEnvironment } from "@lade/service/environment";
import { type OpenOptions, openSession } from "@lade/service/session";
import { S3Connection } from "../wire/s3_connection.ts";
import { resolveConfig, type S3Config } from "../config/s3_config.ts";
import type { Sourced } from "@lade/core/settings";
import type { S3Options } from "../config/s3_options.ts";
import { CredentialCache } from "../credentials/credential_cache.ts";
import { findCredentials, searchKey } from "../credentials/find_credentials.ts";
import { SharedCredentials } from "../credentials/shared_credentials.ts";
import { amazonHost } from "../endpoint/amazon_host.ts";
import { type BucketName, checkBucket } from "../endpoint/check_bucket.ts";
import { URL_SOURCE } from "../endpoint/s3_urls.ts";
import { ServiceTraits } from "../traits/service_traits.ts";
import { BucketStore } from "./bucket_store.ts";
import type { S3Surroundings } from "./s3_surroundings.ts";
import type { OpenedConnection } from "./s3_target.ts";
import type { S3Store } from "./s3_store.ts";

/** How long a store that closes waits for a probe to be over. */
const PROBE_GRACE_MS = 3000;

/** Options of {@linkcode openS3Store}. */
export type S3StoreOptions = OpenOptions<S3Options, S3Surroundings>;

/** Options of {@linkcode openConnection}. */
export interface ConnectionOptions extends S3StoreOptions {
  /** Makes a transport of the connection's own; that of the session by default. */
  readonly transport?: (options: CreateTransportOptions) => Transport;
}

/**
 * Opens a bucket: `name`, or `name@host:port` for one at an endpoint of its own. No request is made: the first call
 * says whether the bucket is there. Disposing the store closes its connections, unless others share in its session.
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
  options: ConnectionOptions,
): Promise<OpenedConnection> {
  const { signal, sessions, surroundings = {}, context = createStoreContext(), transport: own } = options;
  const { regions = new Map(), traits = new Map(), searches } = surroundings;
  signal?.throwIfAborted();
  const config = await configure(name, options);
  const uri = `s3://${container}`;
  const { session, transportOptions, close: closeSession } = await openSession({
    ...{ config, context, operation, sessions, signal, surroundings, uri },
    url: config.endpoint?.value,
    key: [config.anonymous, searchKey(config), identityKey(config)],
    find: (around) =>
      config.anonymous
        ? undefined
        : new CredentialCache(findCredentials(config, { ...around, shared: searches }), context.clock),
  });
  const place = `${config.endpoint?.value ?? ""} ${name?.bucket}`;
  // Other stores of the bucket begin there too.
  if (config.region.source === URL_SOURCE && !regions.has(place)) regions.set(place, config.region.value);
  const connection = new S3Connection({
    probe: async (...asked) => (await import("../probe/probe_condition.ts")).probeCondition(...asked),
    config,
    bucket: name?.bucket,
    region: regions.get(place),
    onRegion: (region) => regions.set(place, region),
    transport: own ? own(transportOptions) : new TransportShare(session.transport),
    credentials: session.credential && new SharedCredentials(session.credential, session.uri, uri),
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
    await closeSession();
  };
  return { connection, context, close };
}

/** What tells keys that were given apart. */
function identityKey({ credentials }: S3Config): unknown {
  const keys = credentials?.value;
  if (typeof keys !== "object") return keys;
  return JSON.stringify([keys.accessKeyId, keys.secretAccessKey, keys.sessionToken, keys.expiration]);
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
  const source = "the URI";
  const own = new Map<string, Sourced<string>>();
  if (name?.host !== undefined) own.set("endpoint", { value: ownEndpoint(name.host), source });
  const region = name?.host && amazonHost(name.host.toLowerCase())?.region;
  if (region) own.set("region", { value: region, source });
  return await resolveConfig(config, { env, read }, own);
}

function ownEndpoint(host: string): string {
  const hostname = host.replace(/:\d+$/, "");
  return `${isLoopback(hostname) ? "http" : "https"}://${host}`;
}
