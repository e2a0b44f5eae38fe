import type { SessionLease, Sessions, StoreContext } from "@lade/core/backend";
import {
  configuredTransport,
  createTransport,
  type CreateTransportOptions,
  type Transport,
} from "@lade/service/http";
import type { Environment, ReadTextFile } from "@lade/service/environment";
import type { S3Config } from "../config/s3_config.ts";
import { CredentialCache } from "../credentials/credential_cache.ts";
import { findCredentials, searchKey } from "../credentials/find_credentials.ts";
import type { S3Surroundings } from "./s3_surroundings.ts";

/** What the stores of one account at one endpoint share. */
export interface S3Session extends AsyncDisposable {
  /** Connections and the budget of retries. */
  readonly transport: Transport;
  /** The credentials; absent for anonymous requests. */
  readonly credentials: CredentialCache | undefined;
  /** The URI that errors of the search for credentials name: that of the store which opened the session. */
  readonly uri: string;
}

/** What an {@linkcode S3Session} is opened for. */
export interface S3SessionSetup {
  /** The configuration. */
  readonly config: S3Config;
  /** What the store shares with others. */
  readonly context: StoreContext;
  /** What stands around the store. */
  readonly surroundings: S3Surroundings;
  /** The environment. */
  readonly env: Environment;
  /** Reads the shared files. */
  readonly read: ReadTextFile;
  /** Reads the certificates that are trusted besides the system's. */
  readonly certificates: () => Promise<readonly string[]>;
  /** Those of the service. */
  readonly caCerts: readonly string[];
  /** The store's URI. */
  readonly uri: string;
}

/** Takes a share in the session of an account at an endpoint. */
export function leaseSession(sessions: Sessions, setup: S3SessionSetup): SessionLease<S3Session> {
  const { config, context, surroundings, caCerts } = setup;
  const { allowHttp, anonymous, bounds, credentials, endpoint, transport } = config;
  const keys = credentials?.value;
  const identity = typeof keys === "object"
    ? JSON.stringify([keys.accessKeyId, keys.secretAccessKey, keys.sessionToken, keys.expiration])
    : keys;
  return sessions.lease([
    surroundings,
    context,
    endpoint?.value,
    JSON.stringify([allowHttp, anonymous, bounds, transport, verifies(config), ...caCerts]),
    searchKey(config),
    identity,
  ], () => openSession(setup));
}

function openSession(setup: S3SessionSetup): S3Session {
  const { config, context, surroundings, env, read, certificates, caCerts, uri } = setup;
  const transport = (surroundings.transport ?? createTransport)({
    ...transportOptions(config, context, caCerts),
    ...(surroundings.health && { health: surroundings.health }),
  });
  const credentials = config.anonymous ? undefined : new CredentialCache(
    findCredentials(config, {
      env,
      read,
      uri,
      clock: context.clock,
      shared: surroundings.searches,
      web: async (url) => credentialOptions(url, config, context, await certificates()),
    }),
    context.clock,
  );
  return { transport, credentials, uri, [Symbol.asyncDispose]: () => transport.close() };
}

/** With `verifySsl` off, only the endpoint itself goes unverified, not the services that give keys. */
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

/** The options of a transport that does as the configuration says. */
export function transportOptions(
  config: S3Config,
  context: StoreContext,
  caCerts: readonly string[],
): CreateTransportOptions {
  return configuredTransport(config, context, caCerts, config.endpoint?.value);
}

function verifies({ endpoint, verifySsl }: S3Config): boolean {
  return verifySsl || /^http:/i.test(endpoint?.value ?? "");
}
