import type { CreateTransportOptions, EndpointHealths, Transport } from "@lade/service/http";
import type { SharedTokens } from "@lade/service/tokens";
import type { Environment, ReadTextFile } from "@lade/service/environment";
import type { S3Credentials } from "../config/s3_credentials.ts";

/** What stores take from outside: everything here has a default. */
export interface S3Surroundings {
  /** Makes the transport of a session; `createTransport` by default. For observers, fault injection and tests. */
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
