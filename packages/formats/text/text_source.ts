import type { CallOptions } from "@lade/core";
import type { FormatTarget } from "../registry/format.ts";
import {
  type Compression,
  compressionOfMagic,
  decompress,
  type DecompressOptions,
} from "../source/decompress.ts";
import type { ByteSource } from "../source/byte_source.ts";

/** An object of text, which is read from its start. */
export interface TextSource {
  /** What errors name. */
  readonly uri: string;
  /** Bytes of the object as it is stored. */
  readonly size: number;
  /** How it is compressed, by its first bytes, with which no UTF-8 begins. */
  readonly compression?: Compression;
  /** Yields the text's bytes, decompressed. A piece is valid until the next one is asked for. */
  stream(options?: TextStreamOptions): AsyncIterable<Uint8Array>;
}

/** How a text is read. */
export interface TextStreamOptions extends CallOptions {
  /** Bytes of the object after which nothing is read ahead, unless more are asked for. */
  readonly prefix?: number;
  /** Is told of each frame of zstd that has come whole. */
  readonly onFrame?: DecompressOptions["onFrame"];
}

/** The text of an object; one that is compressed is decompressed as it comes, and what is damaged of it is an error. */
export async function openText(
  target: Pick<FormatTarget, "open" | "stored">,
  options: CallOptions = {},
): Promise<TextSource> {
  return await textOf(target.stored ?? await target.open("start"), options);
}

/** The text of bytes. */
export async function textOf(source: ByteSource, options: CallOptions = {}): Promise<TextSource> {
  const { uri, size } = source;
  const compression = compressionOfMagic(await source.read(0, Math.min(size, 4), options));
  const stored = ({ prefix = size, signal }: TextStreamOptions = options) => {
    const call = { ...(signal && { signal }) };
    return prefix < size ? parted(source, prefix, call) : source.stream(call);
  };
  if (!compression) return { uri, size, stream: stored };
  const stream = ({ signal, onFrame, ...call }: TextStreamOptions = options) => {
    const told = { ...(signal && { signal }), ...(onFrame && { onFrame }) };
    return decompress({ stored: stored({ ...told, ...call }), compression, uri }, told);
  };
  return { uri, size, compression, stream };
}

async function* parted(source: ByteSource, prefix: number, call: CallOptions): AsyncGenerator<Uint8Array> {
  yield* source.stream({ ...call, end: prefix });
  yield* source.stream({ ...call, offset: prefix });
}
