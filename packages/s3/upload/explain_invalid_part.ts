import { ServiceError } from "@lade/core/backend";
import { S3Fault } from "../errors/s3_fault.ts";
import { listParts } from "./list_parts.ts";
import type { SentPart } from "./sent_part.ts";
import type { UploadState, UploadTarget } from "./upload_target.ts";
import { unquoteEtag } from "@lade/service/body";

/**
 * The error of an upload that the service would not complete. Where it calls parts invalid that it has as they were sent,
 * their checksums are what is in the way: the next uploads go without, and the error is one to try again after.
 */
export async function explainInvalidPart(
  { connection, uri, key }: UploadTarget,
  upload: UploadState,
  parts: readonly SentPart[],
  error: unknown,
): Promise<unknown> {
  const fault = error instanceof ServiceError ? error.cause : undefined;
  const isCandidate = fault instanceof S3Fault && fault.code === "InvalidPart" && upload.checksum &&
    !connection.endpoint.amazon && error instanceof ServiceError;
  if (!isCandidate) return error;
  const kept = new Map<number, string>();
  try {
    for await (const { number, etag } of listParts(connection, uri, key, upload.id, {})) {
      kept.set(number, etag);
    }
  } catch {
    return error;
  }
  if (!parts.every(({ number, etag }) => kept.get(number) === unquoteEtag(etag))) return error;
  const { operation, cause } = error;
  const what = "the service has the parts that were sent, and makes no object of parts with checksums";
  if (connection.config.checksum !== "auto") {
    return new ServiceError({
      operation,
      uri,
      cause,
      detail: what,
      advice: 'set checksum "none", or "auto"',
    });
  }
  connection.traits.found("part-checksum", connection.tellTrait);
  const advice = 'write the object again: parts go without from now on, as with checksum "none"';
  return new ServiceError({ operation, uri, cause, detail: what, advice, retryable: true });
}
