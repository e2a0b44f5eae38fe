import type { ObjectWriter } from "../contract/object_writer.ts";
import { FrameWriter } from "./frame_writer.ts";
import { resolveZstdOptions } from "./resolve_zstd_options.ts";
import type { ZstdOptions, ZstdWriter } from "./zstd_options.ts";

/**
 * Compresses what is written into zstd frames (RFC 8878) on its way to `writer`, which it takes over.
 *
 * Each frame is compressed on its own, in parallel, and bears its content size and a checksum; any zstd decoder reads
 * the frames as one stream. Every frame but the last is marked in a way that `decompressZstd` knows and
 * other decoders need not, so that a cut between two frames is found too. An object of up to 128 KiB (less at levels
 * above 10) is compressed on the event loop, larger ones in Workers.
 *
 * Holds at most `workers + 1` frames of uncompressed and as many of compressed bytes. Wrong options are a
 * `RangeError`, and leave `writer` alone.
 */
export function withZstd(writer: ObjectWriter, options: ZstdOptions = {}): ZstdWriter {
  return new FrameWriter(writer, resolveZstdOptions(options));
}
