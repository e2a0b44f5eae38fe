import { type Checksums, type ObjectInfo, ServiceError } from "@lade/core/backend";
import type { ResponseHeaders } from "@lade/service/http";
import type { FailedCall } from "../errors/to_store_error.ts";
import { decodeMetadata } from "./metadata_text.ts";

const META = "x-amz-meta-";
const LABELS = ["crc32c", "crc64nvme", "crc32", "sha1", "sha256", "sha512", "md5"] as const;

/** What the headers of a GET or HEAD tell of an object. `whole` says that the answer is about all of its bytes. */
export function readObjectInfo(
  key: string,
  size: number,
  headers: ResponseHeaders,
  whole: boolean,
  call: FailedCall,
): ObjectInfo {
  const lastModified = new Date(headers.get("last-modified") ?? NaN);
  if (Number.isNaN(lastModified.getTime())) throw unlikeS3(call, "it has no valid Last-Modified");
  const etag = readEtag(headers);
  const version = headers.get("x-amz-version-id");
  const contentType = headers.get("content-type");
  const contentEncoding = headers.get("content-encoding")?.split(",").map((each) => each.trim())
    .filter((each) => each !== "" && each !== "aws-chunked").join(", ");
  const cacheControl = headers.get("cache-control");
  const contentDisposition = headers.get("content-disposition");
  const contentLanguage = headers.get("content-language");
  const expires = new Date(headers.get("expires") ?? NaN);
  const tagCount = Number(headers.get("x-amz-tagging-count") ?? 0);
  const storageClass = headers.get("x-amz-storage-class");
  const checksums = readChecksums(headers, whole);
  const partsChecksum = checksums || !whole ? undefined : readPartsChecksum(headers);
  const stored = [...headers].filter(([name]) => name.startsWith(META));
  const metadata = Object.fromEntries(
    stored.map(([name, value]) => [name.slice(META.length), decodeMetadata(value)]),
  );
  return {
    key,
    size,
    lastModified,
    ...(etag === undefined ? {} : { etag }),
    ...(version === undefined ? {} : { version }),
    ...(contentType ? { contentType } : {}),
    ...(contentEncoding ? { contentEncoding } : {}),
    ...(cacheControl ? { cacheControl } : {}),
    ...(contentDisposition ? { contentDisposition } : {}),
    ...(contentLanguage ? { contentLanguage } : {}),
    ...(Number.isNaN(expires.getTime()) ? {} : { expires }),
    ...(tagCount > 0 ? { tagCount } : {}),
    ...(storageClass ? { storageClass } : {}),
    ...(checksums === undefined ? {} : { checksums }),
    ...(partsChecksum === undefined ? {} : { partsChecksum }),
    metadata,
  };
}

/** No service holds larger objects: a petabyte, twenty times what Amazon S3 takes. */
export const MAX_OBJECT_BYTES = 2 ** 50;

/** The size of an object as text in digits; `undefined` for what is none, or is more than any service holds. */
export function readSize(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  return Number(text) <= MAX_OBJECT_BYTES ? Number(text) : undefined;
}

/** The etag of an answer without its quotes. */
export function readEtag(headers: ResponseHeaders): string | undefined {
  return unquoteEtag(headers.get("etag"));
}

/** An etag without its quotes; `undefined` for none. */
export function unquoteEtag(etag: string | undefined): string | undefined {
  if (etag === undefined) return undefined;
  const start = etag.startsWith("W/") ? 2 : 0;
  const quoted = etag.length > start + 1 && etag.charAt(start) === '"' && etag.endsWith('"');
  return (quoted ? etag.slice(start + 1, -1) : etag) || undefined;
}

/** An etag as conditions have it. */
export function quoteEtag(etag: string): string {
  return etag === "*" ? etag : `"${etag}"`;
}

/**
 * The checksums of the whole object in an answer. What may be of parts is left out: a checksum of checksums (`…-3`), and
 * one that does not say that it is of the full object where it comes with a range or the object was made of parts.
 */
export function readChecksums(headers: ResponseHeaders, whole: boolean): Checksums | undefined {
  // A service that gives back the headers of requests never computed what they say, and may have them of an older object.
  if (headers.get("x-amz-content-sha256") !== undefined) return undefined;
  const type = headers.get("x-amz-checksum-type");
  const mayBeOfParts = !whole || /-\d+$/.test(readEtag(headers) ?? "");
  if (type === "COMPOSITE" || (mayBeOfParts && type !== "FULL_OBJECT")) return undefined;
  let found: Record<string, string> | undefined;
  for (const label of LABELS) {
    const value = headers.get(`x-amz-checksum-${label}`);
    if (value && !value.includes("-")) (found ??= {})[label] = value;
  }
  return found;
}

/** What the service keeps of the parts only: a checksum of their checksums, or an etag made of their MD5 sums. */
function readPartsChecksum(headers: ResponseHeaders): string | undefined {
  for (const label of LABELS) {
    const value = headers.get(`x-amz-checksum-${label}`);
    if (value) return `${label} ${value}`;
  }
  const etag = readEtag(headers) ?? "";
  return /^[0-9a-f]{32}-\d+$/i.test(etag) ? `md5 ${etag}` : undefined;
}

/** The error of an answer that no S3 service gives. */
export function unlikeS3(call: FailedCall, what: string): ServiceError {
  return new ServiceError({
    operation: call.operation,
    uri: call.uri,
    detail: `the answer is not that of an S3 service: ${what}`,
  });
}
