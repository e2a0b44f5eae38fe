/**
 * zstd on the way to a store and back, in Workers. `@lade/core` has it too.
 *
 * @module
 */
export {
  createZstdWriter,
  type CreateZstdWriterOptions,
  type ZstdObjectWriter,
} from "./create_zstd_writer.ts";
export { decompressZstd, type DecompressZstdOptions } from "./decompress_zstd.ts";
export { decompressZstdBytes, type DecompressZstdBytesOptions } from "./decompress_zstd_bytes.ts";
export { withZstd, type ZstdOptions, type ZstdWriter } from "./with_zstd.ts";
export { zstdKey } from "./zstd_key.ts";
export { createZstdPool, type ZstdPool, type ZstdPoolOptions } from "./zstd_pool.ts";
