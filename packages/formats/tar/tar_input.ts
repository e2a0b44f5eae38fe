import type { CallOptions, ObjectStore } from "@lade/core";
import type { ByteSource } from "../source/byte_source.ts";
import { type Compression, compressionOfMagic, decompress } from "../source/decompress.ts";
import { ObjectSource } from "../source/object_source.ts";
import { InOrderBytes } from "./in_order_bytes.ts";

/** Data from which on a stream is opened anew behind it, rather than read and dropped. */
const JUMP = 8 * 2 ** 20;

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
): Promise<Compression | undefined> {
  return compressionOfMagic(await source.read(0, Math.min(4, source.size), options));
}

/** The bytes of an archive in order, decompressed where `compression` says so. */
export function bytesInOrder(
  source: ByteSource,
  compression: Compression | undefined,
  options: CallOptions = {},
  position = 0,
): InOrderBytes {
  if (!compression) {
    return new InOrderBytes((offset) => source.stream({ ...options, offset }), { jump: JUMP, position });
  }
  const { uri } = source;
  const open = () => decompress({ stored: source.stream(options), compression, uri }, options);
  return new InOrderBytes(open, { jump: Infinity });
}
