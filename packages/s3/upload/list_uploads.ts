import type { CallOptions } from "@lade/core";
import type { S3Connection } from "../client/s3_connection.ts";
import type { ControlPlane } from "../control/control_plane.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { unlikeS3, unquoteEtag } from "../objects/object_info.ts";
import { sdkObjectInput } from "./sdk_attributes.ts";

/** A multipart upload that was begun and is neither completed nor aborted. */
export interface PendingUpload {
  /** Key of the object to be. */
  readonly key: string;
  /** The service's name of the upload. */
  readonly uploadId: string;
  /** When it was begun. */
  readonly initiated: Date;
}

/** A part that the service has of an upload. */
export interface PendingPart {
  /** Number, from 1 to 10,000. */
  readonly number: number;
  /** Bytes. */
  readonly size: number;
  /** The service's tag of the part, without quotes. */
  readonly etag: string;
  /** CRC-32C of the part in base64, where the upload has one. */
  readonly crc32c?: string;
}

/** What listings of uploads work by. */
export interface UploadTarget {
  /** The connection. */
  readonly connection: S3Connection;
  /** Makes the calls. */
  readonly control: ControlPlane;
}

/** Lists the pending uploads of keys that start with `prefix`, page by page. */
export async function* listUploads(
  { connection, control }: UploadTarget,
  uri: string,
  prefix: string,
  { signal }: CallOptions,
): AsyncGenerator<PendingUpload, void, void> {
  const call: FailedCall = {
    operation: "list the uploads of",
    uri,
    permission: "s3:ListBucketMultipartUploads",
  };
  let keyMarker: string | undefined;
  let idMarker: string | undefined;
  for (;;) {
    const page = await control.run(call, { signal, idempotent: true }, (sdk, client, send) =>
      client.send(
        new sdk.ListMultipartUploadsCommand({
          Bucket: connection.bucket,
          ...(prefix === "" ? {} : { Prefix: prefix }),
          ...(keyMarker === undefined ? {} : { KeyMarker: keyMarker }),
          ...(idMarker === undefined ? {} : { UploadIdMarker: idMarker }),
        }),
        send,
      ));
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined || Initiated === undefined) {
        throw unlikeS3(call, "an upload lacks key, id or time");
      }
      yield { key: Key, uploadId: UploadId, initiated: Initiated };
      signal?.throwIfAborted();
    }
    if (!page.IsTruncated) return;
    const before = [keyMarker, idMarker].join("\n");
    [keyMarker, idMarker] = [page.NextKeyMarker, page.NextUploadIdMarker];
    if (!keyMarker || before === [keyMarker, idMarker].join("\n")) {
      throw unlikeS3(call, "a truncated page does not tell where the next one begins");
    }
  }
}

/** Lists the parts that the service has of an upload, by number. */
export async function* listParts(
  { connection, control }: UploadTarget,
  uri: string,
  key: string,
  uploadId: string,
  { signal }: CallOptions,
): AsyncGenerator<PendingPart, void, void> {
  const call: FailedCall = { operation: "list the parts of", uri, permission: "s3:ListMultipartUploadParts" };
  let marker: string | undefined;
  for (;;) {
    const page = await control.run(call, { signal, idempotent: true }, (sdk, client, send) =>
      client.send(
        new sdk.ListPartsCommand({
          Bucket: connection.bucket,
          Key: key,
          UploadId: uploadId,
          ...(marker === undefined ? {} : { PartNumberMarker: marker }),
          ...sdkObjectInput(connection.config),
        }),
        send,
      ));
    for (const { PartNumber, Size, ETag, ChecksumCRC32C } of page.Parts ?? []) {
      const etag = unquoteEtag(ETag);
      if (PartNumber === undefined || Size === undefined || etag === undefined) {
        throw unlikeS3(call, "a part lacks number, size or etag");
      }
      yield {
        number: PartNumber,
        size: Size,
        etag,
        ...(ChecksumCRC32C === undefined ? {} : { crc32c: ChecksumCRC32C }),
      };
      signal?.throwIfAborted();
    }
    if (!page.IsTruncated) return;
    if (!page.NextPartNumberMarker || page.NextPartNumberMarker === marker) {
      throw unlikeS3(call, "a truncated page does not tell where the next one begins");
    }
    marker = page.NextPartNumberMarker;
  }
}
