import type { WireResponse } from "@lade/testing/http";
import { S3Error } from "../s3_error.ts";
import type { Bucket } from "../store/bucket.ts";
import type { StoredObject } from "../store/stored_object.ts";
import { element, type Xml } from "../../parts/write_xml.ts";
import { bucketOf, type Call, xmlResponse } from "./call.ts";
import { quoted } from "./etag.ts";
import { commonPrefixes, type ListingQuery, readListingQuery } from "./listing_query.ts";
import { type Listed, nameOf, takePage, walkKeys } from "./walk_keys.ts";

/** ListObjectsV2. */
export function listObjectsV2(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const listing = readListingQuery(call, "max-keys");
  const startAfter = call.query.get("start-after");
  const token = call.query.get("continuation-token");
  const after = token === undefined ? startAfter ?? "" : readToken(token);
  const { page, truncated, last } = readPage(bucket, listing, after);
  const withOwner = call.query.get("fetch-owner") === "true";
  return xmlResponse("ListBucketResult", [
    element("Name", bucket.name),
    element("Prefix", listing.encode(listing.prefix)),
    element("StartAfter", startAfter && listing.encode(startAfter)),
    element("ContinuationToken", token),
    truncated ? element("NextContinuationToken", writeToken(last)) : undefined,
    element("KeyCount", page.length),
    element("MaxKeys", listing.max),
    listing.delimiter === "" ? undefined : element("Delimiter", listing.encode(listing.delimiter)),
    listing.encodingType,
    element("IsTruncated", truncated),
    ...contents(bucket, page, listing, withOwner),
    ...commonPrefixes(page, listing),
  ]);
}

/** ListObjects, the first version: it has a marker where the second has a token. */
export function listObjects(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const listing = readListingQuery(call, "max-keys");
  const marker = call.query.get("marker") ?? "";
  const { page, truncated, last } = readPage(bucket, listing, marker);
  return xmlResponse("ListBucketResult", [
    element("Name", bucket.name),
    element("Prefix", listing.encode(listing.prefix)),
    element("Marker", listing.encode(marker)),
    truncated && listing.delimiter !== "" ? element("NextMarker", listing.encode(last)) : undefined,
    element("MaxKeys", listing.max),
    listing.delimiter === "" ? undefined : element("Delimiter", listing.encode(listing.delimiter)),
    listing.encodingType,
    element("IsTruncated", truncated),
    ...contents(bucket, page, listing, true),
    ...commonPrefixes(page, listing),
  ]);
}

function readPage(
  bucket: Bucket,
  listing: ListingQuery,
  after: string,
): { page: Listed[]; truncated: boolean; last: string } {
  const walk = walkKeys(bucket.keys(), {
    prefix: listing.prefix,
    delimiter: listing.delimiter,
    after,
    isListed: (key) => bucket.current(key) !== undefined,
  });
  const { page, truncated } = takePage(walk, listing.max);
  const last = page.at(-1);
  return { page, truncated, last: last === undefined ? "" : nameOf(last) };
}

function contents(
  bucket: Bucket,
  page: readonly Listed[],
  listing: ListingQuery,
  withOwner: boolean,
): (Xml | undefined)[] {
  return page.map((listed) => {
    const object = listed.kind === "key" ? bucket.current(listed.key) : undefined;
    return object === undefined ? undefined : element("Contents", objectElements(object, listing, withOwner));
  });
}

function objectElements(
  object: StoredObject,
  listing: ListingQuery,
  withOwner: boolean,
): (Xml | undefined)[] {
  return [
    element("Key", listing.encode(object.key)),
    element("LastModified", new Date(object.lastModified).toISOString()),
    element("ETag", quoted(object.etag)),
    element("ChecksumAlgorithm", object.checksum?.algorithm.toUpperCase()),
    element("ChecksumType", object.checksum?.type),
    element("Size", object.content.size),
    element("StorageClass", object.attributes.storageClass),
    withOwner ? element("Owner", [element("ID", object.owner)]) : undefined,
  ];
}

function writeToken(last: string): string {
  return new TextEncoder().encode(`1${last}`).toBase64({ alphabet: "base64url" });
}

function readToken(token: string): string {
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(token, { alphabet: "base64url" }));
    if (text.startsWith("1")) return text.slice(1);
  } catch {
    // Not base64: refused below.
  }
  throw new S3Error("InvalidArgument", {
    message: "The continuation token provided is incorrect",
    details: { ArgumentName: "continuation-token" },
  });
}
