import {
  type CopyOptions,
  type CopyResult,
  type ObjectInfo,
  type ObjectPart,
  type PutOptions,
  ServiceError,
} from "@lade/core/backend";
import { copiedAttributes, copyInRanges, type CopySink } from "@lade/service/copy";
import { withHeaders } from "../sdk/with_headers.ts";
import { isRefusedHeader, withExtra, writeTwice } from "../wire/plainer_way.ts";
import type { MultipartUpload } from "../upload/multipart_upload.ts";
import type { SentPart } from "../upload/sent_part.ts";
import { S3Sink } from "../upload/s3_sink.ts";
import { type BucketCopy, copyCall, readTagsOf, sourceHeaders } from "./bucket_copy.ts";

const PART_SIZE = 2 ** 28;
const PARTS_IN_FLIGHT = 8;

/**
 * Copies by UploadPartCopy, every part pinned to the source's etag. Attributes, metadata, storage class and tags are
 * those of the source unless others are given.
 */
export function copyByRanges(
  target: BucketCopy,
  source: ObjectInfo,
  options: CopyOptions,
): Promise<CopyResult> {
  const { connection } = target;
  const copy = async (withChecksum: boolean) => {
    const put = await copiedAttributes(source, options, readTagsOf(target, options));
    const sink = new S3CopySink(target, source, options, put, withChecksum);
    return await copyInRanges({
      sink,
      source,
      partSize: PART_SIZE,
      context: connection,
      signal: options.signal,
    });
  };
  return withExtra(
    connection,
    "copied-checksum",
    (error) => connection.config.checksum === "auto" && isRefusedHeader(error),
    (extra) => writeTwice(connection, () => copy(extra)),
  );
}

/** Takes its parts from the source by UploadPartCopy. */
class S3CopySink extends S3Sink implements CopySink {
  readonly #copy: (upload: MultipartUpload, part: ObjectPart, signal: AbortSignal) => Promise<SentPart>;

  constructor(
    target: BucketCopy,
    source: ObjectInfo,
    options: CopyOptions,
    put: PutOptions,
    withChecksum: boolean,
  ) {
    const { connection, control, to, toUri, operation = "copy to", encryption } = target;
    const object = { connection, control, operation, uri: toUri, key: to, encryption };
    super(object, PARTS_IN_FLIGHT, put, withChecksum && undefined);
    this.#copy = (upload, part, signal) => copyPart(target, upload, source, options, part, signal);
  }

  copyPart(part: ObjectPart, signal: AbortSignal): Promise<SentPart> {
    return this.makePart(part, (upload) => this.#copy(upload, part, signal));
  }
}

async function copyPart(
  target: BucketCopy,
  upload: MultipartUpload,
  source: ObjectInfo,
  options: CopyOptions,
  { index, offset, length }: ObjectPart,
  signal: AbortSignal,
): Promise<SentPart> {
  const { connection, control, to } = target;
  const { sourceVersion } = options;
  const call = copyCall(target, sourceVersion === undefined ? {} : { sourceVersion });
  const { CopyPartResult } = await control.run(
    call,
    { signal, idempotent: true },
    (sdk, client, send) =>
      client.send(
        withHeaders(
          new sdk.UploadPartCopyCommand({
            Bucket: connection.bucket,
            Key: to,
            UploadId: upload.id,
            PartNumber: index + 1,
            CopySource: "",
          }),
          {
            ...sourceHeaders(target, source, options),
            "x-amz-copy-source-range": `bytes=${offset}-${offset + length - 1}`,
          },
        ),
        send,
      ),
  );
  const etag = CopyPartResult?.ETag;
  if (!etag) {
    throw new ServiceError({
      operation: call.operation,
      uri: call.uri,
      detail: "the service gave a part no etag",
    });
  }
  const checksum = upload.checksum && CopyPartResult[upload.checksum.member];
  return {
    number: index + 1,
    size: length,
    etag,
    checksum: upload.checksum && checksum ? upload.checksum.fromBase64(checksum) : undefined,
  };
}
