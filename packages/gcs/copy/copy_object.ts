import {
  checkWriteConditions,
  type CopyOptions,
  type CopyResult,
  PermissionDeniedError,
} from "@lade/core/backend";
import { copyOfItself } from "@lade/service/copy";
import type { ServiceCopy } from "@lade/service/store";
import { type GcsTarget, placeOf } from "../client/gcs_target.ts";
import { describeObject, headObject } from "../objects/read_object.ts";
import { copiedResource } from "../objects/resource.ts";
import { rewriteObject } from "./rewrite_object.ts";

/**
 * Copies by the service, across buckets, classes and locations, held to the content that is seen first, or to `pin` without
 * a condition of the caller.
 */
export async function copyObject(
  copy: ServiceCopy<GcsTarget>,
  options: CopyOptions,
  pin: string | undefined = options.sourceIfMatch,
): Promise<CopyResult> {
  const { from, to, fromKey, toKey, calls } = copy;
  const { attributes, signal, sourceVersion: version } = options;
  const source = await describeObject(from, fromKey, {
    ...(signal && { signal }),
    ...(version !== undefined && { version }),
    ...(pin !== undefined && { ifMatch: pin }),
  }, calls.from);
  const { etag = "" } = source.info;
  const isItself = from.bucket === to.bucket && fromKey === toKey && version === undefined;
  if (isItself) checkWriteConditions(calls.to, etag, options);
  if (isItself && !attributes) return copyOfItself(source.info);
  const described = copiedResource(source.resource, attributes);
  // Sent twice, a copy onto itself would not find its source.
  const held = isItself ? { ...options, ifMatch: etag } : options;
  const made = await rewriteObject({ ...copy, source: source.info, described }, held);
  return { ...made, sourceEtag: etag };
}

/**
 * Copies between buckets of one service, whoever opened them; `undefined` for those of another, and where only the
 * credentials of the source's own store may read it.
 */
export async function copyAcross(
  copy: ServiceCopy<GcsTarget>,
  options: CopyOptions,
): Promise<CopyResult | undefined> {
  const { from, to, fromKey, calls } = copy;
  if (placeOf(from, "").service !== placeOf(to, "").service) return undefined;
  try {
    return await copyObject(copy, options);
  } catch (error) {
    if (!(error instanceof PermissionDeniedError) || from.credential === to.credential) throw error;
    const asked = options.sourceVersion === undefined ? {} : { version: options.sourceVersion };
    // With the rights by which the copy is made, and paid by whom that says.
    const reach = { ...to, bucket: from.bucket };
    const mayRead = await headObject(reach, fromKey, asked, calls.from).then(() => true, (error) => {
      return !(error instanceof PermissionDeniedError);
    });
    if (mayRead) throw error;
    return undefined;
  }
}
