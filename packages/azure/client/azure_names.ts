import type { ResponseHeaders } from "@lade/service/http";
import { decodeMetadata, encodeMetadata, type HeaderNames, type StoredChecksums } from "@lade/service/body";

/** The headers by which Azure describes a blob. */
export const AZURE_NAMES: HeaderNames = {
  service: "Azure Blob Storage",
  metadata: "x-ms-meta-",
  version: "x-ms-version-id",
  storageClass: "x-ms-access-tier",
  tagCount: "x-ms-tag-count",
  written: {
    contentType: "x-ms-blob-content-type",
    contentEncoding: "x-ms-blob-content-encoding",
    contentLanguage: "x-ms-blob-content-language",
    contentDisposition: "x-ms-blob-content-disposition",
    cacheControl: "x-ms-blob-cache-control",
  },
  encodeMetadata,
  decodeMetadata,
  readChecksums,
};

/** MD5 is of what was put in one request; of a blob of blocks only where its writer said so. */
function readChecksums(headers: ResponseHeaders, whole: boolean): StoredChecksums {
  const md5 = headers.get("x-ms-blob-content-md5") ?? (whole ? headers.get("content-md5") : undefined);
  return md5 ? { checksums: { md5 } } : {};
}
