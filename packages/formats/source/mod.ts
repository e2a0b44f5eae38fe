/**
 * One version of an object as bytes at offsets, which is what every format here reads.
 *
 * @module
 */
export * from "./byte_source.ts";
export * from "./decompress.ts";
export * from "./bytes_source.ts";
export * from "./object_source.ts";
export * from "./source_window.ts";
export * from "./open_source.ts";
export { decompressedSource, type DecompressedSourceOptions } from "./decompressed_source.ts";
export * from "./piped_bytes.ts";
