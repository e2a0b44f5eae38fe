import type { Bounds } from "@lade/core/bounds";
import type { Authorizer, ServiceClient, ServiceTime } from "@lade/service/call";
import { encodePath, encodeStrict } from "@lade/service/http";
import type { ServiceTarget } from "@lade/service/store";
import type { AzureEndpoint } from "../config/account_host.ts";

/** A container, and the way to it: what every call takes first. */
export interface AzureTarget extends ServiceTarget {
  /** The way. */
  readonly client: ServiceClient;
  /** Makes what authorizes the requests within a batch. */
  readonly batchAuthorizer: () => Authorizer;
  /** The service's time. */
  readonly time: ServiceTime;
  /** What was found of the account. */
  readonly traits: AccountTraits;
  /** Where it leads. */
  readonly endpoint: AzureEndpoint;
  /** Name of the container. */
  readonly container: string;
  /** How blobs are written and read. */
  readonly config: BlobWriteConfig;
}

/** What is found of an account while it is used. */
export interface AccountTraits {
  /** It takes batches of deletions from who asks; unknown where absent. */
  takesBatches?: boolean;
  /** Ways to copy that it does not know. */
  refusedCopies?: ReadonlySet<string>;
  /** Its blobs lie in directories: it has a hierarchical namespace. */
  hasDirectories?: boolean;
}

/** How blobs are written and read. */
export interface BlobWriteConfig {
  /** Bytes of a block. */
  readonly blockSize: number;
  /** Objects of more bytes go in blocks. */
  readonly threshold: number;
  /** Whether the CRC-32C of a blob is kept with it. */
  readonly storedChecksum: boolean;
  /** Whether what is read is compared with the checksums that the service has of it. */
  readonly verifyDownloads: boolean;
  /** The tier of what is given none. */
  readonly accessTier?: string;
  /** The scope by whose key blobs are encrypted; the container's where absent. */
  readonly encryptionScope?: string;
  /** Tags of every blob. */
  readonly tags: Readonly<Record<string, string>>;
  /** How long is waited. */
  readonly bounds: Bounds;
}

/** The path of a blob, or of the container. */
export function pathOf(
  { endpoint, container }: Pick<AzureTarget, "endpoint" | "container">,
  key?: string,
): string {
  const root = `${endpoint.path}/${encodeStrict(container)}`;
  return key === undefined ? root : `${root}/${encodePath(key)}`;
}
