import {
  AlreadyExistsError,
  ChecksumMismatchError,
  NotFoundError,
  type ObjectInfo,
  PreconditionFailedError,
  type Preconditions,
  type PutResult,
  ServiceError,
  UnavailableError,
} from "@lade/core/backend";
import type { FailedCall } from "../errors/to_store_error.ts";
import { withHeaders } from "../sdk/with_headers.ts";
import { headObject } from "../objects/head_object.ts";
import { objectHeaders } from "../headers/read_headers.ts";
import { unquoteEtag } from "@lade/service/body";
import { unlikeS3 } from "../headers/s3_headers.ts";
import { explainInvalidPart } from "./explain_invalid_part.ts";
import { isRefusedHeader, withExtra } from "../wire/plainer_way.ts";
import { withIfMatch } from "../conditions/with_if_match.ts";
import { completedPart, type SentPart } from "./sent_part.ts";
import type { UploadState, UploadTarget } from "./upload_target.ts";
import { firstPart } from "./list_parts.ts";
import { compareObjectEtag, etagOfParts } from "./md5_etags.ts";

/**
 * Makes the object of its parts and compares the checksum of the whole with the service's. When the answer is lost, the
 * service is asked what became of the upload: an object that consists of these very parts is a success.
 */
export async function completeUpload(
  target: UploadTarget,
  upload: UploadState,
  parts: readonly SentPart[],
  { ifMatch, ifNoneMatch }: Pick<Preconditions, "ifMatch" | "ifNoneMatch">,
  call: FailedCall,
  signal: AbortSignal | undefined,
): Promise<PutResult> {
  const { connection, control, key } = target;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const expected = objectChecksum(upload, parts, upload.checksumType === "FULL_OBJECT");
  const whole = upload.checksumType === "FULL_OBJECT" ? expected : undefined;
  const complete = (match: string | undefined, tellSize: boolean, tellChecksum: boolean) =>
    control.run(call, { signal, idempotent: true }, (sdk, client, send) =>
      client.send(
        withHeaders(
          new sdk.CompleteMultipartUploadCommand({
            Bucket: connection.bucket,
            Key: key,
            UploadId: upload.id,
            MultipartUpload: { Parts: parts.map((part) => completedPart(part, upload.checksum)) },
            ...(tellSize ? { MpuObjectSize: size } : {}),
            ...(match === undefined ? {} : { IfMatch: match }),
            ...(ifNoneMatch === undefined ? {} : { IfNoneMatch: ifNoneMatch }),
            ...(upload.checksum && whole !== undefined && tellChecksum
              ? { ChecksumType: "FULL_OBJECT", [upload.checksum.member]: whole }
              : {}),
          }),
          objectHeaders(connection.config),
        ),
        send,
      ));
  try {
    const answer = await withIfMatch(
      connection,
      { call, key, signal },
      ifMatch,
      (match) =>
        withExtra(connection, "object-size", isRefusedHeader, (tellSize) =>
          withExtra(
            connection,
            "whole-checksum",
            (error) => whole !== undefined && connection.config.checksum === "auto" && isRefusedHeader(error),
            (tellChecksum) => complete(match, tellSize, tellChecksum),
          )),
    );
    const etag = unquoteEtag(answer.ETag);
    if (etag === undefined) throw unlikeS3(call, "it does not tell the object's etag");
    const confirmed = upload.checksum && answer[upload.checksum.member];
    if (confirmed === undefined) await compareObjectEtag(connection, etag, parts, call);
    // A service may make one of the other kind than it said when the upload began.
    const ofParts = confirmed?.includes("-") ?? false;
    const computed = confirmed === undefined ? undefined : objectChecksum(upload, parts, !ofParts);
    if (computed !== undefined && confirmed !== computed) {
      throw new ChecksumMismatchError({
        operation: call.operation,
        uri: call.uri,
        detail:
          `the service made an object with ${upload.checksum?.algorithm} ${confirmed}, ${computed} was sent`,
      });
    }
    return resultOf(size, etag, answer.VersionId, upload, ofParts ? undefined : confirmed);
  } catch (error) {
    if (!mayBeComplete(error) || signal?.aborted) throw error;
    const info = await findCompleted(target, upload, parts, size, expected);
    if (!info) throw await explainInvalidPart(target, upload, parts, error);
    return resultOf(
      size,
      info.etag,
      info.version,
      upload,
      upload.checksum && info.checksums?.[upload.checksum.label],
    );
  }
}

function resultOf(
  size: number,
  etag: string | undefined,
  version: string | undefined,
  upload: UploadState,
  confirmed: string | undefined,
): PutResult {
  return {
    size,
    ...(etag === undefined ? {} : { etag }),
    ...(version === undefined ? {} : { version }),
    ...(upload.checksum && upload.checksumType === "FULL_OBJECT" && confirmed !== undefined
      ? { checksums: { [upload.checksum.label]: confirmed } }
      : {}),
  };
}

/** The checksum that the service is to find: of the bytes, or of the parts' checksums in a row. */
function objectChecksum(
  { checksum }: UploadState,
  parts: readonly SentPart[],
  ofBytes: boolean,
): string | undefined {
  if (!checksum || parts.some((part) => part.checksum === undefined)) return undefined;
  if (ofBytes) {
    return checksum.toBase64(
      parts.reduce((sum, part) => checksum.combine(sum, part.checksum ?? 0n, part.size), 0n),
    );
  }
  const all = parts.map((part) => atob(checksum.toBase64(part.checksum ?? 0n))).join("");
  const bytes = Uint8Array.from(all, (char) => char.charCodeAt(0));
  return `${checksum.toBase64(checksum.of(bytes))}-${parts.length}`;
}

/** Whether the service may have made the object although the call failed. */
function mayBeComplete(error: unknown): boolean {
  return error instanceof UnavailableError || error instanceof NotFoundError ||
    error instanceof AlreadyExistsError || error instanceof PreconditionFailedError ||
    error instanceof ServiceError;
}

/** The object, where the upload is gone and the object is what was uploaded. */
async function findCompleted(
  { connection, uri, key }: UploadTarget,
  upload: UploadState,
  parts: readonly SentPart[],
  size: number,
  expected: string | undefined,
): Promise<ObjectInfo | undefined> {
  try {
    await firstPart(connection, uri, key, upload.id);
    return undefined;
  } catch (error) {
    if (!(error instanceof NotFoundError)) return undefined;
  }
  try {
    const info = await headObject(connection, uri, key, {});
    const same = info.etag === await etagOfParts(parts) ||
      (upload.checksum !== undefined && expected !== undefined &&
        info.checksums?.[upload.checksum.label] === expected);
    return same && info.size === size ? info : undefined;
  } catch {
    return undefined;
  }
}
