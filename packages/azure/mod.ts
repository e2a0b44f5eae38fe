/**
 * Azure Blob Storage as object stores: `az://account.blob.core.windows.net/container/key`.
 *
 * The bytes, listings and deletions are authorized here and moved by the transport of `@lade/service/http`.
 *
 * @module
 */
export type { AzureCredential } from "./credentials/azure_credential.ts";
export { type AzureStoreOptions, openAzureStore } from "./store/azure_store.ts";
