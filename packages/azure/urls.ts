/**
 * The URLs of Azure Blob Storage and of configured endpoints, without the provider.
 *
 * @module
 */
export { azureUrls } from "./uris/azure_urls.ts";
