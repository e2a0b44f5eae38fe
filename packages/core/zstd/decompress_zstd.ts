import { byteSource, type FrameHeader, FrameReader, resolvePool, type ZstdPool } from "@lade/codec/zstd";
import type { ByteBudget } from "../context/byte_budget.ts";
import { faultOf, namingData } from "./fault_of.ts";

/** Options of {@linkcode decompressZstd}. */
export interface DecompressZstdOptions {
  /** Ends the decompression; the stream then fails with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Workers at most, or a pool to share; `"auto"`, which is the default, is one per processor, at most 4. */
  readonly workers?: number | "auto" | ZstdPool;
  /**
   * Largest window of a frame, as a power of two from 10 to 31; 27 (128 MiB) by default, which is the most that `zstd`
   * writes by default. A frame of unknown length or more than 16 MiB takes that much memory.
   */
  readonly maxWindowLog?: number;
  /** Counts the decompressed bytes that are not read yet; with little room nothing is read ahead. */
  readonly budget?: ByteBudget;
  /** Is told of each frame that has come whole, whether it bears a checksum of its content. */
  readonly onFrame?: (frame: { readonly hasChecksum: boolean }) => void;
  /** What is decompressed, for messages; `zstd data` by default. */
  readonly uri?: string;
}

/**
 * Decompresses a stream of zstd frames (RFC 8878), as any zstd encoder writes them, at the reader's pace.
 *
 * The frame structure is checked beside the decoder, which itself takes a truncated stream for a whole one. A stream
 * that is cut anywhere, empty, damaged, followed by other bytes, or no zstd at all is a `ChecksumMismatchError`, which
 * comes after the content before it. The one cut that cannot be known is between two frames of another encoder. A
 * window above `maxWindowLog` and a dictionary are `UnsupportedError`s.
 *
 * Up to 1 MiB of content is decompressed on the event loop first, the rest in Workers, several frames at a time.
 * Holds at most `workers + 2` jobs, each of some 4 MiB of content or of one frame of up to 16 MiB, compressed and
 * decompressed, whatever the frames claim or expand to. A reader that stops early cancels the stream, which
 * ends the Workers and cancels `source`.
 */
export function decompressZstd(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  options: DecompressZstdOptions = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { maxWindowLog = 27, workers, budget, signal, onFrame, uri = "zstd data" } = options;
  if (!Number.isInteger(maxWindowLog) || maxWindowLog < 10 || maxWindowLog > 31) {
    throw new RangeError(
      `Cannot decompress with maxWindowLog ${maxWindowLog}: a whole number from 10 to 31 is needed`,
    );
  }
  const told = onFrame && (({ checksum }: FrameHeader) => onFrame({ hasChecksum: checksum }));
  const pool = resolvePool(workers, 4);
  const config = { fault: faultOf(uri), maxWindowLog, budget, signal, onFrame: told, ...pool };
  const reader = new FrameReader(byteSource(source), config);
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const piece = await reader.next().catch((error) => {
        throw namingData(uri, error);
      });
      if (piece) return controller.enqueue(piece);
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
