import { type CopyOptions, type CopyResult, type ObjectInfo, UnavailableError } from "@lade/core/backend";
import { copiedAttributes } from "@lade/service/copy";
import type { ServiceCopy } from "@lade/service/store";
import { generationOf, generationQuery } from "../client/gcs_conditions.ts";
import { GCS_NAMES } from "../client/gcs_names.ts";
import { type GcsTarget, jsonPath } from "../client/gcs_target.ts";
import { askJson, jsonBody } from "../client/ask_json.ts";
import { headObject } from "../objects/read_object.ts";
import { type ObjectResource, receiptOf, resourceOf } from "../objects/resource.ts";

interface Rewritten {
  readonly rewriteToken?: string;
  readonly resource?: ObjectResource;
}

/**
 * Copies by the service, across buckets, classes and locations ("Objects: rewrite"): a large object, or one that moves to
 * another place, takes several requests, each of which goes on where the one before ended.
 */
export async function copyObject(
  { from, to, fromKey, toKey, calls }: ServiceCopy<GcsTarget>,
  options: CopyOptions,
  pin: string | undefined = options.sourceIfMatch,
): Promise<CopyResult> {
  const { signal, sourceVersion: version } = options;
  const asked = {
    ...(signal && { signal }),
    ...(version !== undefined && { version }),
    ...(pin !== undefined && { ifMatch: pin }),
  };
  const source = await headObject(from, fromKey, asked, calls.from);
  const described = jsonBody(await describeCopy(to, source, options));
  const path = `${jsonPath(from, fromKey)}/rewriteTo${jsonPath(to, toKey).slice("/storage/v1".length)}`;
  const { etag: sourceEtag = "" } = source;
  const kmsKey = to.config.kmsKey;
  let rewriteToken: string | undefined;
  for (;;) {
    const query = {
      ...generationQuery(options),
      sourceGeneration: generationOf(sourceEtag),
      rewriteToken,
      destinationKmsKeyName: kmsKey,
    };
    const answer = await askJson<Rewritten>(to, {
      method: "POST",
      path,
      query,
      ...described,
      idempotent: options.ifMatch === undefined && options.ifNoneMatch === undefined,
      firstByteTimeoutMs: to.config.bounds.slowAnswerTimeoutMs,
      signal,
      call: calls.to,
    });
    if (answer.resource) return { ...receiptOf(answer.resource, calls.to), sourceEtag };
    if (!answer.rewriteToken || answer.rewriteToken === rewriteToken) {
      throw new UnavailableError({
        ...calls.to,
        detail: "the service neither ends the copy nor goes on with it",
      });
    }
    rewriteToken = answer.rewriteToken;
  }
}

/** What the copy is to be: all of the source's, since the service copies no class, unless others are given. */
async function describeCopy(
  to: GcsTarget,
  source: ObjectInfo,
  options: CopyOptions,
): Promise<ObjectResource> {
  const put = await copiedAttributes(source, options, () => Promise.resolve({}));
  return resourceOf({ storageClass: GCS_NAMES.usualStorageClass ?? "STANDARD", ...put }, to.config);
}
