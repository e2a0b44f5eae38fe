import type { Clock } from "@lade/core/backend";
import type { Sourced } from "@lade/core/settings";
import type { WebOptions } from "@lade/service/credentials";
import type { Environment, ReadTextFile } from "@lade/service/environment";
import type { AzureEntraOptions } from "../config/azure_options.ts";

/** What tokens for Blob Storage are for, in every cloud. */
export const STORAGE = "https://storage.azure.com";

/** What an identity is looked for in. */
export interface EntraSurroundings {
  /** What is said for the search. */
  readonly entra: { readonly [name in keyof AzureEntraOptions]?: Sourced<string> };
  /** Host of the blobs, which tells the cloud. */
  readonly host: string;
  /** Whether plain HTTP to other machines is allowed. */
  readonly allowHttp: boolean;
  /** Why a key or signature that is configured does not serve. */
  readonly passedOver?: string | undefined;
  /** The environment. */
  readonly env: Environment;
  /** Reads files. */
  readonly read: ReadTextFile;
  /** What requests are sent with. */
  readonly web: WebOptions;
  /** Time. */
  readonly clock: Clock;
}
