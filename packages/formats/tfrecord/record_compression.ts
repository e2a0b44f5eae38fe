import type { CallOptions } from "@lade/core";
import type { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { HEAD_BYTES, lengthInHead } from "./record_frame.ts";

/** How a whole file of records is compressed. */
export type RecordCompression = "gzip" | "zlib";

/** Options of `readRecords`. */
export interface ReadRecordsOptions extends CallOptions {
  /** How the object is compressed; found by its first bytes when `"auto"`, the default. */
  readonly compression?: RecordCompression | "none" | "auto";
  /** Takes records whose checksum does not fit, which are then left out. Without it the first one ends the reading. */
  readonly onFault?: (fault: FormatError) => void;
}

/** How a source is compressed, by its first bytes. */
export async function compressionOf(
  source: ByteSource,
  options: Pick<ReadRecordsOptions, "compression" | "signal"> = {},
): Promise<RecordCompression | "none"> {
  const { compression = "auto", signal } = options;
  if (compression !== "auto") return compression;
  const start = await source.read(0, Math.min(HEAD_BYTES, source.size), signal ? { signal } : {});
  return detectCompression(start);
}

/**
 * The compression that the first 12 bytes of a file of records tell. A record of 35,615 bytes begins as gzip does: bytes
 * that are the head of a frame are no compression.
 */
export function detectCompression(start: Uint8Array): RecordCompression | "none" {
  if (start.length >= HEAD_BYTES && lengthInHead(start, 0) !== undefined) return "none";
  const [first = 0, second = 0, method] = start;
  if (first === 0x1f && second === 0x8b && (method === undefined || method === 8)) return "gzip";
  const isZlib = start.length >= 2 && (first & 0x0f) === 8 && first >> 4 <= 7 &&
    (first * 256 + second) % 31 === 0 && (second & 0x20) === 0;
  return isZlib ? "zlib" : "none";
}
