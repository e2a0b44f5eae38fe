import type { ByteBudget } from "../context/byte_budget.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";
import { FrameWriter } from "./frame_writer.ts";
import { resolveZstdOptions } from "./resolve_zstd_options.ts";
import type { ZstdPool } from "./zstd_pool.ts";

/** Options of {@linkcode withZstd}. */
export interface ZstdOptions {
  /**
   * From 1 (fastest) to 22 (smallest); 3 by default. Above 12 a Worker does a few MB/s (1 to 2 at level 19, under 1 at
   * level 22) and takes some 100 MiB, from level 20 on some 250 MiB and at level 22 some 450 MiB.
   */
  readonly level?: number;
  /**
   * Workers at most, or a pool to share. `"auto"`, which is the default, is one per processor, but fewer at high
   * levels, so that the Workers take at most 1 GiB. Workers of its own start with the frames that need them and end
   * with the writer.
   */
  readonly workers?: number | "auto" | ZstdPool;
  /**
   * Content of one frame in bytes, from 128 KiB to 256 MiB. By default 4 MiB up to level 10, 8 MiB up to 18, 16 MiB
   * at 19 and 32 MiB above, which costs under 2 % of the ratio of one single frame.
   */
  readonly frameSize?: number;
  /** Counts the buffers of uncompressed bytes; with little room the writer works with one buffer, without waiting. */
  readonly budget?: ByteBudget;
  /** Aborts the writer. */
  readonly signal?: AbortSignal;
  /** Called with the uncompressed bytes of each frame that the writer below has accepted. What it throws ends the writer. */
  readonly onFrame?: (bytes: number) => void;
}

/** A writer that compresses. Its result is that of the writer below, so `size` counts the compressed bytes. */
export interface ZstdWriter extends ObjectWriter {
  /** Uncompressed bytes accepted so far by `write`. */
  readonly bytesWritten: number;
  /** Compressed bytes that the writer below has accepted so far. */
  readonly compressedBytes: number;
  /**
   * Bytes before by bytes after compression, of the frames that the writer below has accepted so far; after `close`
   * that is all. Absent before the first of them.
   */
  readonly ratio: number | undefined;
}

/**
 * Compresses what is written into zstd frames (RFC 8878) on its way to `writer`, which it takes over.
 *
 * Each frame is compressed on its own, in parallel, and bears its content size and a checksum; any zstd decoder reads
 * the frames as one stream. Every frame but the last is marked in a way that {@linkcode decompressZstd} knows and
 * other decoders need not, so that a cut between two frames is found too. An object of up to 128 KiB (less at levels
 * above 10) is compressed on the event loop, larger ones in Workers.
 *
 * Holds at most `workers + 1` frames of uncompressed and as many of compressed bytes. Wrong options are a
 * `RangeError`, and leave `writer` alone.
 */
export function withZstd(writer: ObjectWriter, options: ZstdOptions = {}): ZstdWriter {
  return new FrameWriter(writer, resolveZstdOptions(options));
}
