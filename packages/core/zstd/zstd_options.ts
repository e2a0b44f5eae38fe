import type { ZstdPool } from "@lade/codec/zstd";
import type { ByteBudget } from "../context/byte_budget.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";

/** Options of `withZstd`. */
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
