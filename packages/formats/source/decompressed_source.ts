import { type CallOptions, decompressZstd, type DecompressZstdOptions } from "@lade/core";
import { QuotaExceededError } from "@lade/core/errors";
import type { ByteSource } from "./byte_source.ts";
import { PiecesSource } from "./pieces_source.ts";

/** Options of {@linkcode decompressedSource}. */
export interface DecompressedSourceOptions
  extends CallOptions, Pick<DecompressZstdOptions, "workers" | "budget"> {
  /** Bytes of what is decompressed, at most: more are a `QuotaExceededError`. 1 GiB by default. */
  readonly maxSize?: number;
}

const MAX_SIZE = 2 ** 30;

/** Whether bytes begin as those of a zstd frame do (RFC 8878, section 3.1.1). */
export function isZstd(start: Uint8Array): boolean {
  return start.length >= 4 && start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f &&
    start[3] === 0xfd;
}

/**
 * A source of what a source of zstd frames decompresses to; any other source as it is. The content is decompressed at once,
 * with the checksums that the frames bear, and kept in memory.
 */
export async function decompressedSource(
  source: ByteSource,
  options: DecompressedSourceOptions = {},
): Promise<ByteSource> {
  const { maxSize = MAX_SIZE, signal, workers, budget } = options;
  const call = signal ? { signal } : {};
  if (!isZstd(await source.read(0, Math.min(4, source.size), call))) return source;
  const { uri } = source;
  const content = decompressZstd(source.stream(call), {
    ...call,
    uri,
    ...(workers !== undefined && { workers }),
    ...(budget && { budget }),
  });
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of content) {
    size += piece.length;
    if (size > maxSize) {
      const detail = `more than ${maxSize} bytes come of it`;
      throw new QuotaExceededError({ operation: "decompress", uri, detail, advice: "raise maxSize" });
    }
    pieces.push(piece);
  }
  return new PiecesSource(pieces, uri);
}
