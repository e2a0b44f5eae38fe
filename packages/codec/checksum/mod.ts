/**
 * CRC-32C and CRC-64/NVME: of bytes, combined, and as text. `@lade/core` has them too.
 *
 * @module
 */
export { combineCrc32, crc32, crc32ToBase64 } from "./crc32.ts";
export * from "./crc32c.ts";
export * from "./crc32c_text.ts";
export * from "./combine_crc32c.ts";
export * from "./crc64nvme.ts";
export * from "./crc64nvme_text.ts";
export * from "./combine_crc64nvme.ts";
export * from "./combinable_checksum.ts";
export * from "./checksums_of.ts";
export { crc32cOfPosted, crc32cToPost } from "./checksum_elsewhere.ts";
export type { PostedKernel } from "./wasm_checksum.ts";
export { bindChecksums, boundMemory } from "./bind_checksums.ts";
