import type { CallOptions } from "@lade/core";
import { QuotaExceededError } from "@lade/core/errors";
import type { ByteSource } from "./byte_source.ts";
import { compressionOfMagic, decompress, type DecompressOptions } from "./decompress.ts";
import { PiecesSource } from "./pieces_source.ts";

/** Options of {@linkcode decompressedSource}. */
export interface DecompressedSourceOptions
  extends CallOptions, Pick<DecompressOptions, "workers" | "budget"> {
  /** Bytes of what is decompressed, at most: more are a `QuotaExceededError`. 1 GiB by default. */
  readonly maxSize?: number;
}

const MAX_SIZE = 2 ** 30;

/**
 * A source of what a source of gzip members or zstd frames decompresses to; any other source as it is. The content is
 * decompressed at once, compared with the checksums that it bears, and kept in memory.
 */
export async function decompressedSource(
  source: ByteSource,
  options: DecompressedSourceOptions = {},
): Promise<ByteSource> {
  const { maxSize = MAX_SIZE, ...rest } = options;
  const call = rest.signal ? { signal: rest.signal } : {};
  const compression = compressionOfMagic(await source.read(0, Math.min(4, source.size), call));
  if (!compression) return source;
  const { uri } = source;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of decompress({ stored: source.stream(call), compression, uri }, rest)) {
    size += piece.length;
    if (size > maxSize) {
      const detail = `more than ${maxSize} bytes come of it, which would all be kept in memory`;
      const advice = "raise maxSize, or store it decompressed";
      throw new QuotaExceededError({ operation: "decompress", uri, detail, advice });
    }
    pieces.push(piece);
  }
  return new PiecesSource(pieces, uri);
}
