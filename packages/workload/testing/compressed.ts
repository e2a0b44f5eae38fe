import { zstdCompressSync } from "node:zlib";

/** Bytes in one frame of zstd, as another tool writes it. */
export function compressed(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(zstdCompressSync(bytes));
}
