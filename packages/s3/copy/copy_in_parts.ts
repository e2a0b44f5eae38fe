import {
  attributesOf,
  type CopyOptions,
  type CopyResult,
  type ObjectInfo,
  type ObjectPart,
  type PutOptions,
  ServiceError,
  writeInParts,
} from "@lade/core/backend";
import { withHeaders } from "../control/with_headers.ts";
import { isRefusedHeader, withExtra, writeTwice } from "../service/plainer_way.ts";
import type { MultipartUpload, SentPart, UploadTarget } from "../upload/multipart_upload.ts";
import { S3Sink } from "../upload/s3_sink.ts";
import { copyCall, type CopyTarget, sourceHeaders, tagsToWrite } from "./copy_target.ts";

const PART_SIZE = 2 ** 28;
const PARTS_IN_FLIGHT = 8;

/**
 * Copies by UploadPartCopy, every part pinned to the source's etag. Attributes, metadata, storage class and tags are
 * those of the source unless others are given.
 */
export function copyInParts(
  target: CopyTarget,
  source: ObjectInfo,
  options: CopyOptions,
  partSize: number = PART_SIZE,
): Promise<CopyResult> {
  const { connection } = target;
  return withExtra(
    connection,
    "copied-checksum",
    (error) => connection.config.checksum === "auto" && isRefusedHeader(error),
    (extra) => writeTwice(connection, () => copyOnce(target, source, options, partSize, extra)),
  );
}

async function copyOnce(
  target: CopyTarget,
  source: ObjectInfo,
  options: CopyOptions,
  partSize: number,
  withChecksum: boolean,
): Promise<CopyResult> {
  const { connection, control, to, toUri, operation = "copy to", encryption } = target;
  const put = await copiedAttributes(target, source, options);
  const object: UploadTarget = { connection, control, operation, uri: toUri, key: to, encryption };
  const sink = new S3Sink(object, PARTS_IN_FLIGHT, put, withChecksum && undefined);
  const { size, etag } = source;
  const written = await writeInParts(
    { sink, size, partSize, context: connection, signal: options.signal },
    (part, signal) =>
      sink.makePart(part, (upload) => copyPart(target, upload, source, options, part, signal)),
  );
  return { ...written, ...(etag === undefined ? {} : { sourceEtag: etag }) };
}

/** What a copy that the service does not make in one step has of its source, and its conditions. */
export async function copiedAttributes(
  target: CopyTarget,
  source: ObjectInfo,
  options: CopyOptions,
): Promise<PutOptions> {
  const { ifMatch, ifNoneMatch, ifIgnored } = options;
  const { storageClass } = source;
  const tags = await tagsToWrite(target, source, options);
  return {
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(options.attributes ?? attributesOf(source)),
    ...(tags === undefined ? {} : { tags }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(ifIgnored === undefined ? {} : { ifIgnored }),
  };
}

async function copyPart(
  target: CopyTarget,
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
