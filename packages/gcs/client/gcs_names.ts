import { decodeUtf8, type HeaderNames, type StoredChecksums } from "@lade/service/body";
import type { ResponseHeaders } from "@lade/service/http";
import { generationOf } from "./gcs_conditions.ts";

/** The headers by which the XML API describes an object. */
export const GCS_NAMES: HeaderNames = {
  service: "Google Cloud Storage",
  metadata: "x-goog-meta-",
  etag: "x-goog-generation",
  version: "x-goog-generation",
  storageClass: "x-goog-storage-class",
  usualStorageClass: "STANDARD",
  conditions: ({ ifMatch }): Record<string, string> =>
    ifMatch === undefined || ifMatch === "*" ? {} : { "x-goog-if-generation-match": generationOf(ifMatch) },
  // It is what private objects say that were given nothing.
  usualCacheControl: "private, max-age=0",
  // What is not ASCII is written by the JSON API alone.
  encodeMetadata: (value) => value,
  decodeMetadata: decodeUtf8,
  readChecksums,
};

/** The checksums of the whole object, which every answer has. */
function readChecksums(headers: ResponseHeaders): StoredChecksums {
  const told = headers.get("x-goog-hash") ?? "";
  const [, crc32c] = /(?:^|[,\s])crc32c=([A-Za-z0-9+/]{6}==)/.exec(told) ?? [];
  const [, md5] = /(?:^|[,\s])md5=([A-Za-z0-9+/]{22}==)/.exec(told) ?? [];
  if (crc32c === undefined && md5 === undefined) return {};
  return { checksums: { ...(crc32c !== undefined && { crc32c }), ...(md5 !== undefined && { md5 }) } };
}
