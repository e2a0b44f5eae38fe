import { type CallOptions, decompressZstd, type ObjectStore } from "@lade/core";
import type { ByteSource } from "../source/byte_source.ts";
import { ObjectSource } from "../source/object_source.ts";
import { gunzip } from "./gunzip.ts";
import { InOrderBytes } from "./in_order_bytes.ts";

/** How an archive is compressed as a whole. */
export type TarCompression = "gzip" | "zstd";

/** Data from which on a stream is opened anew behind it, rather than read and dropped. */
const JUMP = 8 * 2 ** 20;
const MAGIC = 4;

/** Opens an archive; its first bytes come with it. */
export async function openTarSource(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): Promise<ByteSource> {
  return await ObjectSource.open(store, key, options);
}

/** How a source is compressed, by its first bytes. */
export async function compressionOf(
  source: ByteSource,
  options?: CallOptions,
): Promise<TarCompression | undefined> {
  const [a, b, c, d] = await source.read(0, Math.min(MAGIC, source.size), options);
  if (a === 0x1f && b === 0x8b) return "gzip";
  const isSkippable = a !== undefined && (a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18;
  return isSkippable || (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) ? "zstd" : undefined;
}

/** The bytes of an archive in order, decompressed where `compression` says so. */
export function bytesInOrder(
  source: ByteSource,
  compression: TarCompression | undefined,
  options: CallOptions = {},
  position = 0,
): InOrderBytes {
  if (!compression) {
    return new InOrderBytes((offset) => source.stream({ ...options, offset }), { jump: JUMP, position });
  }
  const open = () => {
    const stream = source.stream(options);
    if (compression === "gzip") return gunzip(stream, source.uri, options);
    return decompressZstd(stream, { ...options, uri: source.uri });
  };
  return new InOrderBytes(open, { jump: Infinity });
}
