/**
 * The contract of Lade and everything that works on any store: errors, ranges, the range engine, layers, writers,
 * the memory store.
 *
 * @module
 */
export * from "./contract/mod.ts";
export * from "./errors/mod.ts";
export * from "./conditions/conditions.ts";
export * from "./context/clock.ts";
export * from "./context/byte_budget.ts";
export * from "./context/store_context.ts";
export * from "./buffers/buffer_pool.ts";
export * from "./uri/parse_uri.ts";
export * from "./uri/check_key.ts";
export * from "./uri/compare_keys.ts";
export * from "./registry/registry.ts";
export * from "./read/body_source.ts";
export * from "./read/create_get_result.ts";
export * from "./read/resolve_range.ts";
export * from "./context/read_limits.ts";
export * from "./concurrency/adaptive_limit.ts";
export * from "./progress/progress.ts";
export type * from "./read/read_options.ts";
export { type ChunkedRead, readChunks } from "./read/read_chunks.ts";
export * from "./read/read_into.ts";
export * from "./read/get_bytes.ts";
export * from "./read/stream.ts";
export * from "./operations/exists.ts";
export * from "./operations/delete_prefix.ts";
export * from "./operations/get_many.ts";
export { copyObject, type CopyObjectOptions, type CopyObjectResult } from "./operations/copy_object.ts";
export * from "./operations/copy_tree.ts";
export * from "./memory/memory_container.ts";
export * from "./memory/memory_provider.ts";
export * from "./memory/memory_store.ts";
export * from "./checksum/crc32c.ts";
export * from "./checksum/crc32c_text.ts";
export * from "./checksum/combine_crc32c.ts";
export * from "./checksum/crc64nvme.ts";
export * from "./checksum/crc64nvme_text.ts";
export * from "./checksum/combine_crc64nvme.ts";
export { bindChecksums } from "./checksum/bind_checksums.ts";
export * from "./layers/prefix_store.ts";
export * from "./layers/observe.ts";
export type * from "./layers/store_event.ts";
export * from "./retry/mod.ts";
export * from "./write/check_writer_options.ts";
export * from "./write/create_part_writer.ts";
export type * from "./write/part_sink.ts";
export * from "./write/report_leftover.ts";
export * from "./write/with_crc32c.ts";
export {
  createZstdWriter,
  type CreateZstdWriterOptions,
  type ZstdObjectWriter,
} from "./zstd/create_zstd_writer.ts";
export { decompressZstd, type DecompressZstdOptions } from "./zstd/decompress_zstd.ts";
export { decompressZstdBytes, type DecompressZstdBytesOptions } from "./zstd/decompress_zstd_bytes.ts";
export { withZstd, type ZstdOptions, type ZstdWriter } from "./zstd/with_zstd.ts";
export { zstdKey } from "./zstd/zstd_key.ts";
export { createZstdPool, type ZstdPool, type ZstdPoolOptions } from "./zstd/zstd_pool.ts";
