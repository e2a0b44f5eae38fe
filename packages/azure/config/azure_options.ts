import type { ConnectionOptions } from "@lade/service/settings";

/** Gives tokens of Entra ID, as the credentials of `@azure/identity` do. */
export interface AzureTokenSource {
  /** Gets a token for a scope, such as `https://storage.azure.com/.default`. */
  getToken(
    scope: string | string[],
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** How a blob is kept: the dearer, the quicker it is there. */
export type AzureAccessTier = "Hot" | "Cool" | "Cold" | "Archive";

/** What holds for the blobs that a store writes and reads. */
export interface AzureBlobOptions {
  /** Bytes of a block; 8 MiB by default. It grows where 50,000 blocks would not do. */
  readonly blockSize?: number;
  /** Objects of more bytes than this are sent in blocks; the block size by default. */
  readonly threshold?: number;
  /** Blocks on their way at most, over all uploads of a store; found by measuring (`"auto"`) by default. */
  readonly uploadConcurrency?: number | "auto";
  /** The tier of what is written; the account's by default. */
  readonly accessTier?: AzureAccessTier;
  /** The encryption scope of what is written; the container's by default. */
  readonly encryptionScope?: string;
  /** Tags given to every blob that is written. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Keeps the CRC-32C of what is written as metadata of the blob; true by default. */
  readonly storedChecksum?: boolean;
  /** Compares checksums of downloads; true by default. */
  readonly verifyDownloads?: boolean;
}

/** What is said for the search in Entra ID. */
export interface AzureEntraOptions {
  /** Tenant: else `AZURE_TENANT_ID`. */
  readonly tenantId?: string;
  /** Application or managed identity: else `AZURE_CLIENT_ID`. */
  readonly clientId?: string;
  /** Secret of the application: else `AZURE_CLIENT_SECRET`. */
  readonly clientSecret?: string;
  /** File of the token of a workload identity: else `AZURE_FEDERATED_TOKEN_FILE`. */
  readonly federatedTokenFile?: string;
  /** Where tokens are given: else `AZURE_AUTHORITY_HOST`, `https://login.microsoftonline.com`. */
  readonly authorityHost?: string;
}

/**
 * Configuration of `az://`, by name. What is absent comes from the environment; for the bounds see `docs/bounds.md`. Key,
 * signature and connection string serve the account alone that they are given with.
 */
export interface AzureOptions extends ConnectionOptions, AzureBlobOptions, AzureEntraOptions {
  /** The account of URIs that name none: else `AZURE_STORAGE_ACCOUNT`, that of connection string or endpoint. */
  readonly account?: string;
  /** Base URL of the account's blobs, with the account in its path at an emulator: else `AZURE_STORAGE_ENDPOINT`. */
  readonly endpoint?: string;
  /** Asks Azurite on this machine, with its own account and key: else `AZURE_STORAGE_USE_EMULATOR`. */
  readonly useEmulator?: boolean;
  /** Account, endpoint and key or signature in one text: else `AZURE_STORAGE_CONNECTION_STRING`. */
  readonly connectionString?: string;
  /** Key of the account, in base64: else `AZURE_STORAGE_KEY`. */
  readonly accountKey?: string;
  /** A shared access signature, with or without the `?` before it: else `AZURE_STORAGE_SAS_TOKEN`. */
  readonly sasToken?: string;
  /** Gives tokens of Entra ID, such as a `DefaultAzureCredential` of `@azure/identity`. */
  readonly credential?: AzureTokenSource;
}
