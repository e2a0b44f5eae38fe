import {
  checkWriteConditions,
  type CopyOptions,
  type CopyResult,
  NotFoundError,
  type ObjectInfo,
  PreconditionFailedError,
  StoreError,
} from "@lade/core/backend";
import type { CopyObjectCommandInput } from "@aws-sdk/client-s3";
import { headObject } from "../objects/head_object.ts";
import { quoteEtag, unlikeS3, unquoteEtag } from "../objects/object_info.ts";
import { MAX_PART_SIZE } from "../upload/part_size.ts";
import { encryptionInput, sdkObjectInput } from "../upload/sdk_attributes.ts";
import { attributesAsInput, tagging } from "../upload/wire_attributes.ts";
import { copyInParts } from "./copy_in_parts.ts";
import { copyCall, type CopySource, type CopyTarget, sourceInput, tagsToWrite } from "./copy_target.ts";

/**
 * Copies by the service: in one request up to 5 GiB, in parts beyond. The source is looked at first, for its size and
 * storage class, unless a listing told them; the copy is pinned to the content that was seen.
 */
export async function copyObject(target: CopyTarget, options: CopyOptions): Promise<CopyResult> {
  const listed = listedSource(target, options);
  if (listed) {
    await checkTarget(target, options);
    try {
      return await copyAtOnce(target, listed, options);
    } catch (error) {
      // The source may have changed since it was listed; a look tells.
      if (!(error instanceof PreconditionFailedError) && !isTooLarge(error)) throw error;
    }
  }
  const source = await look(target, options);
  if (!listed) await checkTarget(target, options);
  const isItself = target.source.bucket === target.connection.bucket && target.from === target.to;
  // S3 refuses a copy that changes nothing.
  if (isItself && options.sourceVersion === undefined && !options.attributes) return itself(source);
  if (source.size > MAX_PART_SIZE) return await copyInParts(target, source, options);
  try {
    return await copyAtOnce(target, source, options);
  } catch (error) {
    // A service may have a lower limit of its own.
    if (!isTooLarge(error)) throw error;
    return await copyInParts(target, source, options);
  }
}

/** What a listing told, where that is all that has to be known. */
function listedSource(target: CopyTarget, options: CopyOptions): CopySource | undefined {
  const { source, sourceIfMatch, sourceVersion } = options;
  if (source?.etag === undefined || source.size > MAX_PART_SIZE || sourceVersion !== undefined) {
    return undefined;
  }
  if (sourceIfMatch !== undefined && sourceIfMatch !== source.etag) return undefined;
  if (target.source === target.connection && target.from === target.to) return undefined;
  // Tags of the configuration are added to those of the source, of which no listing tells.
  return Object.keys(target.connection.config.tags).length > 0 ? undefined : source;
}

function look({ source, fromUri, from }: CopyTarget, options: CopyOptions): Promise<ObjectInfo> {
  const { signal, sourceIfMatch, sourceVersion } = options;
  return headObject(source, fromUri, from, {
    ...(signal === undefined ? {} : { signal }),
    ...(sourceIfMatch === undefined ? {} : { ifMatch: sourceIfMatch }),
    ...(sourceVersion === undefined ? {} : { version: sourceVersion }),
  });
}

function isTooLarge(error: unknown): boolean {
  return error instanceof StoreError && /larger than the maximum allowable/.test(String(error.cause));
}

async function copyAtOnce(target: CopyTarget, source: CopySource, options: CopyOptions): Promise<CopyResult> {
  const { connection, control, to } = target;
  const { signal, ifMatch, ifNoneMatch, attributes } = options;
  const { config } = connection;
  const writesTags = attributes?.tags !== undefined || Object.keys(config.tags).length > 0;
  const tags = writesTags ? tagging(config, await tagsToWrite(target, source, options)) ?? "" : undefined;
  const conditional = ifMatch !== undefined || ifNoneMatch !== undefined;
  const storageClass = attributes?.storageClass ?? source.storageClass;
  const answer = await control.run(
    copyCall(target, options),
    { signal, idempotent: !conditional },
    (sdk, client, send) =>
      client.send(
        new sdk.CopyObjectCommand({
          Bucket: connection.bucket,
          Key: to,
          ...(attributes ? { MetadataDirective: "REPLACE", ...attributesAsInput(attributes) } : {}),
          ...(ifMatch === undefined ? {} : { IfMatch: quoteEtag(ifMatch) }),
          ...(ifNoneMatch === undefined ? {} : { IfNoneMatch: ifNoneMatch }),
          // The SDK names the classes it knows; a service may have others.
          ...(storageClass === undefined
            ? {}
            : { StorageClass: storageClass as NonNullable<CopyObjectCommandInput["StorageClass"]> }),
          ...encryptionInput(config),
          ...(tags === undefined ? {} : { Tagging: tags, TaggingDirective: "REPLACE" }),
          ...sdkObjectInput(config),
          ...sourceInput(target, source, options),
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
    ...(source.etag === undefined ? {} : { sourceEtag: source.etag }),
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

function itself({ size, etag, version, checksums }: ObjectInfo): CopyResult {
  return {
    size,
    ...(etag === undefined ? {} : { etag, sourceEtag: etag }),
    ...(version === undefined ? {} : { version }),
    ...(checksums === undefined ? {} : { checksums }),
  };
}
