/**
 * Text for people: without what deceives a terminal, and without secrets.
 *
 * @module
 */
export * from "./printable.ts";
export * from "./redact_secrets.ts";
export * from "./near_uri.ts";
export * from "./format_size.ts";
