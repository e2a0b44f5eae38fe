import {
  attributesOf,
  checkMatch,
  checkWriteConditions,
  type CopyOptions,
  type CopyResult,
  NotFoundError,
  type ObjectAttributes,
  type ObjectInfo,
  PreconditionFailedError,
  type PutResult,
  type SetAttributesOptions,
  StoreError,
} from "@lade/core/backend";
import { copiedAttributes, copyOfItself, copyOrFind, tagsToWrite } from "@lade/service/copy";
import { withHeaders } from "../sdk/with_headers.ts";
import { type HeadAnswer, headObject, headWithHeaders } from "../objects/head_object.ts";
import type { ResponseHeaders } from "@lade/service/http";
import { attributesAsHeaders, unquoteEtag } from "@lade/service/body";
import { S3_HEADERS, unlikeS3 } from "../headers/s3_headers.ts";
import { isRefusedHeader, withExtra } from "../wire/plainer_way.ts";
import { type ConditionTarget, settleWrite } from "../conditions/rely_on.ts";
import { withIfMatch } from "../conditions/with_if_match.ts";
import { encryptionFault } from "../upload/confirm_encryption.ts";
import { putObject } from "../upload/put_object.ts";
import { encryptionHeaders, encryptionTold, tagging } from "../upload/write_headers.ts";
import { chooseMeans, type CopyMeans } from "./choose_means.ts";
import { copyByRanges } from "./copy_by_ranges.ts";
import { isSameService } from "./same_service.ts";
import { type BucketCopy, copyCall, type CopySource, readTagsOf, sourceHeaders } from "./bucket_copy.ts";

/** Bytes of an object that is copied in one request, at most. */
const MAX_WHOLE_COPY = 5 * 2 ** 30;

/** Copies between two buckets, where one service has both and the same identity asks; `undefined` for others. */
export async function copyBetween(copy: BucketCopy, options: CopyOptions): Promise<CopyResult | undefined> {
  const { source, connection } = copy;
  return await isSameService(source, connection) ? await serverSideCopy(copy, options) : undefined;
}

/**
 * Copies by the service: in one request up to 5 GiB, in parts beyond. A HEAD first gets the size and storage
 * class of the source, unless a listing had them. The copy is pinned to the content that was seen, and to `pin` without
 * a condition of the caller. Conditions that the service holds on other writes only are held by copying in parts.
 */
export async function serverSideCopy(
  target: BucketCopy,
  options: CopyOptions,
  pin: string | undefined = options.sourceIfMatch,
): Promise<CopyResult> {
  const { connection, to, toUri } = target;
  const about: ConditionTarget = { call: copyCall(target, options), key: to, signal: options.signal };
  const means = await chooseMeans(connection, options, about);
  const listed = means === "whole" ? listedSource(target, options) : undefined;
  if (listed) {
    try {
      return await copyAtOnce(target, listed, options, about);
    } catch (error) {
      // The source may have changed since it was listed; a HEAD shows.
      if (!(error instanceof PreconditionFailedError) && !isTooLarge(error)) throw error;
    }
  }
  const { info: source, headers } = await look(target, options, pin);
  const isItself = target.source.bucket === connection.bucket && target.from === to;
  // S3 refuses a copy that changes nothing; its conditions are held against what is there.
  if (isItself && options.sourceVersion === undefined && !options.attributes) {
    checkWriteConditions({ operation: "copy to", uri: toUri }, source.etag ?? "", options);
    return copyOfItself(source);
  }
  try {
    const keeping = isItself ? keepingEncryption(target, headers) : target;
    return await copySeen(keeping, source, options, means, about);
  } catch (error) {
    // The version may be the latest already.
    if (isItself && !options.attributes && changesNothing(error)) return copyOfItself(source);
    throw error;
  }
}

/**
 * Replaces attributes of an object by a copy onto itself. The others, tags, storage class and encryption stay, and so does
 * what another writer puts there meanwhile, as far as the service holds conditions.
 */
export async function setAttributes(
  target: BucketCopy,
  attributes: ObjectAttributes,
  { signal, ifMatch, ifIgnored }: SetAttributesOptions,
): Promise<PutResult> {
  const { connection, to, toUri, operation = "copy to" } = target;
  const { info, headers } = await look(target, signal === undefined ? {} : { signal }, undefined);
  checkMatch({ operation, uri: toUri }, info.etag, ifMatch);
  const given = attributesOf(attributes);
  if (Object.keys(given).length === 0) return written(copyOfItself(info));
  const isLong = info.size > MAX_WHOLE_COPY;
  const etag = ifMatch ?? (connection.trustsConditions || isLong ? info.etag : undefined);
  const options: CopyOptions = {
    attributes: { ...attributesOf(info), ...given },
    ...(signal === undefined ? {} : { signal }),
    ...(etag === undefined
      ? {}
      : { ifMatch: etag, ifIgnored: ifMatch === undefined ? "look" : ifIgnored ?? "refuse" }),
  };
  const about: ConditionTarget = { call: copyCall(target, options), key: to, signal };
  const means = await chooseMeans(connection, options, about);
  return written(await copySeen(keepingEncryption(target, headers), info, options, means, about));
}

function written({ sourceEtag: _, ...result }: CopyResult): PutResult {
  return result;
}

/** An object that is copied onto itself stays encrypted as it is, unless the configuration says how. */
function keepingEncryption(target: BucketCopy, headers: ResponseHeaders): BucketCopy {
  return target.connection.config.sse ? target : { ...target, encryption: encryptionTold(headers) };
}

/** Copies what was seen: in one request, or in parts where it is too large for that. */
async function copySeen(
  target: BucketCopy,
  source: ObjectInfo,
  options: CopyOptions,
  means: CopyMeans,
  about: ConditionTarget,
): Promise<CopyResult> {
  if (means === "parts" && source.size === 0) return await putEmpty(target, source, options);
  if (means === "parts" || source.size > MAX_WHOLE_COPY) return await copyByRanges(target, source, options);
  try {
    return await copyAtOnce(target, source, options, about);
  } catch (error) {
    // A service may have a lower limit of its own.
    if (!isTooLarge(error)) throw error;
    return await copyByRanges(target, source, options);
  }
}

/** What a listing had, where that suffices. */
function listedSource(target: BucketCopy, options: CopyOptions): CopySource | undefined {
  const { source, sourceIfMatch, sourceVersion } = options;
  if (source?.etag === undefined || source.size > MAX_WHOLE_COPY || sourceVersion !== undefined) {
    return undefined;
  }
  if (sourceIfMatch !== undefined && sourceIfMatch !== source.etag) return undefined;
  if (target.source === target.connection && target.from === target.to) return undefined;
  // Tags of the configuration are added to those of the source, which no listing has.
  return Object.keys(target.connection.config.tags).length > 0 ? undefined : source;
}

function look(
  { source, fromUri, from }: BucketCopy,
  { signal, sourceVersion }: CopyOptions,
  sourceIfMatch: string | undefined,
): Promise<HeadAnswer> {
  return headWithHeaders(source, fromUri, from, {
    ...(signal === undefined ? {} : { signal }),
    ...(sourceIfMatch === undefined ? {} : { ifMatch: sourceIfMatch }),
    ...(sourceVersion === undefined ? {} : { version: sourceVersion }),
  });
}

function changesNothing(error: unknown): boolean {
  return error instanceof StoreError && /copy an object to itself without changing/.test(String(error.cause));
}

function isTooLarge(error: unknown): boolean {
  return error instanceof StoreError && /larger than the maximum allowable/.test(String(error.cause));
}

/** An object without bytes has no parts to be copied. */
async function putEmpty(target: BucketCopy, source: ObjectInfo, options: CopyOptions): Promise<CopyResult> {
  const { connection, to, toUri, operation = "copy to" } = target;
  const { signal } = options;
  const put = await copiedAttributes(source, options, readTagsOf(target, options));
  const about = { connection, operation, uri: toUri, key: to };
  const written = await putObject(about, new Uint8Array(), {
    ...put,
    ...(signal === undefined ? {} : { signal }),
  });
  return { ...written, ...(source.etag === undefined ? {} : { sourceEtag: source.etag }) };
}

async function copyAtOnce(
  target: BucketCopy,
  source: CopySource,
  options: CopyOptions,
  about: ConditionTarget,
): Promise<CopyResult> {
  const { connection, control, to } = target;
  const { signal, attributes } = options;
  const { ifMatch, ifNoneMatch } = await settleWrite(connection, "copy", options, about);
  const { config } = connection;
  const writesTags = attributes?.tags !== undefined || Object.keys(config.tags).length > 0;
  const tags = writesTags
    ? tagging(config, await tagsToWrite(source, options, readTagsOf(target, options)))
    : undefined;
  const conditional = ifMatch !== undefined || ifNoneMatch !== undefined;
  const storageClass = attributes?.storageClass ?? source.storageClass;
  const copy = async (match: string | undefined, pin: boolean) => {
    const answer = await control.run(
      copyCall(target, options),
      { signal, idempotent: !conditional },
      (sdk, client, send) =>
        client.send(
          // The header names the source, but the SDK needs one, too.
          withHeaders(new sdk.CopyObjectCommand({ Bucket: connection.bucket, Key: to, CopySource: "" }), {
            ...(attributes
              ? { ...attributesAsHeaders(S3_HEADERS, attributes), "x-amz-metadata-directive": "REPLACE" }
              : {}),
            ...(match === undefined ? {} : { "if-match": match }),
            ...(ifNoneMatch === undefined ? {} : { "if-none-match": ifNoneMatch }),
            ...(storageClass === undefined ? {} : { "x-amz-storage-class": storageClass }),
            ...(target.encryption ?? encryptionHeaders(config)),
            ...(tags === undefined ? {} : { "x-amz-tagging-directive": "REPLACE" }),
            ...(tags ? { "x-amz-tagging": tags } : {}),
            ...sourceHeaders(target, source, options, pin),
          }),
          send,
        ),
    );
    const told = { sse: answer.ServerSideEncryption, customer: answer.SSECustomerAlgorithm };
    const state = "the copy was made, perhaps in the clear";
    const fault = encryptionFault(config, copyCall(target, options), told, state);
    if (fault) throw fault;
    const etag = unquoteEtag(answer.CopyObjectResult?.ETag);
    return {
      ...(etag === undefined ? {} : { etag }),
      ...(answer.VersionId === undefined ? {} : { version: answer.VersionId }),
    };
  };
  // A pin that the caller did not ask for is worth less than the copy.
  const isRefusal = (error: unknown) => options.sourceIfMatch === undefined && isRefusedHeader(error);
  const search = {
    source,
    head: () => headObject(connection, target.toUri, to, signal === undefined ? {} : { signal }),
    clock: connection.clock,
    patienceMs: config.bounds.patienceMs,
    signal,
  };
  const { etag, version } = await copyOrFind(search, () =>
    withIfMatch(
      connection,
      about,
      ifMatch,
      (match) => withExtra(connection, "copy-pin", isRefusal, (extra) => copy(match, extra)),
    ));
  if (etag === undefined) throw unlikeS3(copyCall(target, options), "it does not tell the copy's etag");
  if (options.sourceIfMatch !== undefined && etag !== source.etag) await checkStill(target, source, options);
  return {
    size: source.size,
    etag,
    ...(version === undefined ? {} : { version }),
    ...(source.etag === undefined ? {} : { sourceEtag: source.etag }),
  };
}

/**
 * Sees to it, after a copy whose etag does not show what it was made of, that the source was the one it was to be: a
 * service may have passed over the condition.
 */
async function checkStill(target: BucketCopy, source: CopySource, options: CopyOptions): Promise<void> {
  const { connection, fromUri, toUri } = target;
  const held = connection.trustsConditions || connection.traits.conduct("copy-source") === "holds";
  if (held || options.sourceVersion !== undefined) return;
  try {
    await look(target, options, source.etag);
  } catch (error) {
    if (!(error instanceof PreconditionFailedError) && !(error instanceof NotFoundError)) throw error;
    throw new PreconditionFailedError({
      operation: "copy",
      uri: fromUri,
      detail: `it changed while it was copied; ${JSON.stringify(toUri)} may be of another content`,
      cause: error,
    });
  }
}
