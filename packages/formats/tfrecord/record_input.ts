import type { CallOptions } from "@lade/core";
import type { FormatTarget } from "../registry/format.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { inflateRecords } from "./inflate_records.ts";
import { compressionOf, type ReadRecordsOptions, type RecordCompression } from "./record_compression.ts";

/** The bytes that records lie in, in order, and where they are not compressed, by ranges too. */
export interface RecordInput {
  /** What errors name. */
  readonly uri: string;
  /** How the bytes are compressed, where that is known. */
  readonly compression?: RecordCompression;
  /** The bytes by ranges; absent of what is compressed. */
  readonly source?: ByteSource;
  /** The bytes as they are stored. */
  readonly stored: ByteSource;
  /** The bytes in order, read ahead. */
  readonly stream: (options?: CallOptions) => AsyncIterable<Uint8Array>;
}

/** The input that a source is, or that it holds where it is compressed. */
export async function inputOf(
  source: ByteSource,
  options: Pick<ReadRecordsOptions, "compression" | "signal"> = {},
): Promise<RecordInput> {
  const { uri } = source;
  const compression = await compressionOf(source, options);
  if (compression === "none") {
    return {
      uri,
      source,
      stored: source,
      stream: (call) => source.stream({ ...call, isLookedAt: true }),
    };
  }
  const stream = (call?: CallOptions) => inflateRecords(uri, source.stream(call), compression, call);
  return { uri, compression, stored: source, stream };
}

/** The input of an object that a format is asked about. */
export async function inputOfTarget(
  { open, stored, stream }: FormatTarget,
  options: CallOptions = {},
): Promise<RecordInput> {
  if (stream && stored) return { uri: stored.uri, stored, stream };
  return await inputOf(await open("start"), { ...(options.signal && { signal: options.signal }) });
}

/** Bytes of the first piece, which come with the request that opens an object. */
const FIRST = 64 * 2 ** 10;
/** How many times as many bytes the next piece has. */
const GROWTH = 8;
const MOST = 8 * 2 ** 20;

/** Yields bytes in order from `offset` on, in pieces that grow, without reading ahead: for those who may soon have enough. */
export async function* hesitantly(
  source: ByteSource,
  { offset = 0, ...options }: CallOptions & { readonly offset?: number } = {},
): AsyncGenerator<Uint8Array, void, void> {
  let wanted = FIRST;
  for (let at = offset; at < source.size;) {
    const piece = await source.read(at, Math.min(wanted, source.size - at), options);
    yield piece;
    at += piece.length;
    wanted = Math.min(wanted * GROWTH, MOST);
  }
}
