import type { ResponseHeaders } from "@lade/service/http";
import { decodeMetadata, encodeMetadata, type HeaderNames, type StoredChecksums } from "@lade/service/body";
import { readStoredCrc, STORED_CRC } from "../names/stored_crc.ts";

/** The headers by which Azure describes a blob. */
export const AZURE_NAMES: HeaderNames = {
  service: "Azure Blob Storage",
  metadata: "x-ms-meta-",
  version: "x-ms-version-id",
  unversioned: "null",
  ownMetadata: [STORED_CRC],
  storageClass: "x-ms-access-tier",
  inferredStorageClass: "x-ms-access-tier-inferred",
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

/**
 * Of blobs of blocks alone: what is appended, or written into a page, changes no checksum. The service makes the MD5 of
 * what is put in one request; else it is what the writer says.
 */
function readChecksums(headers: ResponseHeaders, whole: boolean, size: number): StoredChecksums {
  if ((headers.get("x-ms-blob-type") ?? "BlockBlob") !== "BlockBlob") return {};
  const crc32c = readStoredCrc(headers.get(`x-ms-meta-${STORED_CRC}`), size);
  const md5 = headers.get("x-ms-blob-content-md5") ?? (whole ? headers.get("content-md5") : undefined);
  if (crc32c === undefined && !md5) return {};
  return { checksums: { ...(crc32c !== undefined && { crc32c }), ...(md5 && { md5 }) } };
}
