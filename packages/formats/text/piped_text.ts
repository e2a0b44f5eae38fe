import { compressionOfMagic, decompress } from "../source/decompress.ts";
import type { PipedBytes } from "../source/piped_bytes.ts";
import type { TextSource } from "./text_source.ts";

/** The text of bytes that come once, compressed with gzip or zstd or not. */
export async function pipedText(bytes: PipedBytes): Promise<TextSource> {
  const { uri } = bytes;
  const compression = compressionOfMagic(await bytes.start(4));
  return {
    uri,
    size: Infinity,
    ...(compression && { compression }),
    stream: ({ signal, onFrame } = {}) =>
      compression
        ? decompress({ stored: bytes.stream(), compression, uri }, {
          ...(signal && { signal }),
          ...(onFrame && { onFrame }),
        })
        : bytes.stream(),
  };
}
