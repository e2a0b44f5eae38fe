import { HedgeBudget } from "@lade/core/concurrency";
import { type Clock, Sessions, type StoreContext } from "@lade/core/backend";
import type { WebOptions } from "../credentials/mod.ts";
import {
  type Environment,
  readBundle,
  type ReadTextFile,
  readTextFile,
  systemEnvironment,
} from "../environment/mod.ts";
import {
  configuredTransport,
  createTransport,
  type CreateTransportOptions,
  type Transport,
} from "../http/mod.ts";
import type { ConnectionConfig } from "../settings/mod.ts";
import type { ServiceSurroundings } from "./service_surroundings.ts";

/** What credentials are looked for in. */
export interface CredentialSurroundings {
  /** The environment. */
  readonly env: Environment;
  /** Reads files. */
  readonly read: ReadTextFile;
  /** What requests for credentials are sent with. */
  readonly web: WebOptions;
  /** Time. */
  readonly clock: Clock;
  /** The URI that messages name. */
  readonly uri: string;
}

/** What the stores of one account at one endpoint share. */
export interface ServiceSession<C> extends AsyncDisposable {
  /** Connections and the budget of retries. */
  readonly transport: Transport;
  /** What requests are authorized with. */
  readonly credential: C;
  /** The URI that errors of the search for credentials name: that of the store which opened the session. */
  readonly uri: string;
}

/** What a session is opened for. */
export interface SessionSetup<C> {
  /** How the service is connected to. */
  readonly config: ConnectionConfig;
  /** Base URL of the service; absent where it is not known yet, and by TLS. */
  readonly url: string | undefined;
  /** What tells accounts and identities apart: texts by value, objects by identity. */
  readonly key: readonly unknown[];
  /** Finds what requests are authorized with; called once for all stores of the session, and without I/O. */
  readonly find: (around: CredentialSurroundings) => C;
  /** What is done, for messages. */
  readonly operation: string;
  /** To what it is done. */
  readonly uri: string;
  /** What the store shares with others. */
  readonly context: StoreContext;
  /** What stands around the store. */
  readonly surroundings: Omit<ServiceSurroundings, "searches">;
  /** The sessions to share in; the caller's own by default. */
  readonly sessions?: Sessions | undefined;
  /** Ends the reading of files. */
  readonly signal?: AbortSignal | undefined;
}

/** A share in a session. */
export interface OpenedSession<C> {
  /** What is shared. */
  readonly session: ServiceSession<C>;
  /** How its transport was made, for one of a caller's own. */
  readonly transportOptions: CreateTransportOptions;
  /** Gives the share back. */
  readonly close: () => Promise<void>;
}

/**
 * Takes a share in the session of an account, by its identity and by how the service is connected to. A CA bundle that is
 * missing or damaged is a `TypeError`. With `verifySsl` off only the service's host goes unverified, not those that give
 * credentials.
 */
export async function openSession<C>(setup: SessionSetup<C>): Promise<OpenedSession<C>> {
  const { config, context, find, key, operation, sessions = new Sessions(), signal, surroundings, uri, url } =
    setup;
  const { env = systemEnvironment, health, readFile: read = readTextFile } = surroundings;
  const { allowHttp, bounds, caBundle, lanes, transport, verifySsl } = config;
  const certificates = async () =>
    caBundle ? [await readBundle({ operation, uri }, caBundle, { env, read })] : [];
  const caCerts = /^http:/i.test(url ?? "") ? [] : await certificates();
  signal?.throwIfAborted();
  const transportOptions = {
    ...configuredTransport(config, context, caCerts, url),
    ...(health && { health }),
  };
  const open = () => {
    const hedges = config.hedging ? new HedgeBudget(context.clock) : undefined;
    const made = (surroundings.transport ?? createTransport)({
      ...transportOptions,
      ...(hedges && { hedges }),
    });
    const own = URL.parse(url ?? "")?.host;
    const web = async (asked: string) => {
      const { endpointAddresses: _, ...elsewhere } = { ...config, verifySsl: true };
      const isOwn = new URL(asked).host === own;
      return configuredTransport(isOwn ? config : elsewhere, context, await certificates(), asked);
    };
    const credential = find({ env, read, web, clock: context.clock, uri });
    return { transport: made, credential, uri, [Symbol.asyncDispose]: () => made.close() };
  };
  const how = [allowHttp, bounds, config.endpointAddresses, config.hedging, lanes, transport, verifySsl];
  const ways = JSON.stringify([...how, ...caCerts]);
  const { session, release } = sessions.lease([surroundings, context, url, ways, ...key], open);
  const close = async () => {
    await release();
    if (!setup.sessions) await sessions[Symbol.asyncDispose]();
  };
  return { session, transportOptions, close };
}
