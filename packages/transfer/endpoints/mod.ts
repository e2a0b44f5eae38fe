/**
 * What was learned of endpoints, kept for the next process.
 *
 * @module
 */
export { cacheDirectory } from "../places/cache_directory.ts";
export * from "./endpoint_file.ts";
