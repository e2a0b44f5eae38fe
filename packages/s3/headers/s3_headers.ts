import type { Checksums, ServiceError } from "@lade/core/backend";
import {
  decodeMetadata,
  encodeMetadata,
  type HeaderNames,
  readEtag,
  type StoredChecksums,
  unlikeService,
} from "@lade/service/body";
import type { CallName } from "@lade/core/errors";
import type { ResponseHeaders } from "@lade/service/http";

/** Checksums, each with the header that tells it. */
const CHECKSUMS = ["crc32c", "crc64nvme", "crc32", "sha1", "sha256", "sha512", "md5"]
  .map((label) => ({ label, header: `x-amz-checksum-${label}` }));

/** The headers by which S3 describes an object. */
export const S3_HEADERS: HeaderNames = {
  service: "an S3 service",
  metadata: "x-amz-meta-",
  version: "x-amz-version-id",
  unversioned: "null",
  storageClass: "x-amz-storage-class",
  usualStorageClass: "STANDARD",
  tagCount: "x-amz-tagging-count",
  framing: "aws-chunked",
  encodeMetadata,
  decodeMetadata,
  readChecksums,
};

function readChecksums(headers: ResponseHeaders, whole: boolean): StoredChecksums {
  const checksums = checksumsOfWhole(headers, whole);
  if (checksums) return { checksums };
  const partsChecksum = whole ? readPartsChecksum(headers) : undefined;
  return partsChecksum === undefined ? {} : { partsChecksum };
}

/**
 * The checksums of the whole object in an answer. What may be of parts is left out: a checksum of checksums (`…-3`), and
 * one that does not say that it is of the full object where it comes with a range or the object was made of parts.
 */
function checksumsOfWhole(headers: ResponseHeaders, whole: boolean): Checksums | undefined {
  // A service that gives back the headers of requests never computed what they say, and may have them of an older object.
  if (headers.get("x-amz-content-sha256") !== undefined) return undefined;
  const type = headers.get("x-amz-checksum-type");
  const mayBeOfParts = !whole || /-\d+$/.test(readEtag(headers) ?? "");
  if (type === "COMPOSITE" || (mayBeOfParts && type !== "FULL_OBJECT")) return undefined;
  let found: Record<string, string> | undefined;
  for (const { label, header } of CHECKSUMS) {
    const value = headers.get(header);
    if (value && !value.includes("-")) (found ??= {})[label] = value;
  }
  return found;
}

/** What the service keeps of the parts only: a checksum of their checksums, or an etag made of their MD5 sums. */
function readPartsChecksum(headers: ResponseHeaders): string | undefined {
  for (const { label, header } of CHECKSUMS) {
    const value = headers.get(header);
    if (value) return `${label} ${value}`;
  }
  const etag = readEtag(headers) ?? "";
  return /^[0-9a-f]{32}-\d+$/i.test(etag) ? `md5 ${etag}` : undefined;
}

/** The error of an answer that no S3 service gives. */
export function unlikeS3(call: CallName, what: string): ServiceError {
  return unlikeService(call, S3_HEADERS.service, what);
}
