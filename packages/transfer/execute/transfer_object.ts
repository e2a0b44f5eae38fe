import type { Dropped, MoveObjectOptions, ObjectAttributes, WriterOptions } from "@lade/core";
import {
  carry,
  contentTypeOf,
  copyObject,
  moveObject as moveBetween,
  readChunks,
} from "@lade/core/operations";
import type { Place } from "../places/place.ts";
import { isCompressed, isConverted } from "../plan/conversion.ts";
import type { Input } from "../plan/input.ts";
import type { Job } from "../plan/job.ts";
import { countBytes, decompressed, printAll, slowed, withoutBytes, writeAll } from "./object_bytes.ts";
import type { TransferConfig } from "./transfer_config.ts";
import { tellCopied, type VerificationListener, verifiedChunks } from "./verification.ts";

/** Transfers one object and resolves with the bytes written, where they became known. */
export async function transferObject(job: Job, config: TransferConfig): Promise<number | undefined> {
  const { from, to, input } = job;
  const { signal, onProgress, onVerified, onDropped, conversion, keepTime, guessContentType } = config;
  const { keepWriteTime = false, resumable, onCopied } = config;
  if (input) return await transferInput(input, job, config);
  if (from && to) {
    const { listed: source } = job;
    const options = {
      ...config.reading,
      ...conditionOf(config, job),
      ...pinOf(job),
      ...(source && { source }),
      ...(resumable && { resumable }),
      keepTime,
      keepWriteTime,
      guessContentType,
      waitForBudget: true,
      signal,
      onProgress,
    };
    if (config.move) {
      const { judge } = config;
      const moving = { ...config.attributes, ...options, judge, ...(onCopied && { onProved: onCopied }) };
      return await moveObject(from, to, moving, onVerified, onDropped);
    }
    if (isConverted(from.key, conversion)) return await convertObject(from, to, job, config);
    const copying = { ...config.attributes, ...options, ...versionOf(job) };
    const result = await copyObject(from.store, from.key, to.store, to.key, copying);
    await onCopied?.(result);
    await config.remember?.(result);
    tellCopied(from, to, result, onVerified);
    onDropped(result.dropped ?? []);
    return result.size;
  }
  return from ? await printObject(from, job, config) : undefined;
}

async function transferInput(input: Input, { from, to }: Job, config: TransferConfig): Promise<number> {
  const { signal, conversion, pool, onProgress, stdout } = config;
  const uri = from?.uri ?? "-";
  // By its name alone: what a pipe without one gives is taken as it is.
  const converted = from ? isConverted(from.key, conversion) : conversion === "compress";
  const compress = converted && conversion === "compress";
  let bytesIn = 0;
  const onBytes = (bytes: number) => {
    bytesIn += bytes;
    if (!compress) onProgress({ type: "bytes", key: uri, bytes });
  };
  const read = countBytes(slowed(input.read(signal), undefined, to, signal), onBytes);
  const chunks = converted && conversion === "decompress"
    ? (await import("@lade/core/zstd")).decompressZstd(read, { signal, ...(pool && { workers: pool }), uri })
    : read;
  const action = compress ? "compressed" : "decompressed";
  const tell = (bytesOut: number) => {
    if (converted) config.onConverted({ action, bytesIn, bytesOut });
    return bytesOut;
  };
  if (!to) return tell(await printAll(chunks, stdout));
  const attributes = withType(to, config.attributes, compress, config);
  const size = await writeAll(
    to,
    chunks,
    config,
    compress,
    { ...attributes, ...conditionOf(config, {}) },
    uri,
  );
  if (bytesIn === 0 && !from) config.onEmptyInput();
  return tell(size);
}

/**
 * Compresses or decompresses an object. Keeps the attributes that still hold: not type and encoding, which follow
 * from the new name, nor the name that browsers give it.
 */
async function convertObject(from: Place, to: Place, job: Job, config: TransferConfig): Promise<number> {
  const { signal, onProgress, onVerified, conversion } = config;
  const compress = conversion === "compress";
  await using chunks = await readChunks(from.store, from.key, {
    ...config.reading,
    ...(job.isPinned && job.listed?.etag !== undefined && { ifMatch: job.listed.etag }),
    ...versionOf(job),
    signal,
    onProgress: compress ? withoutBytes(onProgress) : onProgress,
  });
  const { contentType: _, contentEncoding: _encoding, contentDisposition, ...holding } = chunks.info;
  const { attributes, keepTime, onDropped } = config;
  const carrying = {
    ...attributes,
    ...versionOf(job),
    keepTime,
    signal,
    ...(job.listed && { source: job.listed }),
  };
  const { put, dropped } = await carry(from.store, holding, to.store, to.key, carrying);
  onDropped(dropped);
  if (contentDisposition !== undefined && attributes.contentDisposition === undefined) {
    onDropped([{ name: "contentDisposition", reason: "it names what was converted" }]);
  }
  const read = slowed(verifiedChunks(chunks, from, onVerified), from, to, signal);
  const content = compress ? read : decompressed(read, from, config);
  const writing = { ...withType(to, put, compress, config), ...conditionOf(config, job) };
  const { etag: sourceEtag, size: bytesIn } = chunks.info;
  const bytesOut = await writeAll(to, content, config, compress, writing, from.uri, sourceEtag);
  config.onConverted({ action: compress ? "compressed" : "decompressed", bytesIn, bytesOut });
  return bytesOut;
}

/** Adds the media type that a name stands for, where there is none; what is compressed gets its own. */
function withType<T extends ObjectAttributes>(
  to: Place,
  attributes: T,
  compress: boolean,
  { guessContentType }: TransferConfig,
): T {
  if (!guessContentType || compress || to.store.capabilities.attributes === false) return attributes;
  const contentType = attributes.contentType ?? contentTypeOf(to.key);
  return contentType === undefined ? attributes : { ...attributes, contentType };
}

async function printObject(from: Place, job: Job, config: TransferConfig): Promise<number> {
  const { signal, onProgress, onVerified, conversion, stdout } = config;
  await using chunks = await readChunks(from.store, from.key, {
    ...config.reading,
    ...versionOf(job),
    signal,
    onProgress,
  });
  const read = slowed(verifiedChunks(chunks, from, onVerified), from, undefined, signal);
  const plain = conversion !== "decompress" || !isCompressed(from.key);
  if (plain) return await printAll(read, stdout);
  const bytesOut = await printAll(decompressed(read, from, config), stdout);
  config.onConverted({ action: "decompressed", bytesIn: chunks.info.size, bytesOut });
  return bytesOut;
}

/** What was planned before is read only as it was then. */
function pinOf({ isPinned, listed }: Job): { readonly sourceIfMatch?: string } {
  return isPinned && listed?.etag !== undefined ? { sourceIfMatch: listed.etag } : {};
}

function versionOf({ version }: Job): { readonly version?: string } {
  return version === undefined ? {} : { version };
}

function conditionOf(
  { createOnly, ifIgnored }: Pick<TransferConfig, "createOnly" | "ifIgnored">,
  { replaces }: Pick<Job, "replaces">,
): Pick<WriterOptions, "ifMatch" | "ifNoneMatch" | "ifIgnored"> {
  if (createOnly || replaces === "nothing") return { ifNoneMatch: "*", ifIgnored };
  return replaces?.etag === undefined ? {} : { ifMatch: replaces.etag, ifIgnored };
}

/** Moves an object, reports how its copy was verified and what it lacks, and resolves with its size, where it became known. */
async function moveObject(
  from: Place,
  to: Place,
  options: MoveObjectOptions,
  onVerified: VerificationListener,
  onDropped: (dropped: readonly Dropped[]) => void,
): Promise<number | undefined> {
  const { copied, source } = await moveBetween(from.store, from.key, to.store, to.key, options);
  if (copied) tellCopied(from, to, copied, onVerified);
  onDropped(copied?.dropped ?? []);
  return source?.size;
}
