import {
  type AdaptiveLimit,
  foreignToken,
  formatToken,
  partLength,
  type PutResult,
  type WriteToken,
} from "@lade/core/backend";
import type { PendingPart } from "@lade/service/parts";
import { listParts } from "./list_parts.ts";
import { MultipartUpload } from "./multipart_upload.ts";
import type { SentPart } from "./sent_part.ts";
import type { UploadChecksumType, UploadTarget } from "./upload_target.ts";
import { S3Sink } from "./s3_sink.ts";
import { type UploadChecksum, uploadChecksum } from "./upload_checksum.ts";

const CHECKSUM_TYPES: readonly UploadChecksumType[] = ["FULL_OBJECT", "COMPOSITE", "none"];

/** Makes an object by a multipart upload, however small it is, which stays until it is completed or aborted. */
export class ResumableSink extends S3Sink {
  override readonly wholeUpTo = -1;

  /** The upload's token: with it, `resume` goes on. */
  token(size: number, partSize: number): string {
    const { id, checksum, checksumType } = this.upload;
    const own = { ...(checksum && { checksum: checksum.label }), checksumType };
    return formatToken({ uri: this.uri, id, size, partSize, options: this.options, own });
  }

  /** Goes on with the upload of a token, and gives the indices of the parts that the service has as they are due. */
  static async resume(
    target: UploadTarget,
    concurrency: number | AdaptiveLimit,
    token: WriteToken,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly sink: ResumableSink; readonly written: readonly number[] }> {
    const { checksum, checksumType } = readOwn(target, token);
    const writing = { ...target, operation: "write" };
    const sink = new ResumableSink(writing, concurrency, token.options);
    sink.takeUp(new MultipartUpload(writing, token.id, checksum, checksumType));
    const written: number[] = [];
    const { connection, key, uri, operation } = target;
    for await (const part of listParts(connection, uri, key, token.id, { signal }, operation)) {
      const index = part.number - 1;
      const sent = sentPart(part, checksum);
      // A part of another size is of another program, and without its checksum the whole could not be verified: both
      // are written again.
      if (part.size !== partLength(index, token) || (checksum && sent.checksum === undefined)) continue;
      sink.takeUpPart(index, sent);
      written.push(index);
    }
    return { sink, written };
  }

  override async begin(signal: AbortSignal): Promise<void> {
    if (!this.hasBegun) await super.begin(signal);
  }

  override async commit(size: number, signal: AbortSignal): Promise<PutResult> {
    // The service makes no object of no parts.
    if (size === 0) await this.writePart({ index: 0, offset: 0, length: 0 }, new Uint8Array(), signal);
    return await super.commit(size, signal);
  }

  /** Does nothing: the service keeps the parts. */
  async leave(): Promise<void> {}
}

function readOwn(
  target: UploadTarget,
  { own }: WriteToken,
): { readonly checksum: UploadChecksum | undefined; readonly checksumType: UploadChecksumType } {
  const { checksum = "none" } = own;
  const checksumType = CHECKSUM_TYPES.find((type) => type === own.checksumType);
  if (checksumType && (checksum === "none" || checksum === "crc32c" || checksum === "crc64nvme")) {
    return { checksum: uploadChecksum(checksum), checksumType };
  }
  throw foreignToken(target);
}

function sentPart(part: PendingPart, checksum: UploadChecksum | undefined): SentPart {
  const { number, size, etag } = part;
  const told = checksum && part[checksum.label];
  return { number, size, etag: `"${etag}"`, checksum: told ? checksum.fromBase64(told) : undefined };
}
