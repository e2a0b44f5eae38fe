/**
 * Azure Blob Storage as object stores: `az://account.blob.core.windows.net/container/key`.
 *
 * The bytes, listings and deletions are authorized here and moved by the transport of `@lade/service/http`; calls on
 * containers, and for keys to sign URLs with, are made by the Azure SDK, which is loaded by the first of them.
 *
 * @module
 */
export type { AzureCredential } from "./credentials/azure_credential.ts";
export { azureProvider } from "./azure_provider.ts";
export type {
  AzureAccessTier,
  AzureBlobOptions,
  AzureEntraOptions,
  AzureOptions,
  AzureTokenSource,
} from "./config/azure_options.ts";
export { AZURE_SETTINGS } from "./config/azure_settings.ts";
export { type AzureStoreOptions, type AzureSurroundings, openAzureStore } from "./store/open_azure_store.ts";
export { type AzureDiagnoseOptions, diagnose } from "./doctor/diagnose.ts";
