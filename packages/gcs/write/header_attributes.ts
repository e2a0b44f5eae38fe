import type { ObjectAttributes } from "@lade/core/backend";
import { attributesAsHeaders } from "@lade/service/body";
import { GCS_NAMES } from "../client/gcs_names.ts";
import type { GcsObjectConfig } from "../client/gcs_target.ts";

/** A value that a header carries as it is. */
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * The headers by which the XML API is told what describes an object; `undefined` where they cannot say it as the JSON API
 * can, since they carry nothing but ASCII.
 */
export function headerAttributes(
  given: ObjectAttributes,
  { kmsKey, storageClass }: Pick<GcsObjectConfig, "kmsKey" | "storageClass">,
): Record<string, string> | undefined {
  const { metadata = {}, contentType = "application/octet-stream" } = given;
  const texts = [given.contentEncoding, given.contentLanguage, given.contentDisposition, given.cacheControl];
  const values = [contentType, ...texts.filter((text) => text !== undefined), ...Object.values(metadata)];
  if (!values.every((value) => PLAIN.test(value))) return undefined;
  const chosen = given.storageClass ?? storageClass;
  return {
    ...attributesAsHeaders({ ...GCS_NAMES, encodeMetadata: (value) => value }, {
      ...given,
      contentType,
      ...(chosen !== undefined && { storageClass: chosen }),
    }),
    ...(kmsKey !== undefined && { "x-goog-encryption-kms-key-name": kmsKey }),
  };
}
