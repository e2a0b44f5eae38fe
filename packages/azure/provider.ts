/**
 * The provider of `az://`, `abfs://` and `abfss://`, and no more; `@lade/azure` has it too.
 *
 * @module
 */
export { azureProvider } from "./azure_provider.ts";
export type { AzureSurroundings } from "./store/open_azure_store.ts";
