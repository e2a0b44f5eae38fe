/**
 * Formats over any store, by ranges and checked. Each is a subpath with its own imports: `@lade/formats/npy`.
 *
 * @module
 */
export * from "./array/mod.ts";
export * from "./errors/mod.ts";
export * from "./source/mod.ts";
export * from "./table/mod.ts";
export type * from "./registry/format.ts";
