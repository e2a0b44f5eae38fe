import type { Capabilities, Support } from "@lade/core/backend";
import { defaultBounds } from "@lade/core/bounds";
import type { ShownSetting } from "@lade/core/settings";
import { ServiceTime } from "@lade/service/call";
import type { ServiceFault } from "@lade/service/errors";
import type { TransportResponse } from "@lade/service/http";
import { serviceTarget } from "@lade/service/store";
import type { AccountTraits, BlobWriteConfig } from "../client/azure_target.ts";
import { hasAnyway } from "../client/version_query.ts";
import { accountUri } from "../config/account_host.ts";
import type { AuthorizedTarget } from "../credentials/authorized_target.ts";
import { authorizerOf } from "../credentials/authorizer_of.ts";
import { azureKeyFault, azureMetadataNameFault } from "../names/azure_key_fault.ts";
import { azureClient, type AzureClientSetup } from "./azure_client.ts";

/** What the target of a container is made of. */
export interface AzureTargetSetup extends AzureClientSetup {
  /** How blobs are written, in blocks of 8 MiB, smaller ones at once, with their checksum kept; and how long is waited. */
  readonly config?: Partial<BlobWriteConfig> & { readonly uploadConcurrency?: number | "auto" };
  /** What was found of the account; nothing by default. */
  readonly traits?: AccountTraits;
  /** What is configured, and who asks; nothing by default. */
  readonly settings?: () => Promise<readonly ShownSetting[]>;
}

/** Makes the target of a container, or without its name of the account; it finds out with the answers what the account can do. */
export function azureTargetOf(container: string, setup: AzureTargetSetup): AuthorizedTarget {
  const { endpoint, credential, context, config = {}, traits = {}, settings } = setup;
  const { blockSize = 2 ** 23, bounds = defaultBounds, uploadConcurrency } = config;
  const capabilities: Capabilities & { versions: Support } = {
    attributes: true,
    expires: false,
    setAttributes: true,
    // Tags and directories exclude each other.
    get tags() {
      return traits.hasDirectories === undefined ? "unknown" : !traits.hasDirectories;
    },
    modificationTime: false,
    storageClass: true,
    createOnly: true,
    compareAndSwap: true,
    conditionalDelete: true,
    conditionalCopy: true,
    versions: "unknown",
    resumableWrites: true,
    get atomicRename() {
      return traits.hasDirectories ?? "unknown";
    },
    presign: credential.kind === "sharedKey" || credential.kind === "bearer",
  };
  // What names a version shows that the account keeps them, a write that does not shows that it keeps none.
  const onAnswer = ({ status, headers }: TransportResponse) => {
    if (headers.has("x-ms-resource-type")) traits.hasDirectories = true;
    // Its owner may begin to keep them at any time.
    if (headers.has("x-ms-version-id")) capabilities.versions = true;
    else if (capabilities.versions === "unknown" && status === 201 && headers.has("etag")) {
      capabilities.versions = false;
    }
  };
  const onFault = ({ code }: ServiceFault) => {
    if (code === "FeatureNotYetSupportedForHierarchicalNamespaceAccounts") traits.hasDirectories = true;
  };
  const time = new ServiceTime(context.clock);
  const client = azureClient({ ...setup, patienceMs: bounds.patienceMs, onAnswer, onFault, time });
  return {
    ...serviceTarget({
      uri: accountUri(endpoint) + (container && `/${container}`),
      url: endpoint.url,
      openAhead: client.openAhead,
      capabilities,
      context,
      figures: client.figures,
      hedges: setup.transport?.hedges,
      bounds,
      uploadConcurrency,
      partSize: blockSize,
      keyFault: azureKeyFault,
      metadataNameFault: azureMetadataNameFault,
      hasAnyway,
      ...(settings && { settings }),
    }),
    ...{ credential, container, endpoint, time, traits },
    client,
    batchAuthorizer: authorizerOf(credential, context, { inBatch: true, time }),
    config: {
      ...{ blockSize, threshold: blockSize, storedChecksum: true, verifyDownloads: true, tags: {}, bounds },
      ...config,
    },
  };
}
