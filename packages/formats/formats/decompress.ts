import { QuotaExceededError } from "@lade/core/errors";
import { type CompressedObject, type Compression, decompress } from "../source/decompress.ts";

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
