import { QuotaExceededError } from "../errors/errors.ts";
import { decompressZstd, type DecompressZstdOptions } from "./decompress_zstd.ts";

/** Options of {@linkcode decompressZstdBytes}. */
export interface DecompressZstdBytesOptions extends DecompressZstdOptions {
  /** More content than this is a `QuotaExceededError`; 1 GiB by default. */
  readonly maxSize?: number;
}

/**
 * Decompresses zstd frames that are in memory, as {@linkcode decompressZstd} does. `bytes` is in use until it settles.
 */
export async function decompressZstdBytes(
  bytes: Uint8Array,
  options: DecompressZstdBytesOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { maxSize = 2 ** 30, uri = "zstd data" } = options;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of decompressZstd(ReadableStream.from([bytes]), options)) {
    size += piece.length;
    if (size > maxSize) {
      const detail = `it has more than ${maxSize} bytes: raise maxSize, or read it as a stream`;
      throw new QuotaExceededError({ operation: "decompress", uri, detail });
    }
    pieces.push(piece);
  }
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const content = new Uint8Array(size);
  let position = 0;
  for (const piece of pieces) {
    content.set(piece, position);
    position += piece.length;
  }
  return content;
}
