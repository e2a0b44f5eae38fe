/**
 * The contract of Lade and everything that works on any store: errors, ranges, the range engine, layers, writers,
 * the memory store.
 *
 * @module
 */
export * from "./backend.ts";
export * from "./operations/mod.ts";
export * from "@lade/codec/checksum";
export * from "./layers/mod.ts";
export * from "./memory/mod.ts";
export * from "./retry/mod.ts";
export * from "./write/with_crc32c.ts";
export * from "./zstd/mod.ts";
