import type { CallOptions, Sessions, StoreContext } from "@lade/core/backend";
import type { Environment, ReadTextFile } from "../environment/mod.ts";
import type { CreateTransportOptions, EndpointHealths, Transport } from "../http/mod.ts";
import type { SharedTokens, Token } from "../tokens/mod.ts";

/** What stores take from outside: everything here has a default. */
export interface ServiceSurroundings<T extends Token = Token> {
  /** Makes the transport of a session; `createTransport` by default. For observers, fault injection and tests. */
  readonly transport?: (options: CreateTransportOptions) => Transport;
  /** The environment; the process's by default. */
  readonly env?: Environment;
  /** Reads files of settings, tokens and certificates; from the disk by default. */
  readonly readFile?: ReadTextFile;
  /** What is known of endpoints, and found out: whether they have answered, and do now. Each store's own by default. */
  readonly health?: EndpointHealths;
  /** Searches for credentials that stores share; each store searches for itself by default. */
  readonly searches?: SharedTokens<T>;
}

/** Options by which a store is opened. */
export interface OpenOptions<Config, Surroundings> extends CallOptions {
  /** Configuration; what is absent comes from the environment and, where there is one, the profile. */
  readonly config?: Config;
  /** The clock, random source, byte budget and buffers to use; a context of its own by default. */
  readonly context?: StoreContext;
  /** What stands around the store. */
  readonly surroundings?: Surroundings;
  /** The sessions that the store shares in; one of its own by default. */
  readonly sessions?: Sessions;
}
