/**
 * What URIs and local paths name: containers, prefixes, objects, directories; and what to say where they name nothing.
 *
 * @module
 */
export * from "./as_prefix.ts";
export * from "./classify_place.ts";
export * from "./local_path.ts";
export * from "./missing.ts";
export * from "./need_content.ts";
export * from "./place.ts";
export * from "./remove_directory.ts";
export * from "./remove_empty_directories.ts";
export * from "./resolve_destination.ts";
export type * from "./uri_calls.ts";
