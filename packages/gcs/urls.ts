/**
 * The URLs of Google Cloud Storage and of configured endpoints, without the provider.
 *
 * @module
 */
export { gcsUrls } from "./uris/gcs_urls.ts";
