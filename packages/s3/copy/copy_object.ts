import {
  checkWriteConditions,
  type CopyOptions,
  NotFoundError,
  type ObjectInfo,
  type PutOptions,
  type PutResult,
  StoreError,
} from "@lade/core/backend";
import type { CopyObjectCommandInput } from "@aws-sdk/client-s3";
import type { S3Connection } from "../client/s3_connection.ts";
import type { ControlPlane } from "../control/control_plane.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { headObject } from "../objects/head_object.ts";
import { quoteEtag, unlikeS3, unquoteEtag } from "../objects/object_info.ts";
import { encodePath, encodeStrict } from "../sigv4/encode.ts";
import { MAX_PART_SIZE } from "../upload/part_size.ts";
import { sdkObjectInput } from "../upload/sdk_attributes.ts";
import { tagging } from "../upload/write_headers.ts";
import { copyInParts } from "./copy_in_parts.ts";

/** What a copy works by. */
export interface CopyTarget {
  /** The bucket of both objects. */
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
}

/**
 * Copies within the bucket by the service: in one request up to 5 GiB, in parts beyond. The source is looked at first,
 * for its size, and the copy is pinned to the content that was seen.
 */
export async function copyObject(target: CopyTarget, options: CopyOptions): Promise<PutResult> {
  const { connection, fromUri, from, to } = target;
  const { signal, sourceIfMatch, sourceVersion } = options;
  const source = await headObject(connection, fromUri, from, {
    ...(signal === undefined ? {} : { signal }),
    ...(sourceIfMatch === undefined ? {} : { ifMatch: sourceIfMatch }),
    ...(sourceVersion === undefined ? {} : { version: sourceVersion }),
  });
  await checkTarget(target, options);
  // S3 refuses a copy that changes nothing.
  if (from === to && sourceVersion === undefined) return itself(source);
  if (source.size > MAX_PART_SIZE) return await copyInParts(target, source, options);
  try {
    return await copyAtOnce(target, source, options);
  } catch (error) {
    // A service may have a lower limit of its own.
    const tooLarge = error instanceof StoreError &&
      /larger than the maximum allowable/.test(String(error.cause));
    if (!tooLarge) throw error;
    return await copyInParts(target, source, options);
  }
}

async function copyAtOnce(target: CopyTarget, source: ObjectInfo, options: CopyOptions): Promise<PutResult> {
  const { connection, control, to } = target;
  const { signal, ifMatch, ifNoneMatch } = options;
  const { config } = connection;
  const tags = tagging(config);
  const conditional = ifMatch !== undefined || ifNoneMatch !== undefined;
  const answer = await control.run(
    copyCall(target, options),
    { signal, idempotent: !conditional },
    (sdk, client, send) =>
      client.send(
        new sdk.CopyObjectCommand({
          Bucket: connection.bucket,
          Key: to,
          ...sourceInput(target, source, options),
          ...(ifMatch === undefined ? {} : { IfMatch: quoteEtag(ifMatch) }),
          ...(ifNoneMatch === undefined ? {} : { IfNoneMatch: ifNoneMatch }),
          ...(source.storageClass === undefined
            ? {}
            : { StorageClass: source.storageClass as NonNullable<CopyObjectCommandInput["StorageClass"]> }),
          ...(config.sse ? { ServerSideEncryption: config.sse } : {}),
          ...(config.sseKmsKeyId ? { SSEKMSKeyId: config.sseKmsKeyId } : {}),
          ...(tags === undefined ? {} : { Tagging: tags, TaggingDirective: "REPLACE" }),
          ...sdkObjectInput(config),
        }),
        send,
      ),
  );
  const etag = unquoteEtag(answer.CopyObjectResult?.ETag);
  if (etag === undefined) throw unlikeS3(copyCall(target, options), "it does not tell the copy's etag");
  const { VersionId } = answer;
  return {
    size: source.size,
    etag,
    ...(VersionId === undefined ? {} : { version: VersionId }),
  };
}

/**
 * Holds the conditions against the target as it is. The service holds them too, in one step with the copy; but there
 * are services that know no conditions on copies and would pass over them.
 */
async function checkTarget(
  { connection, toUri, to }: CopyTarget,
  { ifMatch, ifNoneMatch, signal }: CopyOptions,
): Promise<void> {
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  let etag: string | undefined;
  try {
    ({ etag } = await headObject(connection, toUri, to, signal === undefined ? {} : { signal }));
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  checkWriteConditions({ operation: "copy to", uri: toUri }, etag, {
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  });
}

function itself({ size, etag, version, checksums }: ObjectInfo): PutResult {
  return {
    size,
    ...(etag === undefined ? {} : { etag }),
    ...(version === undefined ? {} : { version }),
    ...(checksums === undefined ? {} : { checksums }),
  };
}

/** The input that names the source, pinned to what was seen of it. */
export function sourceInput(
  { connection, from }: CopyTarget,
  source: ObjectInfo,
  { sourceVersion }: CopyOptions,
): {
  CopySource: string;
  CopySourceIfMatch?: string;
  CopySourceSSECustomerAlgorithm?: string;
  CopySourceSSECustomerKey?: string;
} {
  const { SSECustomerAlgorithm, SSECustomerKey } = sdkObjectInput(connection.config);
  return {
    CopySource: `${connection.bucket}/${encodePath(from)}` +
      (sourceVersion === undefined ? "" : `?versionId=${encodeStrict(sourceVersion)}`),
    ...(source.etag === undefined ? {} : { CopySourceIfMatch: quoteEtag(source.etag) }),
    ...(SSECustomerAlgorithm && SSECustomerKey
      ? { CopySourceSSECustomerAlgorithm: SSECustomerAlgorithm, CopySourceSSECustomerKey: SSECustomerKey }
      : {}),
  };
}

/** What errors of a copy say. */
export function copyCall({ toUri }: CopyTarget, { ifMatch, ifNoneMatch }: PutOptions): FailedCall {
  return {
    operation: "copy to",
    uri: toUri,
    permission: "s3:GetObject and s3:PutObject",
    createOnly: ifNoneMatch !== undefined,
    ifMatch: ifMatch !== undefined,
  };
}
