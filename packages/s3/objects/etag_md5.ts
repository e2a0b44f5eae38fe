import type { EtagMd5 } from "@lade/core";
import type { ResponseHeaders } from "@lade/service/http";
import type { S3Connection } from "../wire/s3_connection.ts";
import { readEtag } from "@lade/service/body";

/**
 * The etag of an answer in lower case where it has the form of an MD5: not of parts, and not of bytes that are encrypted
 * by a key other than the service's own.
 */
export function md5Digits(headers: ResponseHeaders): string | undefined {
  const etag = readEtag(headers)?.toLowerCase() ?? "";
  const encrypted = (headers.get("x-amz-server-side-encryption") ?? "AES256") !== "AES256" ||
    headers.has("x-amz-server-side-encryption-customer-algorithm");
  return !encrypted && /^[0-9a-f]{32}$/.test(etag) ? etag : undefined;
}

/**
 * The MD5 of an object that was answered, by its etag. Amazon documents that it is one; the etags of others are known to
 * be MD5 sums once one of them was, and show nothing once one was shown not to be.
 */
export function etagMd5(
  { config, endpoint, bucket, traits: { md5Etags } }: S3Connection,
  headers: ResponseHeaders,
): EtagMd5 | undefined {
  const digits = config.verifyDownloads ? md5Digits(headers) : undefined;
  const documented = endpoint.amazon && hasMd5Etags(endpoint.hostname, bucket);
  if (digits === undefined || !(documented || md5Etags.mayTell)) return undefined;
  return {
    md5: btoa(digits.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16)))),
    get certain() {
      return documented || md5Etags.are === true;
    },
    learn: (fits) => void md5Etags.differs(fits),
  };
}

/** All but directory buckets, which make other etags, and Object Lambda, which changes bytes and leaves the etag. */
function hasMd5Etags(hostname: string, bucket = ""): boolean {
  return !/--x-s3$/.test(bucket) && !/s3express|s3-object-lambda/.test(hostname) && !/--ol-s3$/.test(bucket);
}
