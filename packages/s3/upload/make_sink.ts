import {
  type PartWriterOptions,
  putInParts,
  type PutOptions,
  type PutResult,
  type ResumeOptions,
  type WriteSink,
  type WriteToken,
} from "@lade/core/backend";
import { type ServiceTarget, writeLimit } from "@lade/service/store";
import { writeTwice } from "../wire/plainer_way.ts";
import { requireConditions } from "../conditions/rely_on.ts";
import type { UploadTarget } from "./upload_target.ts";
import { ResumableSink } from "./resumable_sink.ts";
import { S3Sink } from "./s3_sink.ts";

/** Writes an object that is larger than one request, in parts sent side by side. */
export async function putLarge(
  { context, limits, partSize }: ServiceTarget,
  target: UploadTarget,
  data: Uint8Array,
  options: PutOptions,
): Promise<PutResult> {
  const setup = { partSize, context, signal: options.signal };
  return await writeTwice(
    target.connection,
    () => putInParts({ ...setup, sink: new S3Sink(target, limits.write, options) }, data),
  );
}

/**
 * Where an object goes: one request up to the multipart threshold, else, or to be resumed, an upload. Before it takes bytes,
 * conditions that the service passes over are refused.
 */
export async function makeSink(
  store: ServiceTarget,
  target: UploadTarget,
  options: PartWriterOptions,
): Promise<WriteSink> {
  const { connection, key, uri } = target;
  const call = { operation: "write", uri, permission: "s3:PutObject" };
  await requireConditions(connection, "put", options, { call, key, signal: options.signal });
  const limit = writeLimit(store, options.concurrency);
  return options.resumable ? new ResumableSink(target, limit, options) : new S3Sink(target, limit, options);
}

/** Goes on with an upload. */
export async function resumeSink(
  store: ServiceTarget,
  target: UploadTarget,
  token: WriteToken,
  { concurrency, signal }: ResumeOptions,
): Promise<{ readonly sink: WriteSink; readonly written: readonly number[] }> {
  return await ResumableSink.resume(target, writeLimit(store, concurrency), token, signal);
}
