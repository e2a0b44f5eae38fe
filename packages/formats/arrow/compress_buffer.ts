import { constants, zstdCompressSync, type ZstdOptions } from "node:zlib";

/**
 * Compresses a buffer by zstd, with a checksum of its content: 8 bytes that tell how large it is, and one frame; or as it
 * is, where that would be larger. Nothing stays nothing.
 */
export function compressBuffer(bytes: Uint8Array, level: number): Uint8Array[] {
  if (bytes.length === 0) return [];
  const options: ZstdOptions & { pledgedSrcSize: number } = {
    pledgedSrcSize: bytes.length,
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
  };
  const frame = zstdCompressSync(bytes, options);
  const isSmaller = frame.length < bytes.length;
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigInt64(0, isSmaller ? BigInt(bytes.length) : -1n, true);
  return [prefix, isSmaller ? frame : bytes];
}
