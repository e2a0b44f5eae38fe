/**
 * The errors of every store: catch by class or by `code`.
 *
 * @module
 */
export * from "./store_error.ts";
export * from "./errors.ts";
