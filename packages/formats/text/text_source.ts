import type { CallOptions } from "@lade/core";
import type { FormatTarget } from "../registry/format.ts";
import { type Compression, compressionOfMagic, decompress } from "../source/decompress.ts";
import { ObjectSource } from "../source/object_source.ts";
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
}

/** The text of an object; one that is compressed is decompressed as it comes, and what is damaged of it is an error. */
export async function openText(
  target: Pick<FormatTarget, "store" | "key" | "open" | "stream">,
  options: CallOptions = {},
): Promise<TextSource> {
  // A target that streams would give all of a compressed object by `open`.
  const source = target.stream
    ? await ObjectSource.open(target.store, target.key, options)
    : await target.open("start");
  return await textOf(source, options);
}

/** The text of bytes. */
export async function textOf(source: ByteSource, options: CallOptions = {}): Promise<TextSource> {
  const { uri, size } = source;
  const compression = compressionOfMagic(await source.read(0, Math.min(size, 4), options));
  const stored = ({ prefix = size, ...call }: TextStreamOptions = options) =>
    prefix < size ? parted(source, prefix, call) : source.stream(call);
  if (!compression) return { uri, size, stream: stored };
  const stream = (call: TextStreamOptions = options) =>
    decompress({ stored: stored(call), size, compression, uri }, call.signal);
  return { uri, size, compression, stream };
}

async function* parted(source: ByteSource, prefix: number, call: CallOptions): AsyncGenerator<Uint8Array> {
  yield* source.stream({ ...call, end: prefix });
  yield* source.stream({ ...call, offset: prefix });
}
