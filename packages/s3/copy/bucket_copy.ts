import type { CopyOptions, ObjectInfo } from "@lade/core/backend";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { ControlPlane } from "../sdk/control_plane.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { readPermission } from "../objects/read_request.ts";
import { getTags } from "../objects/get_tags.ts";
import { quoteEtag } from "@lade/service/body";
import { encodePath, encodeStrict } from "@lade/service/http";
import { type HeaderRecord, objectHeaders, payerHeaders, sourceKeyHeaders } from "../headers/read_headers.ts";

/** One copy, of an object of a bucket to an object of a bucket. */
export interface BucketCopy {
  /** The bucket of the source. */
  readonly source: S3Connection;
  /** The bucket of the target, which the copy is asked of. */
  readonly connection: S3Connection;
  /** Makes the calls. */
  readonly control: ControlPlane;
  /** URI of the source. */
  readonly fromUri: string;
  /** URI of the target. */
  readonly toUri: string;
  /** Key of the source. */
  readonly from: string;
  /** Key of the target. */
  readonly to: string;
  /** What is being done, for messages; `copy to` by default. */
  readonly operation?: string;
  /** How the copy is encrypted; as the configuration of the target's bucket says by default. */
  readonly encryption?: HeaderRecord | undefined;
}

/** What a copy has to know of its source. */
export type CopySource = Pick<ObjectInfo, "size" | "etag" | "storageClass" | "tagCount">;

/** The headers that name the source, pinned to what was seen of it; and who pays, for either bucket. */
export function sourceHeaders(
  { source: bucket, connection, from }: BucketCopy,
  source: CopySource,
  { sourceVersion }: CopyOptions,
  pin: boolean = true,
): HeaderRecord {
  const version = sourceVersion === undefined ? "" : `?versionId=${encodeStrict(sourceVersion)}`;
  return {
    ...payerHeaders(bucket.config),
    ...objectHeaders(connection.config),
    "x-amz-copy-source": `${bucket.bucket}/${encodePath(from)}${version}`,
    ...(source.etag === undefined || !pin ? {} : { "x-amz-copy-source-if-match": quoteEtag(source.etag) }),
    ...sourceKeyHeaders(bucket.config),
  };
}

/** How the tags of the source are asked for. */
export function readTagsOf(
  { source: bucket, fromUri, from }: BucketCopy,
  { signal, sourceVersion }: CopyOptions,
): () => Promise<Record<string, string>> {
  return () =>
    getTags(bucket, fromUri, from, {
      ...(signal === undefined ? {} : { signal }),
      ...(sourceVersion === undefined ? {} : { version: sourceVersion }),
    });
}

/** What errors of a copy say. */
export function copyCall(
  { toUri, operation = "copy to" }: BucketCopy,
  { ifMatch, ifNoneMatch, sourceIfMatch, sourceVersion }: CopyOptions,
): FailedCall {
  return {
    operation,
    uri: toUri,
    permission: `${
      readPermission(sourceVersion === undefined ? {} : { version: sourceVersion })
    } and s3:PutObject`,
    createOnly: ifNoneMatch !== undefined,
    ifMatch: ifMatch !== undefined,
    seenSource: sourceIfMatch === undefined,
  };
}
