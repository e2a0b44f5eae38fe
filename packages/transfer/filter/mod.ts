/**
 * Which objects are meant: globs, regular expressions, sizes, times and lists of names.
 *
 * @module
 */
export * from "./create_filter.ts";
export * from "./glob.ts";
export { type Meant, meantBelow } from "./meant_below.ts";
export * from "./object_filter.ts";
export * from "./read_names.ts";
export * from "./split_glob.ts";
export * from "./unknown_meta.ts";
