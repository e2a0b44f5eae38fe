/**
 * What tells the URLs of Amazon S3 and of endpoints that are configured, without the provider.
 *
 * @module
 */
export { s3Urls, type UrlSources } from "./endpoint/s3_urls.ts";
