/**
 * Checksums of objects: computed from their bytes, made again as services make those of parts, and remembered.
 *
 * @module
 */
export { cacheDirectory } from "../places/cache_directory.ts";
export type * from "./checksum_cache.ts";
export { base64ToHex } from "./etag_form.ts";
export * from "./hash_object.ts";
export * from "./open_checksum_cache.ts";
export * from "./read_through.ts";
export * from "./stream_sums.ts";
export * from "./sum_lines.ts";
