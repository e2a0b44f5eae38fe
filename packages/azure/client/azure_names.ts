import type { ResponseHeaders } from "@lade/service/http";
import { decodeMetadata, encodeMetadata, type HeaderNames, type StoredChecksums } from "@lade/service/body";
import { readStoredCrc, STORED_CRC } from "../names/stored_crc.ts";

/** The headers by which Azure describes a blob. */
export const AZURE_NAMES: HeaderNames = {
  service: "Azure Blob Storage",
  metadata: "x-ms-meta-",
  version: "x-ms-version-id",
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

/** MD5 is of what was put in one request; of a blob of blocks only where its writer said so. */
function readChecksums(headers: ResponseHeaders, whole: boolean, size: number): StoredChecksums {
  const isBlocks = (headers.get("x-ms-blob-type") ?? "BlockBlob") === "BlockBlob";
  const crc32c = isBlocks ? readStoredCrc(headers.get(`x-ms-meta-${STORED_CRC}`), size) : undefined;
  const md5 = headers.get("x-ms-blob-content-md5") ?? (whole ? headers.get("content-md5") : undefined);
  if (crc32c === undefined && !md5) return {};
  return { checksums: { ...(crc32c !== undefined && { crc32c }), ...(md5 && { md5 }) } };
}
