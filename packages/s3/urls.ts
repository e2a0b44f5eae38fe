/**
 * The URLs of Amazon S3 and of configured endpoints, without the provider.
 *
 * @module
 */
export { s3Urls, type UrlSources } from "./endpoint/s3_urls.ts";
