/**
 * What is wrong with an object of a format.
 *
 * @module
 */
export * from "./format_error.ts";
