import { QuotaExceededError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import type { Compression } from "./format_names.ts";

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
      yield* stored;
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  const source = Readable.from(guarded(), { objectMode: true });
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

/** All that compressed bytes hold, at most `maxSize`; more is a `QuotaExceededError`. */
export async function decompressWhole(
  object: CompressedObject,
  maxSize: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of decompress(object, signal)) {
    size += piece.length;
    if (size > maxSize) {
      const detail =
        `it holds more than ${maxSize} bytes, and this format is not read from its start to its end`;
      const advice = "store it decompressed";
      throw new QuotaExceededError({ operation: "decompress", uri: object.uri, detail, advice });
    }
    // The piece's memory may be used again for the next one.
    pieces.push(piece.slice());
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The first bytes, 64 KiB at most, of what the first bytes of an object hold. Where they are damaged, those before. */
export async function glimpseInside(start: Uint8Array, compression: Compression): Promise<Uint8Array> {
  const [{ constants, createGunzip, createZstdDecompress }, { Readable }] = await Promise.all([
    import("node:zlib"),
    import("node:stream"),
  ]);
  const source = Readable.from([start], { objectMode: true });
  const inside = compression === "gzip"
    ? createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
    : createZstdDecompress({ finishFlush: constants.ZSTD_e_flush });
  const glimpse = new Uint8Array(2 ** 16);
  let length = 0;
  try {
    for await (const piece of source.pipe(inside)) {
      const part = (piece as Uint8Array).subarray(0, glimpse.length - length);
      glimpse.set(part, length);
      length += part.length;
      if (length === glimpse.length) break;
    }
  } catch {
    // Whoever reads it is told.
  } finally {
    source.destroy();
    inside.destroy();
  }
  return glimpse.subarray(0, length);
}
