import {
  type AdaptiveLimit,
  checkObjectSize,
  createPartWriter,
  createStreamWriter,
  type ObjectWriter,
  parseToken,
  type PartWriter,
  type PartWriterOptions,
  putInParts,
  type PutOptions,
  type PutResult,
  type ResumeOptions,
  type StoreContext,
  type StreamWriterSetup,
  UnsupportedError,
  type WriterOptions,
} from "@lade/core/backend";
import { writeTwice } from "../wire/plainer_way.ts";
import { requireConditions } from "../conditions/rely_on.ts";
import type { UploadTarget } from "./upload_target.ts";
import { ResumableSink } from "./resumable_sink.ts";
import { S3Sink } from "./s3_sink.ts";

/** What a writer of S3 is made of. */
export interface WriterSetup {
  /** The object. */
  readonly target: UploadTarget;
  /** Bounds the parts on their way. */
  readonly limit: AdaptiveLimit;
  /** Time and memory. */
  readonly context: StoreContext;
}

/** Writes an object that is larger than one request, in parts sent side by side. */
export async function putLarge(
  setup: WriterSetup,
  data: Uint8Array,
  options: PutOptions,
): Promise<PutResult> {
  return await writeTwice(setup.target.connection, () => putInParts(writing(setup, options), data));
}

/** Starts an object of a size not yet known. */
export async function openWriter(setup: WriterSetup, options: WriterOptions): Promise<ObjectWriter> {
  await requireHeld(setup, options);
  return createStreamWriter(writing(setup, options));
}

/** Starts an object of known size: as one request up to the multipart threshold, else, or to be resumed, as an upload. */
export async function openPartWriter(
  setup: WriterSetup,
  size: number,
  options: PartWriterOptions,
): Promise<PartWriter> {
  checkObjectSize(size);
  if (options.resumable) checkResumable(setup.target);
  await requireHeld(setup, options);
  return await createPartWriter({ ...writing(setup, options), size });
}

/** Goes on with an upload. */
export async function resumeWriter(
  { target, limit, context }: WriterSetup,
  size: number,
  token: string,
  { signal }: ResumeOptions,
): Promise<PartWriter> {
  checkObjectSize(size);
  checkResumable(target);
  const parsed = parseToken(token, size, target);
  const resumed = await ResumableSink.resume(target, limit, parsed, signal);
  return await createPartWriter({ ...resumed, size, partSize: parsed.partSize, context, signal });
}

function writing(
  { target, limit, context }: WriterSetup,
  options: PartWriterOptions,
): StreamWriterSetup & { readonly partSize: number } {
  const { partSize = target.connection.config.multipart.partSize, resumable, signal } = options;
  const sink = resumable ? new ResumableSink(target, limit, options) : new S3Sink(target, limit, options);
  return { sink, partSize, context, signal };
}

/** Before a writer takes bytes, conditions that the service passes over are refused. */
async function requireHeld({ target }: WriterSetup, options: WriterOptions): Promise<void> {
  const { connection, key, uri } = target;
  const call = { operation: "write", uri, permission: "s3:PutObject" };
  await requireConditions(connection, "put", options, { call, key, signal: options.signal });
}

function checkResumable({ connection, operation, uri }: UploadTarget): void {
  if (!connection.config.multipart.disabled) return;
  const detail = "a resumable write is a multipart upload, and multipart is off";
  throw new UnsupportedError({ operation, uri, detail });
}
