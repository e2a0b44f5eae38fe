import type { Compression } from "../source/decompress.ts";

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
