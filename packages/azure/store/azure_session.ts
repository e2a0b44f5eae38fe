import type { SessionLease, Sessions, StoreContext } from "@lade/core/backend";
import type { ShownSetting } from "@lade/core/settings";
import type { BearerToken } from "@lade/service/call";
import type { Environment, ReadTextFile } from "@lade/service/environment";
import {
  configuredTransport,
  createTransport,
  type CreateTransportOptions,
  type EndpointHealths,
  type Transport,
} from "@lade/service/http";
import type { SharedTokens } from "@lade/service/tokens";
import type { AccountTraits } from "../client/azure_target.ts";
import type { AzureConfig } from "../config/azure_config.ts";
import { type AzureCredential, identityOf } from "../credentials/azure_credential.ts";
import { findCredential } from "../credentials/find_credential.ts";

/** What stores take from outside: everything here has a default. */
export interface AzureSurroundings {
  /** Makes the transport of a session; `createTransport` by default. For observers, fault injection and tests. */
  readonly transport?: (options: CreateTransportOptions) => Transport;
  /** The environment; the process's by default. */
  readonly env?: Environment;
  /** Reads the CA bundle and files of tokens; from the disk by default. */
  readonly readFile?: ReadTextFile;
  /** What is known of endpoints, and found out: whether they have answered, and do now. Each store's own by default. */
  readonly health?: EndpointHealths;
  /** Searches for an identity that accounts share; each account searches for itself by default. */
  readonly searches?: SharedTokens<BearerToken>;
}

/** What the stores of one account share. */
export interface AzureSession extends AsyncDisposable {
  /** Connections and the budget of retries. */
  readonly transport: Transport;
  /** What requests are authorized with. */
  readonly credential: AzureCredential;
  /** What was found of the account. */
  readonly traits: AccountTraits;
}

/** What a session is opened for. */
export interface AzureSessionSetup {
  /** The configuration. */
  readonly config: AzureConfig;
  /** Time and chance. */
  readonly context: StoreContext;
  /** What stands around the store. */
  readonly surroundings: AzureSurroundings;
  /** The environment. */
  readonly env: Environment;
  /** Reads files. */
  readonly read: ReadTextFile;
  /** Reads the certificates that are trusted besides the system's. */
  readonly certificates: () => Promise<readonly string[]>;
  /** Those of the service. */
  readonly caCerts: readonly string[];
  /** The account's URI. */
  readonly uri: string;
}

/** Takes a share in the session of an account, as it is asked by one identity over one kind of connections. */
export function leaseSession(sessions: Sessions, setup: AzureSessionSetup): SessionLease<AzureSession> {
  const { config, context, surroundings, env, read, certificates, caCerts, uri } = setup;
  const { allowHttp, bounds, endpoint, entra, identity, transport, verifySsl } = config;
  const said = identity?.kind === "credential" ? identity.credential : JSON.stringify(identity);
  const ways = [allowHttp, bounds, endpoint, entra, transport, verifySsl, ...caCerts];
  return sessions.lease([surroundings, context, said, JSON.stringify(ways)], () => {
    const made = (surroundings.transport ?? createTransport)({
      ...configuredTransport(config, context, caCerts, endpoint.url),
      ...(surroundings.health && { health: surroundings.health }),
    });
    // With `verifySsl` off only the account itself goes unverified, not who gives tokens.
    const verified = { ...config, verifySsl: true };
    const web = async (url: string) => configuredTransport(verified, context, await certificates(), url);
    const { clock } = context;
    const credential = findCredential(config, { env, read, web, clock, uri, shared: surroundings.searches });
    return { transport: made, credential, traits: {}, [Symbol.asyncDispose]: () => made.close() };
  });
}

/** What holds for an account and where it came from, who asks among it. */
export async function showAccount(
  { shown, identity }: AzureConfig,
  { credential }: AzureSession,
): Promise<readonly ShownSetting[]> {
  // What fails is an error of the first call.
  if (credential.kind === "bearer") await Promise.resolve(credential.tokens.get()).catch(() => {});
  const found = credential.kind === "bearer" ? credential.tokens.current?.source : undefined;
  return [...shown, {
    name: "identity",
    value: identityOf(credential),
    source: found ?? identity?.source ?? "",
  }];
}
