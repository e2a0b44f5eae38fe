import { FormatError } from "../errors/format_error.ts";

/** How a whole object is compressed, whatever its format. */
export type Compression = "gzip" | "zstd";

/** How an object is compressed, by its first bytes; `undefined` where it is not. */
export function compressionOfMagic(start: Uint8Array): Compression | undefined {
  const begins = (...magic: number[]) => magic.every((byte, place) => start[place] === byte);
  if (begins(0x1f, 0x8b, 8)) return "gzip";
  return begins(0x28, 0xb5, 0x2f, 0xfd) ? "zstd" : undefined;
}

/** What is decompressed. */
export interface CompressedObject {
  /** Its bytes as they are stored. */
  readonly stored: AsyncIterable<Uint8Array>;
  /** Number of them. */
  readonly size: number;
  /** How they are compressed. */
  readonly compression: Compression;
  /** What errors name. */
  readonly uri: string;
}

/**
 * Yields what compressed bytes hold, in order and at the reader's pace: all members of a gzip file, all frames of zstd. One
 * that is cut, damaged or followed by anything else is an error, which comes after the content before it.
 */
export async function* decompress(
  { stored, size, compression, uri }: CompressedObject,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (compression === "zstd") {
    const { decompressZstd } = await import("@lade/core/zstd");
    yield* decompressZstd(stored, { uri, ...(signal && { signal }) });
    return;
  }
  const [{ createGunzip }, { Readable }] = await Promise.all([import("node:zlib"), import("node:stream")]);
  const gunzip = createGunzip();
  // What the source fails with is told as it is, not as the fault of what it brought.
  let failure: { readonly error: unknown } | undefined;
  const guarded = async function* () {
    try {
      // The next piece may come in the same memory, while this one still waits.
      for await (const piece of stored) yield piece.slice();
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  const source = Readable.from(guarded(), { objectMode: true, highWaterMark: 1 });
  source.on("error", (error: Error) => gunzip.destroy(error));
  try {
    for await (const piece of source.pipe(gunzip)) {
      signal?.throwIfAborted();
      yield piece as Uint8Array;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (failure) throw failure.error;
    const detail = `its gzip data is cut or damaged (${cause instanceof Error ? cause.message : cause})`;
    throw new FormatError({ operation: "decompress", uri, detail, cause });
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  if (gunzip.bytesWritten === size) return;
  const detail = `its gzip data ends at byte ${gunzip.bytesWritten} of ${size}`;
  throw new FormatError({ operation: "decompress", uri, detail, offset: gunzip.bytesWritten });
}
