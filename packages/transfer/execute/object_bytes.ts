import { slowChunks } from "../limit/slow_chunks.ts";
import { localPathOf, type Place } from "../places/place.ts";
import type { ObjectWriter, ProgressListener, WriterOptions } from "@lade/core";
import type { CreateZstdWriterOptions } from "@lade/core/zstd";
import type { TransferConfig } from "./transfer_config.ts";
import { tellWritten } from "./verification.ts";

/** Decompresses the bytes of an object. */
export async function* decompressed(
  chunks: AsyncIterable<Uint8Array>,
  { store, uri }: Place,
  { signal, pool }: TransferConfig,
): AsyncGenerator<Uint8Array> {
  const { decompressZstd } = await import("@lade/core/zstd");
  yield* decompressZstd(chunks, {
    signal,
    ...(pool && { workers: pool }),
    budget: store.context.budget,
    uri,
  });
}

/** Prints bytes, and resolves with their number. */
export async function printAll(
  chunks: AsyncIterable<Uint8Array>,
  stdout: TransferConfig["stdout"],
): Promise<number> {
  let size = 0;
  for await (const chunk of chunks) {
    await stdout(chunk);
    size += chunk.length;
  }
  return size;
}

/** The bytes as fast as they may go, where no service has them come or go so. */
export function slowed<T extends Uint8Array>(
  chunks: AsyncIterable<T>,
  from: Place | undefined,
  to: Place | undefined,
  signal: AbortSignal,
): AsyncIterable<T> {
  const bandwidth = (from ?? to)?.store.context.bandwidth;
  const isLocal = [from, to].every((place) => !place || localPathOf(place.uri) !== undefined);
  return bandwidth && isLocal ? slowChunks(chunks, bandwidth, signal) : chunks;
}

/** Compression is the slow part: its frames are what moves. */
export function withoutBytes(onProgress: ProgressListener): ProgressListener {
  return (event) => {
    if (event.type !== "bytes") onProgress(event);
  };
}

/** Tells of the bytes that pass. */
export async function* countBytes(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    onBytes(chunk.length);
  }
}

/** Writes an object of bytes, compressed where that is asked for, and resolves with its size. */
export async function writeAll(
  to: Place,
  chunks: AsyncIterable<Uint8Array>,
  config: TransferConfig,
  compress: boolean,
  attributes: WriterOptions,
  source: string,
  sourceEtag?: string,
): Promise<number> {
  const { signal, onProgress, onVerified, onCopied } = config;
  const options = { ...attributes, signal };
  const onFrame = (bytes: number) => onProgress({ type: "bytes", key: source, bytes });
  await using writer = compress
    ? await createCompressingWriter(to, { ...options, onFrame }, config)
    : await to.store.createWriter(to.key, options);
  for await (const chunk of chunks) await writer.write(chunk);
  const result = await writer.close();
  await onCopied?.({ ...result, ...(sourceEtag !== undefined && { sourceEtag }) });
  tellWritten(to, result, onVerified);
  return result.size;
}

async function createCompressingWriter(
  { store, key }: Place,
  options: CreateZstdWriterOptions,
  { level, pool }: TransferConfig,
): Promise<ObjectWriter> {
  const { createZstdWriter } = await import("@lade/core/zstd");
  return await createZstdWriter(store, key, { ...options, level, ...(pool && { workers: pool }) });
}
