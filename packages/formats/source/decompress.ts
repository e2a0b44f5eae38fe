import type { DecompressZstdOptions } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { inflate } from "./inflate.ts";

/** How a whole object is compressed, whatever its format. */
export type Compression = "gzip" | "zstd";

/** How an object is compressed, by its first 4 bytes; `undefined` where it is not. */
export function compressionOfMagic(start: Uint8Array): Compression | undefined {
  const [first = 0, ...rest] = start;
  const follows = (...magic: number[]) => magic.every((byte, place) => rest[place] === byte);
  if (first === 0x1f && follows(0x8b, 8)) return "gzip";
  const isFrame = first === 0x28 && follows(0xb5, 0x2f, 0xfd);
  // Frames that are skipped may come first: RFC 8878, section 3.1.2.
  return isFrame || ((first & 0xf0) === 0x50 && follows(0x2a, 0x4d, 0x18)) ? "zstd" : undefined;
}

/** What is decompressed. */
export interface CompressedObject {
  /** Its bytes as they are stored. */
  readonly stored: AsyncIterable<Uint8Array>;
  /** How they are compressed. */
  readonly compression: Compression;
  /** What errors name. */
  readonly uri: string;
}

/** How it is decompressed. */
export type DecompressOptions = Pick<DecompressZstdOptions, "signal" | "workers" | "budget" | "onFrame">;

/**
 * Yields what compressed bytes hold, in order and at the reader's pace: all members of a gzip file, all frames of zstd, each
 * compared with the checksum that it bears. Each piece is memory of its own. What is cut, damaged or followed by anything
 * else is an error, which comes after the content before it.
 */
export async function* decompress(
  { stored, compression, uri }: CompressedObject,
  options: DecompressOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  if (compression === "zstd") {
    const { decompressZstd } = await import("@lade/core/zstd");
    yield* decompressZstd(stored, { ...options, uri });
    return;
  }
  const fault = (what: string, offset: number, cause?: unknown) =>
    new FormatError({ operation: "decompress", uri, detail: `its gzip data ${what}`, offset, cause });
  yield* inflate(stored, "gzip", fault, options);
}
