/**
 * Writers and readers of objects in zstd, over the frames of `@lade/codec/zstd`. `@lade/core` has it too.
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
export { withZstd } from "./with_zstd.ts";
export type * from "./zstd_options.ts";
export { zstdKey } from "./zstd_key.ts";
export { createZstdPool, type ZstdPool, type ZstdPoolOptions } from "@lade/codec/zstd";
